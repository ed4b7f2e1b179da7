"""Dialects whose further pages are posted for: forms of ASP.NET, and services that take JSON."""

from __future__ import annotations

import json
from dataclasses import replace

from zoo.dialects import column, hexed, plain_rows
from zoo.portal import Answer, Channel, Dialect


def _state(c: Channel, k: int) -> str:
    """What the server writes into a page for itself, another for each page, and wants back with what is posted there."""
    return f"/wEPDwUK{hexed(f'{c.slug} {k}')}+{k}=="


def _form_page(c: Channel, k: int, pager: str) -> str:
    """A list and its pager within the form that ASP.NET puts around a page; a search box and its button stand in it too."""
    return (
        f'<form name="form1" method="post" action="./{c.slug}.aspx?id={column(c)}" id="form1">'
        f'<input type="hidden" name="__EVENTTARGET" value=""><input type="hidden" name="__VIEWSTATE" value="{_state(c, k)}">'
        '<input type="text" name="txtKey" value="请输入关键字"><input type="submit" name="btnDelete" value="删除">'
        f"<script>function __doPostBack(t, a) {{ }}</script>{pager}</form>"
    )


def _form_pager(c: Channel, k: int) -> str:
    def link(number: int, text: str) -> str:
        if not 1 <= number <= c.told or number == k:
            return f'<a disabled="disabled" style="margin-right:5px;">{text}</a>'
        return f'<a href="javascript:__doPostBack(&#39;AspNetPager1&#39;,&#39;{number}&#39;)">{text}</a>'

    numbers = "".join(
        f'<span style="font-weight:Bold;color:red;">{n}</span>' if n == k else link(n, str(n))
        for n in range(1, c.told + 1)
    )
    ends = link(1, "首页") + link(k - 1, "上一页") + numbers + link(k + 1, "下一页") + link(c.told, "尾页")
    return _form_page(c, k, f'<div id="AspNetPager1">{ends}</div>')


def _form_asked(c: Channel, path: str, form: dict[str, str]) -> int | None:
    """The page a form asks for; a form with a button in it, or without the state of the page it stood on, is refused."""
    target, argument = form.get("__EVENTTARGET"), form.get("__EVENTARGUMENT", "")
    if path != f"/{c.slug}.aspx" or "btnDelete" in form:
        return None
    from_page = next((k for k in range(1, c.pages + 1) if form.get("__VIEWSTATE") == _state(c, k)), None)
    if from_page is None:
        return None
    return int(argument) if target == "AspNetPager1" else from_page + 1


ASPNET = Dialect(
    address=lambda c, k: f"/{c.slug}.aspx?id={column(c)}" + (f"&k={k}" if k > 1 else ""),
    pager=_form_pager,
    path=lambda c, s: f"/Item/{s.number}.aspx",
    rows=plain_rows,
    asked=_form_asked,
    posted=True,
)
ASPNET_NEXT = replace(
    ASPNET,
    pager=lambda c, k: _form_page(
        c,
        k,
        f'<div class="pages">第{k}页/共{c.told}页 '
        + (
            """<a id="lbNext" href="javascript:WebForm_DoPostBackWithOptions(new WebForm_PostBackOptions(&quot;ctl00$lbNext&quot;, &quot;&quot;, true, &quot;&quot;, &quot;&quot;, false, true))">下一页</a>"""
            if k < c.told
            else "<a>下一页</a>"
        )
        + "</div>",
    ),
)
"""Next only: which page it is the server knows by the state it wrote into the page before."""


def _irs_request(c: Channel) -> str:
    """As its pages write it: an object of the script, some of whose values stand in variables."""
    return (
        f"<script>var tenant = '{column(c)}'; var pageNo = 1;\nfunction load() {{ $.ajax({{url: '/irs/front/list', type: 'POST', "
        "contentType: 'application/json', data: JSON.stringify({pageNo: pageNo, pageSize: "
        f"{c.per_page}, tenantId: tenant, tableName: 't_{c.slug}', searchFields: [], sorts: [{{sortField: 'save_time', sortOrder: 'DESC'}}],"
        "}), success: draw}); }</script>"
    )


def _irs_asked(c: Channel, path: str, query: dict[str, str]) -> int | None:
    asked = json.loads(query.get("json", "{}"))
    own = (asked.get("tableName"), asked.get("tenantId"), asked.get("pageSize")) == (
        f"t_{c.slug}",
        str(column(c)),
        c.per_page,
    )
    return int(asked["pageNo"]) if path == "/irs/front/list" and own else None


def _irs_answer(c: Channel, k: int) -> Answer:
    rows = [{"doc_id": s.number, "title": s.title, "url": c.link(s), "save_time": s.date} for s in c.page(k)]
    told = {
        "code": 200,
        "data": {"list": rows, "pager": {"pageNo": k, "pageSize": c.per_page, "total": len(c.stories)}},
    }
    return Answer(body=json.dumps(told, ensure_ascii=False).encode(), kind="application/json; charset=utf-8")


IRS = Dialect(
    address=lambda c, k: f"/{c.slug}/" if k == 1 else f"/irs/front/list?k={k}",
    pager=lambda c, k: _irs_request(c),
    path=lambda c, s: f"/{c.slug}/{s.day[:4]}{s.day[5:7]}/t{s.day.replace('-', '')}_{s.number}.html",
    rows=lambda c, k: "",
    asked=_irs_asked,
    served=_irs_answer,
    shell=True,
    posted=True,
)
"""TRS: the page is a shell, and its script posts JSON for the rows."""
