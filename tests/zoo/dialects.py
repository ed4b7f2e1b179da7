"""The pagers of the zoo, as the CMSs write them: base, direction, script or link, page or data service."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html import escape

from zoo.portal import Answer, Channel, Dialect
from zoo.story import Story


def hexed(text: str) -> str:
    """32 hexadecimal digits, as systems name things."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _ymd(story: Story) -> str:
    return story.day.replace("-", "")


def plain_rows(channel: Channel, number: int) -> str:
    """Rows as most systems write them."""
    return "".join(
        f'<li><a href="{escape(channel.link(s))}" title="{s.title}" target="_blank">{s.title}</a><span>{s.day}</span></li>'
        for s in channel.page(number)
    )


def _file(name: str, ext: str, base: int) -> Callable[[Channel, int], str]:
    """`/slug/name.ext`, then `/slug/name_k.ext` with k from 1 (base 0) or from 2 (base 1); an index page is its folder."""

    def address(channel: Channel, k: int) -> str:
        if k == 1:
            return f"/{channel.slug}/" + ("" if name == "index" else f"{name}.{ext}")
        return f"/{channel.slug}/{name}_{k - 1 + base}.{ext}"

    return address


def _steps(channel: Channel, k: int, *, word: str = "下一页", mark: str = "<b>{}</b>") -> str:
    """Page numbers and a link to the next page."""
    last, at = channel.told, channel.dialect.address
    shown = [mark.format(n) if n == k else f'<a href="{at(channel, n)}">{n}</a>' for n in range(1, last + 1)]
    if k < last:
        shown.append(f'<a href="{escape(at(channel, k + 1))}">{word}</a>')
        shown.append(f'<a href="{escape(at(channel, last))}">尾页</a>')
    return " ".join(shown)


# --- static pages, the pager drawn by a script -------------------------------------------------------------------


def _trs_path(channel: Channel, story: Story) -> str:
    return f"/{channel.slug}/{_ymd(story)[:6]}/t{_ymd(story)}_{story.number}.html"


def _ucap_path(channel: Channel, story: Story) -> str:
    return f"/{channel.slug}/{_ymd(story)[:6]}/{hexed(str(story.number))}.shtml"


TRS = Dialect(
    address=_file("index", "html", 0),
    pager=lambda c, k: (
        f'<div id="pages"></div><script>createPageHTML({c.told}, {k - 1}, "index", "html");</script>'
    ),
    path=_trs_path,
    rows=plain_rows,
)
TRS_RENAMED = replace(
    TRS, pager=lambda c, k: f'<script>createPage({c.told}, {k - 1}, "index", "html");</script>'
)
TRS_VARIABLES = replace(
    TRS,
    pager=lambda c, k: (
        f"<script>var currentPage = {k - 1};//所在页\nvar countPage = {c.told}//共多少页\n</script>"
    ),
)
UCAP = Dialect(
    address=_file("list", "shtml", 1),
    pager=lambda c, k: (
        f"<div id='page_div'></div><script>createPageHTML('page_div',{c.told}, {k},'list','shtml',{len(c.stories)});</script>"
    ),
    path=_ucap_path,
    rows=plain_rows,
)
HUNAN = replace(
    UCAP,
    address=_file("index", "html", 1),
    pager=lambda c, k: (
        f"<script>createPageHTML('page_div',{c.told}, {k},'index','html',{len(c.stories)});</script>"
    ),
    path=_trs_path,
)
TRS_OPTIONS = replace(
    TRS,
    pager=lambda c, k: (
        f"<script>var pager_options = {{currentPage:parseInt('{k - 1}')+1, countPage:parseInt('{c.told}}}'), PAGE_NAME:'index', PAGE_EXT:'html'}};</script>"
    ),
)
SHANGHAI = Dialect(
    address=_file("index", "html", 1),
    pager=lambda c, k: (
        f'<ul class="pagination"></ul><script>$(".pagination").pagination("setPage", {k}, {c.told});</script>'
    ),
    path=lambda c, s: f"/{_ymd(s)}/{hexed(str(s.number))}.html",
    rows=plain_rows,
)

# --- static pages, the pager written out -------------------------------------------------------------------------


def _nfcms_pager(c: Channel, k: int) -> str:
    end = "" if k == c.told else f'<a class="next" href="{c.dialect.address(c, k + 1)}">下一页</a>'
    numbers = "".join(
        f'<a class="current">{n}</a>' if n == k else f'<a href="{c.dialect.address(c, n)}">{n}</a>'
        for n in range(1, c.told + 1)
    )
    return f'<div class="page">{numbers}{end}<a class="last" href="{c.dialect.address(c, c.told)}">尾页</a></div>'


NFCMS = Dialect(
    address=_file("index", "html", 1),
    pager=_nfcms_pager,
    path=lambda c, s: f"/{c.slug}/content/post_{s.number}.html",
    rows=plain_rows,
)


def _vsb_address(c: Channel, k: int) -> str:
    return f"/{c.slug}.htm" if k == 1 else f"/{c.slug}/{c.pages - k + 1}.htm"


def _vsb_pager(c: Channel, k: int) -> str:
    at = c.dialect.address
    numbers = "".join(
        f'<span class="p_no_d">{n}</span>'
        if n == k
        else f'<span class="p_no"><a href="{at(c, n)}">{n}</a></span>'
        for n in range(1, c.pages + 1)
    )
    ahead = (
        f'<span class="p_next p_fun"><a href="{at(c, k + 1)}">下页</a></span><span class="p_last p_fun"><a href="{at(c, c.pages)}">尾页</a></span>'
        if k < c.pages
        else '<span class="p_next_d p_fun_d">下页</span><span class="p_last_d p_fun_d">尾页</span>'
    )
    return f'<div class="pb_sys_common"><span class="p_pages">{numbers}{ahead}</span></div>'


VSB = Dialect(
    address=_vsb_address,
    pager=_vsb_pager,
    path=lambda c, s: f"/info/1021/{s.number}.htm",
    rows=lambda c, k: "".join(
        f'<li id="line_u7_{i}"><a href="{escape(c.link(s))}" title="{s.title}">{s.title}</a><em>{s.day}</em></li>'
        for i, s in enumerate(c.page(k))
    ),
)


def _sudy_pager(c: Channel, k: int) -> str:
    ahead = (
        f'<a class="next" href="{c.dialect.address(c, k + 1)}" target="_self"><span>下一页&gt;&gt;</span></a>'
        f'<a class="last" href="{c.dialect.address(c, c.told)}" target="_self"><span>尾页</span></a>'
        if k < c.told
        else '<a class="next" href="javascript:void(0);"><span>下一页&gt;&gt;</span></a>'
        '<a class="last" href="javascript:void(0);"><span>尾页</span></a>'
    )
    return (
        '<div id="wp_paging_w6"><ul class="wp_paging clearfix"><li class="pages_count"><span class="per_page">每页&nbsp;<em class="per_count">'
        f'{c.per_page}</em>&nbsp;记录&nbsp;</span><span class="all_count">总共&nbsp;<em class="all_count">{len(c.stories)}</em>&nbsp;记录&nbsp;</span></li>'
        f'<li class="page_nav">{ahead}</li><li class="page_jump"><span class="pages">页码&nbsp;<em class="curr_page">{k}</em>/'
        f'<em class="all_pages">{c.told}</em></span></li></ul></div>'
    )


SUDY = Dialect(
    address=lambda c, k: f"/{c.slug}/list{k if k > 1 else ''}.htm",
    pager=_sudy_pager,
    path=lambda c, s: f"/{s.day[:4]}/{_ymd(s)[4:]}/c77a{s.number}/page.htm",
    rows=lambda c, k: "".join(
        f'<li class="news n{i} clearfix"><span class="news_title"><a href="{escape(c.link(s))}" title="{s.title}">{s.title}</a></span>'
        f'<span class="news_meta">{s.day}</span></li>'
        for i, s in enumerate(c.page(k), 1)
    ),
)
DEDE = Dialect(
    address=lambda c, k: f"/{c.slug}/" + (f"list_3_{k}.html" if k > 1 else ""),
    pager=lambda c, k: (
        f'<div class="dede_pages"><ul class="pagelist">{_steps(c, k, mark="<li class=thisclass>{}</li>")}'
        f'<li><span class="pageinfo">共 <strong>{c.told}</strong>页<strong>{len(c.stories)}</strong>条</span></li></ul></div>'
    ),
    path=lambda c, s: f"/{c.slug}/{s.day[:4]}/{_ymd(s)[4:]}/{s.number}.html",
    rows=plain_rows,
)
EMPIRE = Dialect(
    address=_file("index", "html", 1),
    pager=lambda c, k: (
        f'<div class="epages"><a title="总数">&nbsp;<b>{len(c.stories)}</b> </a>&nbsp;{_steps(c, k)}</div>'
    ),
    path=lambda c, s: f"/{c.slug}/{s.day}/{s.number}.html",
    rows=plain_rows,
)
JEECMS = Dialect(
    address=_file("index", "jhtml", 1),
    pager=lambda c, k: (
        f'<div class="pagebar">共{len(c.stories)}条记录 {k}/{c.told}页 '
        + (
            f'<a href="index_{k + 1}.jhtml">下一页</a> '
            if k < c.told
            else '<a disabled="disabled">下一页</a> '
        )
        + '<input type="text" id="_goPs"><a onclick="_gotoPage()">跳转</a></div>'
    ),
    path=lambda c, s: f"/{c.slug}/{s.number}.jhtml",
    rows=plain_rows,
)
CORPS = Dialect(
    address=_file("index", "shtml", 1),
    pager=lambda c, k: (
        f'<div class="fy"><input type="text" id="PageInp" value="{k}"><span class="pageCount">{c.told}</span></div>'
    ),
    path=lambda c, s: f"/c/{s.day}/{s.number}.shtml",
    rows=plain_rows,
)
"""新疆兵团 and others of its system: a box for the number, the pages named beside it."""
PHPCMS = Dialect(
    address=lambda c, k: f"/{c.slug}/" + (f"{k}.html" if k > 1 else ""),
    pager=lambda c, k: (
        f'<div id="pages" class="text-c"><a class="a1">{len(c.stories)}条</a> '
        f'<a href="/{c.slug}/{max(1, k - 1)}.html" class="a1">上一页</a> {_steps(c, k, mark="<span>{}</span>")}</div>'
    ),
    path=lambda c, s: f"/{s.day[:4]}/{c.slug}_{_ymd(s)[4:]}/{s.number}.html",
    rows=plain_rows,
)
SSCMS = Dialect(
    address=lambda c, k: f"/channels/{c.slug}{f'_{k}' if k > 1 else ''}.html",
    pager=lambda c, k: (
        f'<div class="pager">{"" if k == 1 else "<a href=#>上一页</a>"} {k}/{c.told} '
        + (f'<a href="{c.dialect.address(c, k + 1)}">下一页</a>' if k < c.told else "<span>下一页</span>")
        + "</div>"
    ),
    path=lambda c, s: f"/contents/{c.slug}/{s.number}.html",
    rows=plain_rows,
)

# --- pages by parameter ------------------------------------------------------------------------------------------

_MODULE = "0f3d5c7a9b1e4d6f8a0b2c4d6e8f0a1b"
EPORTAL = Dialect(
    address=lambda c, k: (
        f"/{c.slug}/index.html"
        if k == 1
        else f"/eportal/ui?pageId={column(c)}&moduleId={_MODULE}&currentPage={k}&staticRequest=yes"
    ),
    pager=lambda c, k: (
        f'<div class="easysite-page">共{len(c.stories)}条 第{k}/{c.told}页 '
        + (
            f'<a href="{escape(c.dialect.address(c, k + 1))}">下一页</a> <a href="{escape(c.dialect.address(c, c.told))}">尾页</a>'
            if k < c.told
            else "<span>下一页</span>"
        )
        + "</div>"
    ),
    path=lambda c, s: f"/{c.slug}/{s.number}0/index.html",
    rows=plain_rows,
)
QUERY = Dialect(
    address=lambda c, k: f"/{c.slug}.php" + (f"?page={k}" if k > 1 else ""),
    pager=lambda c, k: f'<div class="fenye">共{len(c.stories)}条记录 {_steps(c, k)}</div>',
    path=lambda c, s: f"/show-{s.number}.html",
    rows=plain_rows,
)

WAS = replace(
    QUERY,
    address=lambda c, k: (
        f"/was5/web/search?channelid={column(c)}&templet={c.slug}.jsp"
        + (f"&page={k}&perpage={c.per_page}" if k > 1 else "")
    ),
    pager=lambda c, k: f'<div class="outline">第{k}页/共{c.told}页 {_steps(c, k)}</div>',
    path=_trs_path,
)
"""Lists of TRS WAS 5: a search by channel, each page a request of its own."""

FRONT = replace(
    QUERY,
    address=lambda c, k: "/" + (f"?page={k}" if k > 1 else ""),
    path=lambda c, s: f"/news/show-{s.number}.html",
)
"""A portal whose front page is its only list."""

# --- data services -----------------------------------------------------------------------------------------------

_PROXY = "/module/web/jpage/dataproxy.jsp"


def _records(c: Channel, k: int) -> str:
    rows = "".join(
        f'<record><![CDATA[<li><a href="{escape(c.link(s))}" title="{s.title}">{s.title[:20]}…</a><span>{s.day}</span></li>]]></record>'
        for s in c.page(k)
    )
    return (
        f"<?xml version='1.0' encoding='UTF-8'?><datastore><totalrecord>{len(c.stories)}</totalrecord><totalpage>{c.told}</totalpage>"
        f'<nextgroup><![CDATA[<a href="{_PROXY}?page=1&appid=1&webid=9&path=/&columnid={c.slug}&unitid=u{c.slug}&webname=%E6%9F%90&permissiontype=0"></a>]]>'
        f"</nextgroup><recordset>{rows}</recordset></datastore>"
    )


HANWEB = Dialect(
    address=lambda c, k: f"/col/col{c.slug}/index.html" if k == 1 else f"{_PROXY}?k={k}",
    pager=lambda c, k: (
        f"<script>$('#u{c.slug}').jpage({{totalRecord:{len(c.stories)}, perPage:{c.per_page}, proxyUrl:'{_PROXY}'}})</script>"
    ),
    path=lambda c, s: f"/art/{s.day[:4]}/{int(s.day[5:7])}/{int(s.day[8:])}/art_{c.slug}_{s.number}.html",
    rows=lambda c, k: f'<div id="u{c.slug}"><script type="text/xml">{_records(c, k)}</script></div>',
    asked=lambda c, path, query: (
        int(query.get("page", "1")) if path == _PROXY and query.get("columnid") == c.slug else None
    ),
    served=lambda c, k: Answer(body=_records(c, k).encode(), kind="text/xml; charset=utf-8"),
)


def _window(c: Channel, path: str, query: dict[str, str]) -> int | None:
    """The page by its records alone; who names none is answered the first."""
    if path != _PROXY or query.get("columnid") != c.slug:
        return None
    return (int(query.get("startrecord", "1")) - 1) // c.per_page + 1


HANWEB_RECORDS = replace(HANWEB, asked=_window)
"""A server that knows no `page`."""

_UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"


def _unit(c: Channel, k: int) -> str:
    return f'<ul>{plain_rows(c, k)}</ul><div class="pagination" rows="{c.per_page}" count="{len(c.stories)}" pageNo="{k}"></div>'


def _unit_script(c: Channel) -> str:
    data = f"{{'parseType':'bulidstatic','webId':'w1','tplSetId':'t1','pageType':'column','tagId':'信息列表','editType':'null','pageId':'{c.slug}'}}"
    return f'<script src="/cms_files/unitbuild.js" url="{_UNIT}" queryData="{data}"></script>'


def _unit_asked(c: Channel, path: str, query: dict[str, str]) -> int | None:
    found = re.search(r'"pageNo":(\d+)', query.get("paramJson", ""))
    return int(found[1]) if found and path == _UNIT and query.get("pageId") == c.slug else None


JPAAS = Dialect(
    address=lambda c, k: f"/{c.slug}/index.html" if k == 1 else f"{_UNIT}?k={k}",
    pager=lambda c, k: "",
    path=lambda c, s: f"/{c.slug}/art/{s.day[:4]}/art_{hexed(str(s.number))}.html",
    rows=lambda c, k: f"<div>{_unit(c, k)}{_unit_script(c)}</div>",
    asked=_unit_asked,
    served=lambda c, k: Answer(
        body=json.dumps({"success": True, "code": "200", "data": {"html": _unit(c, k)}}).encode(),
        kind="application/json",
    ),
)
JPAAS_EMPTY = replace(JPAAS, rows=lambda c, k: f"<div>{_unit_script(c)}</div>", shell=True)


def _gkmlpt_answer(c: Channel, k: int) -> Answer:
    rows = [
        {"id": s.number, "title": s.title, "url": c.link(s), "display_publish_time": s.date}
        for s in c.page(k)
    ]
    told = {"articles": rows, "total": len(c.stories), "classify": {"name": c.name}}
    return Answer(body=json.dumps(told, ensure_ascii=False).encode(), kind="application/json; charset=utf-8")


GKMLPT = Dialect(
    address=lambda c, k: "/gkmlpt/index" if k == 1 else f"/gkmlpt/api/all/0?k={k}",
    pager=lambda c, k: "<script>window._CONFIG = {SID: '755201', TREE: []}</script>",
    path=lambda c, s: f"/gkmlpt/content/7/70/post_{s.number}.html",
    rows=lambda c, k: "",
    asked=lambda c, path, query: int(query.get("page", "1")) if path == "/gkmlpt/api/all/0" else None,
    served=_gkmlpt_answer,
    shell=True,
)
"""The index of government information in Guangdong: one list a portal."""


def _lonsun_address(c: Channel, k: int) -> str:
    return f"/{c.slug}/index.html" if k == 1 else f"/content/column/{column(c)}?pageIndex={k}"


def column(c: Channel) -> int:
    """The number a system gives a channel."""
    return 5_300_000 + sum(map(ord, c.slug))


LONSUN = Dialect(
    address=_lonsun_address,
    pager=lambda c, k: (
        f'<div id="page_{column(c)}"></div><script>Ls.pagination("#page_{column(c)}", function (n) {{}}, '
        f"{{currPage: ({k - 1} + 1), pageCount: {c.told}}});</script>"
    ),
    path=lambda c, s: f"/{c.slug}/{s.number}9.html",
    rows=lambda c, k: plain_rows(c, k) + '<li class="lm_line"></li>',
)
