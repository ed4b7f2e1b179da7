"""The words of bylines: which label names which field, and what a person and an organisation look like.

Labels were seen on pages of about 200 sites; a label is matched without its blanks (来 源) and before any colon.
"""

from __future__ import annotations

import re

from scraper.read.dates import find_dates
from scraper.text import compact, halfwidth, han_count

_LABELS = {
    "date": "发布时间 发布日期 时间发布 发稿时间 发稿日期 发表时间 发表日期 发表于 发布于 稿件日期 稿件时间 上传时间 上传日期 添加时间 添加日期 录入时间 "
    "录入日期 公开日期 公开时间 信息时间 信息日期 信息发布时间 信息发布日期 新闻时间 新闻日期 文章日期 加入时间 加入日期 提交时间 提交日期 公布时间 公布日期 "
    "发佈時間 發佈時間 發布時間 發佈日期 發布日期 创建时间 创建日期 刊登日期 刊登时间 刊发日期 刊发时间 刊载日期 上网时间 上网日期 报道时间 时间 日期 时戳 发布 publishdate publishtime publishedon published posted date time releasetime",
    "updated": "更新时间 更新日期 更新于 updated lastupdate",
    "source": "来源 信息来源 文章来源 稿件来源 新闻来源 内容来源 资料来源 消息来源 文件来源 数据来源 稿源 本文来源 来源于 本文来源于 来源单位 来源部门 供稿 供稿单位 "
    "供稿部门 来稿单位 撰稿单位 投稿单位 信息提供 提供单位 來源 出处 文章出处 转载自 转自 来自 来源网站 来源媒体 source from",
    "issuer": "发布机构 发布单位 发布部门 发文机关 发文单位 发文机构 公开部门 信息来源单位 发布机关 责任部门 发布主体 "
    "发文部门 制发机关 制定机关 公开主体 公开机构 公开单位 公开责任部门 信息公开责任部门",
    "author": "作者 作者姓名 文章作者 本文作者 撰稿 撰稿人 撰文 文 文字 供稿人 供稿者 投稿人 通讯员 特约通讯员 记者 本报记者 本网记者 特约记者 实习记者 全媒体记者 "
    "记者和通讯员 编撰 作者单位及姓名 author writer by 文图 图文 文稿 采写 拟稿 拟稿人 文/图 图/文 文、图 图、文",
    "editor": "编辑 责编 责任编辑 本文编辑 网络编辑 文字编辑 图文编辑 编辑人 选稿 编发 发布者 发布人 发布员 信息发布 信息发布员 录入人 录入者 录入员 录入 信息录入 审核 审核人 审核者 "
    "校对 校核 责任校对 责校 初审 复审 终审 一审 二审 三审 审稿 审稿人 审核专家 审稿专家 审校专家 编审 监制 总监制 审读 签发 签发人 签审 值班编辑 值班编委 值班主任 实习编辑 美编 美术编辑 "
    "网编 排版 编校 上传者 上传人 上传 添加人 管理员 操作员 责任人 信息员 信息审核 内容审核 审校 制作 出品 编者 微信编辑 主编 副主编 策划 统筹 总策划 editor",
    "views": "浏览次数 浏览量 浏览数 浏览 点击 点击数 点击量 点击次数 点击率 阅读 阅读次数 阅读量 阅读数 访问 访问量 访问次数 访问人次 访问数 人气 查看 查看次数 查看数 "
    "浏览人数 阅读人数 点阅数 点阅 点閱 已阅读 关注度 播放 播放量 播放次数 阅读人次 浏览人次 本文浏览量 本文浏览次数 本文阅读量 文章点击数 文章浏览量 文章阅读量 views hits clicks",
    "not_date": "成文日期 成文时间 生成日期 生成时间 印发日期 印发时间 发文日期 发文时间 制发日期 产生日期 签发日期 签发时间 实施日期 实施时间 施行日期 施行时间 生效日期 生效时间 失效日期 失效时间 废止日期 废止时间 最后更新 "
    "最后更新时间 修改时间 最后修改时间 修改日期 页面生成时间 页面更新时间 页面更新日期 截止时间 截止日期 有效期 今天是 原创时间",
    "title": "信息名称 信息标题 文件名称 文件标题 文章标题 新闻标题 标题 名称",
    "other": "字体 字号 字体大小 文字大小 大小 分享 分享到 分享至 打印 关闭 收藏 关键词 关键字 摘要 内容摘要 内容概述 索引号 信息索引号 信息索引 公开索引号 索取号 文号 发文字号 发文文号 公文文号 文件字号 文件编号 文件号 文件状态 公文种类 公文类型 文种 效力状态 效力状况 有效状态 时效性 组配分类 所属主题 栏目 所属栏目 类别 信息类别 信息分类 分类 "
    "主题分类 主题词 标签 责任 评论 评论数 背景色 视力保护色 保护视力色 阅读字号 扫一扫 关联 附件 主题 体裁分类 体裁 服务对象 公开方式 公开形式 公开范围 有效性 公开类型 "
    "电话 联系电话 地址 邮编 邮箱 传真 网址 地点 摄影 摄影人 摄影者 摄影师 拍摄 供图 审批 审批人 图片 图 图片来源 摄 制图 美术 主持人 主讲人 摄像 配音 播音 出镜 剪辑 后期 原标题 语音播报 下载 备注 联系人 点赞 点赞数 收听 朗读 听新闻 转发 顶 踩 积分 等级 适用机构 级别 层级 子站 所属单位 "
    "专题 导语 稿件类型 星级 推荐 上一篇 下一篇 上一条 下一条 相关新闻 相关阅读 当前位置 您的位置 您现在的位置 所在位置",
}
FIELD = {label: field for field, labels in _LABELS.items() for label in labels.split()}
"""Label without blanks, lower case → field."""
LONGEST = max(map(len, FIELD))
_LAST = frozenset(label[-1] for label in FIELD)
_BOUND_ALONE = frozenset(
    "时间 日期 发布 文 图 摄 文字 图文 文图 图片 记者 来源于 大小 制作 责任 分类 主题 名称 标题 类别 栏目 出处 来自 上传 录入 顶 踩 查看 播放 转自 审核 访问 责校 分享 评论 by date time from".split()
)
"""Labels that end longer words (活动时间), so that something other than a word must stand before them."""

GENRES = frozenset("讣告 通知 公告 通告 公示 声明 启事 贺信 公报 简报 倡议书".split())
"""What may be a headline of two characters."""

SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安"
    "常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌"
    "霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊"
    "宫宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍郤璩桑桂濮牛寿通边扈燕冀浦尚农温"
    "别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权"
    "麦逯盖益桓公肖闫付覃代仝佟邸苟蹇牟仉商岳帅哈年爱阳佘墨丘谯伯楚亓刑候邝邹郄粟青原湾靖鹿苑区冼谌阿原鄢楼迟门么尧訚承衣战木才闪修佴南母漆丛银由贠眭呼延卿油涂敬揭栗占库买锁莎苑户折"
)
_COMPOUND = re.compile(
    r"^(?:欧阳|太史|端木|上官|司马|东方|独孤|南宫|夏侯|诸葛|尉迟|公孙|慕容|司徒|司空|令狐|皇甫|宇文|长孙|轩辕|呼延|申屠|赫连|澹台|公冶|宗政|濮阳|淳于|单于|西门|闾丘|东郭|闻人)"
)
_ORG_END = re.compile(
    r"(?:局|厅|委|办|处|科|室|部|院|所|站|队|组|中心|管委会|管理委员会|委员会|开发区|高新区|经开区|新区|园区|示范区|集团|公司|协会|学会|商会|联合会|基金会|报|报社|日报|晚报|社|台|网|网站|客户端"
    r"|频道|公众号|政府|人民政府|街道|办事处|镇|乡|村|社区|县|市|区|省|州|大学|学院|学校|中学|小学|医院|银行|法院|检察院|党支部|支部|党委|团委|党工委|工会|妇联|联盟|杂志|周刊|月刊|微信|头条|之窗|在线|发布|传媒|平台|号"
    r"|馆|厂|库|园|城|会|志愿者|实验室|片区|保税区|自贸区|陆港|口岸)(?:\(.{1,20}\))?$"
)
_NAME = re.compile(r"^[\u3400-\u9fff]{2,4}$")
_NAME_LONG = re.compile(r"^[\u3400-\u9fff]{1,8}[·•・‧][\u3400-\u9fff·•・‧]{1,12}$")
_NOT_NAME = re.compile(
    r"^(?:本站|本网|原创|转载|来源|作者|记者|通讯员|编辑|佚名|未知|网络|管理员|新华|人民|中国|国家|全国|发布|时间|日期|浏览|点击|阅读|字体|打印|关闭|分享|收藏|默认|综合|图文|全文|首页|返回|下载|附件|正文|金融|安全|文化|文明|文章|公告|通知|通告|经济|经开|时政|常务|安徽|山东|山西|广东|广西|江苏|江西|云南|海南|河北|河南|青海|宁夏|党建|农业|农村|高新|东方|南方|安全|平安|时代|家园|水利|民生|应急|能源|石油|交通|教育|科技|体育|卫生|健康|财经|法治|国际|国内|关于)"
)


def label_before(text: str, end: int) -> tuple[str, str, int] | None:
    """The label that ends at `end` in a half-width text: (field, label, start), or None. Blanks inside are ignored."""
    letters: list[str] = []
    places: list[int] = []
    at = end
    while at > 0 and len(letters) < LONGEST and end - at < 40:
        at -= 1
        char = text[at]
        if char in " \u3000\u00a0":
            if len(letters) > 1 and text[at + 1] == " ":
                break  # a wide gap parts a label from what stands before; one letter is half of 来　　源
            continue
        if not letters:
            if char in "】])〕":
                continue
            if char.lower() not in _LAST:
                return None
        letters.append(char)
        places.append(at)
    whole = "".join(reversed(letters)).lower()
    for size in range(len(whole), 0, -1):
        label = whole[-size:]
        field = FIELD.get(label)
        if field is None:
            continue
        start = places[size - 1]
        if (label in _BOUND_ALONE or label.isascii()) and start and text[start - 1].isalpha():
            continue
        return field, label, start
    return None


def is_organisation(text: str) -> bool:
    """Whether a name ends as organisations and media do (…局, …管委会, …日报, …网)."""
    return bool(_ORG_END.search(text.rstrip('》"”'))) or text.endswith("》")


def is_person(text: str) -> bool:
    """Whether a text is one Chinese name: two to four characters that begin with a surname, or 阿依·古丽."""
    name = compact(text)
    if _NAME_LONG.match(name):
        return True
    if not _NAME.match(name) or _NOT_NAME.match(name):
        return False
    if len(name) == 4:
        return bool(_COMPOUND.match(name))
    return name[0] in SURNAMES and not (
        len(name) > 2
        and _ORG_END.search(name)
        and name[-1] in "局厅委办处科室部院所站队组报社台网镇乡村县市区省州会馆厂号"
    )


def join_names(text: str) -> str:
    """Close the blank inside a two-character name (方 敏 → 方敏), which typesetters widen; other blanks become one."""
    text = re.sub(
        r"(?<![\u3400-\u9fff])([\u3400-\u9fff])\s{1,4}([\u3400-\u9fff])(?![\u3400-\u9fff])", r"\1\2", text
    )
    return re.sub(r"\s+", " ", text).strip()


_ROLE = (
    r"(?:本报|本网|本台|本刊|特约|特派|实习|见习|全媒体|融媒体|首席|\S{1,10}(?:报|刊|谈|网|社|台|融媒体|新闻|客户端|中心)|[\u3400-\u9fff]{2,6}(?=记者|通讯员))?\s?"
    r"(?:首席|特约|见习|实习)?(?:记者|通讯员|特约通讯员|实习生|撰稿人|报道员|评论员)"
)
NAMES = r"(?P<names>[\u3400-\u9fff·]{1,4}(?:[\s、,，/]{1,4}[\u3400-\u9fff·]{1,5}){0,8})"
"""A run of what may be names."""
ALONE = re.compile(
    r"^[□■◎●\s]*(?:文\s?[/|｜丨︱:：]\s?)?" + _ROLE + r"\s?[:：]?\s?" + NAMES + r"(?:\s?(?:报道|文))?$"
)
"""A line that names its writers and says nothing else: 本报记者 王某某 李某."""
_BY = re.compile(
    r"^[\W_]*(?:撰?文|作\s?者|文字)\s?[/／:：|｜丨︱]\s?(?P<rest>[^:：/／]{2,40}?)(?:\s+(?:图|摄影|图片|编辑)\s?[/／:：].*)?[\W_]*$"
)
_NAME_SEPARATOR = re.compile(r"[\s、,，/和]+")


def names_of(text: str) -> str | None:
    """The text as a list of names, if it is nothing else; separators stay as they are."""
    text = join_names(text.strip(" 、,，。：:"))
    parts = [p for p in _NAME_SEPARATOR.split(text) if p]
    return text if parts and len(parts) <= 12 and all(is_person(p) for p in parts) else None


def last_name(text: str) -> str | None:
    """A name behind its titles: `某某特约评论员 王某某`."""
    parts = _NAME_SEPARATOR.split(text.strip())
    return parts[-1] if len(parts) > 1 and is_person(parts[-1]) else None


_POST_END = re.compile(
    r"(?:教授|研究员|部长|主任|记者|评论员|院长|校长|局长|处长|科长|书记|主席|会长|秘书长|理事|专家|博士|硕士|讲师|经理|总裁|董事长|编辑|作家|律师|教师|学者|人|员|》|、|，)(?P<name>[\u3400-\u9fff]{2,4})[\W_]*$"
)
_POST_START = re.compile(
    r"(?:中国|中央|国家|国务院|全国|中共|北京|上海|天津|重庆|清华|复旦|南开|浙江|江苏|广东|山东|湖北|四川|[\u3400-\u9fff]{2,3}(?:省|市|县|区|大学|学院)).{2,}"
)


def name_behind_post(text: str) -> str:
    """The name at the end of `…研究部部长、研究员王某某`, '' where what stands before it is no post."""
    found = _POST_END.search(text[-120:])
    return found["name"] if found and is_person(found["name"]) else ""


_TITLE_END = re.compile(r"(?:[长员授家任记士师者生]|主席|理事|专家|经理|总裁|编辑)$")


def behind_titles(text: str) -> str:
    """The names behind their titles, a blank between (`某院院长 王某某` → 王某某); '' where the text is not so built."""
    titles, blank, names = text.partition(" ")
    return names if blank and _TITLE_END.search(titles) and not is_person(titles) and names_of(names) else ""


def before_title(text: str) -> str:
    """The name before its bearer's title, a blank between (`王某某 食品工程博士` → 王某某); '' where the text is not so built."""
    name, blank, title = text.partition(" ")
    return name if blank and is_person(name) and _TITLE_END.search(title) and not is_person(title) else ""


def name_before_post(text: str) -> str:
    """`王某北京大学教授` → 王某: the shortest name after which a place or an institution begins; '' if none does."""
    for size in (2, 3):
        if is_person(text[:size]) and _POST_START.match(text[size:]):
            return text[:size]
    return ""


_GLUED = re.compile(
    r"(?:局|厅|委|办|科|处|部|室|中心|委员会|支队|大队|学校|学院|公司|街道|镇|乡|社区|报|网|社|台|团委|工会|集团|医院)(?P<name>[\u3400-\u9fff]{2,3})$"
)


def name_behind_office(text: str) -> str:
    """The name glued to an office in a sign-off (某县人社局王某某 → 王某某), '' where the end is no name."""
    found = _GLUED.search(text)
    return found["name"] if found and is_person(found["name"]) and not is_organisation(text) else ""


_BOXED = re.compile(r"^[□■◎]\s{0,2}" + NAMES + "$")
"""The writer of a paper's commentary: □ 王某某."""
_PICTURED = re.compile(r"\s(?:(?:摄影|图文)报道|文\s?/?\s?图|图\s?/?\s?文)$")


def credit_of(text: str) -> str | None:
    """The writers that a line of its own names (`文/张三`, `作者：张三`, `本报记者 张三 李四`), or None."""
    line = _PICTURED.sub("", text.strip())
    if len(line) > 60 or line.endswith(("摄", "摄影", "图")):
        return None
    alone = ALONE.match(line)
    if alone and (names := names_of(alone["names"]) or _reporters(line)):
        return names
    if boxed := _BOXED.match(line):
        return names_of(boxed["names"])
    by = _BY.match(line)
    return (names_of(by["rest"]) or last_name(by["rest"])) if by else None


def _reporters(text: str) -> str | None:
    """The names of `记者 张三 通讯员 李四`, roles left out; None where anything else stands there."""
    parts = [p for p in join_names(text.lstrip("□■◎● ")).split(" ") if not re.fullmatch(_ROLE, p)]
    return " ".join(parts) if parts and all(is_person(p) for p in parts) else None


def is_credit(text: str) -> bool:
    """Whether a line is there to name the writers and for nothing else."""
    return credit_of(text) is not None


_BARE_ROLE = re.compile(r"(?<=.)(?:首席|特约|见习|实习)?(?:记者|通讯员)$")


def split_person(text: str) -> tuple[str, str | None]:
    """`ORG NAME`, `ORG 记者 NAME 通讯员 NAME` → (ORG, NAMES). Two organisations, or anything that is
    not plainly names, stay whole.
    """
    parts = join_names(text).split(" ")
    if len(parts) < 2 or han_count(parts[0]) < 2:
        return text, None
    names: list[str] = []
    told = False  # a role before the names leaves no doubt that they are people
    while len(parts) > 1:
        if all(is_person(p) for p in re.split(r"[、,，]", parts[-1])):
            names.insert(0, parts[-1])
        elif re.fullmatch(_ROLE, parts[-1]):
            told = True
        else:
            break
        parts.pop()
    organisation = " ".join(parts)
    if names and (role := _BARE_ROLE.search(organisation)):
        organisation, told = organisation[: role.start()], True
    if names and (told or is_organisation(organisation) or len(compact(organisation)) > 4):
        return organisation, " ".join(names)
    return text, None


_BYLINE = re.compile(
    r"\W{0,2}(?:来\s?源|作\s?者|发布|时间|日期|编辑|供稿|点击|浏览|字\s?[体号]\s?[:：]|(?:图文|文图|[文图]\s?[/、]\s?[文图]|文|摄影|撰[文稿])\s?[:：])"
)


def is_byline(text: str) -> bool:
    """Whether a line begins with a label of bylines, holds a date, or names its writers and nothing else."""
    if _BYLINE.match(text) or is_credit(text) or _labels(text):
        return True
    found = find_dates(text, loose=True)
    # a headline speaks of a day (3月5日起施行); a byline's day is followed by a gap, a clock or a label
    prose = found and len(found[0].value) == 10 and _GOES_ON.match(text, found[0].end)
    return bool(found) and not (prose and han_count(text) > _MUCH and not _TOLD.search(text))


def _labels(text: str) -> bool:
    """Whether a text is a byline's label, or begins with one before a colon."""
    colon = halfwidth(text[: LONGEST + 4]).find(":")
    label = compact(text if colon < 0 else text[:colon]).strip("【】[]").lower()
    return FIELD.get(label, "other") not in ("other", "title")


_GOES_ON = re.compile(r"\s?[—–~至-]{1,2}\s?\d|[\u3400-\u9fff]")
_MUCH = 14  # Han characters of a line that says more than a day, and who tells it
_TOLD = re.compile(r"[:：]|来源|作者|编辑|阅读|浏览|点击|星期|周[一二三四五六日]")
