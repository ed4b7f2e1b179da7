"""The invented news of the zoo: each story told by its number, so that what a crawl should find is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

_WHO = "经济发展局 招商服务中心 科技创新局 规划建设局 应急管理局 社会事业局 党群工作部 投资促进局 市场监管所".split()
_WHERE = "云杉路 望潮社区 北斗产业园 青禾小镇 鹭湾港区 松涧新城 白砂保税仓 瀚海软件园 东篱创业谷".split()
_WHAT = (
    "新能源电池项目开工建设",
    "安全生产大检查全面铺开",
    "企业服务专员走进车间",
    "春季招聘会吸引求职者",
    "智能仓储中心封顶",
    "政企恳谈会如期举行",
    "污水管网改造工程完工",
    "专精特新企业名单公布",
    "跨境电商首单顺利通关",
    "人才公寓开始申请",
    "消防演练圆满结束",
)
_SENTENCES = (
    "当日上午，{who}负责人带队来到{where}，实地了解项目推进和要素保障情况，现场协调解决了{n}个具体问题。",
    "据介绍，该项目总投资{n}亿元，全部建成后预计可新增就业岗位{n}00个，带动上下游企业{n}家。",
    "参会代表围绕用工、融资、物流等话题踊跃发言，{who}逐一记录并当场答复了其中的{n}条建议。",
    "下一步，{where}将继续完善配套设施，优化办事流程，力争在年底前完成{n}项重点任务，让企业安心发展。",
    "截至目前，{where}已有{n}家企业完成登记，比去年同期增加了{n}个百分点，各项指标保持平稳。",
)
_AUTHORS = ("林知远", "周沐", "何若川", None, "沈清和", None, "陆一舟")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What is true of one article. `date` has a clock; `body` is a paragraph an entry."""

    number: int
    title: str
    source: str
    author: str | None
    date: str
    body: tuple[str, ...]

    @property
    def day(self) -> str:
        """`2024-03-05`."""
        return self.date[:10]


def invent(number: int, place: str = "栖霞湾开发区", *, of: int = 0) -> Story:
    """Story `number`, the newer the smaller; `of` keeps the stories of several channels apart."""
    seed = number * 7 + of * 31
    what = _WHAT[(seed + number // 11) % len(_WHAT)]
    who, where = _WHO[seed % len(_WHO)], _WHERE[(seed // 3) % len(_WHERE)]
    day = date(2024, 6, 28) - timedelta(days=3 * number + of)
    return Story(
        number=40_000 + 1000 * of + number,
        title=f"{place}{where}第{of * 100 + number}期：{what}",
        source=f"{place}{who}",
        author=_AUTHORS[seed % len(_AUTHORS)],
        date=f"{day} {8 + seed % 9:02}:{seed % 60:02}",
        body=tuple(
            _SENTENCES[(seed + k) % len(_SENTENCES)].format(who=who, where=where, n=3 + (seed + k) % 40)
            for k in range(2 + seed % 3)
        ),
    )


def revised(story: Story, sentence: str = "经核实，上述数字以统计部门最终公布的为准。") -> Story:
    """The story as an editor changed it later."""
    return replace(story, body=(*story.body, sentence))
