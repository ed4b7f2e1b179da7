"""Walls and dead pages: what is no page, though it came as one; and pages that only look so."""

from __future__ import annotations

import pytest

from scraper.read.dom import parse
from scraper.read.wall import find_dead, find_wall

ARTICLE = (
    "<html><head><title>园区安全检查</title><script>$_ts=window['$_ts'];</script></head><body><h1>园区开展安全检查</h1><p>"
    + "检查组要求企业落实责任，对疑似攻击和访问被拦截的情况及时上报，并完成安全验证演练。" * 40
    + "</p></body></html>"
)


def wall(html: str, status: int | None = 200) -> str | None:
    return find_wall(parse(html), len(html.encode()), status)


@pytest.mark.parametrize(
    ("html", "status", "name"),
    [
        (
            "<script>document.cookie=('__jsl_clearance_s=1')+';path=/';location.href=location.pathname</script>",
            521,
            "加速乐",
        ),
        ("", 521, "加速乐"),
        ('<meta id="x" content="a" r=\'m\'><script>$_ts=window["$_ts"];</script>', 412, "瑞数"),
        ('<html><meta content="c" r="m"><script r=\'m\' src="/k.js"></script></html>', 202, "瑞数"),
        ("<script>var arg1='0123456789ABCDEF0123456789ABCDEF01234567';</script>", 200, "阿里云"),
        (
            "<title>405</title><img src='https://errors.aliyun.com/x.png'>很抱歉，由于您访问的URL有可能对网站造成安全威胁",
            405,
            "阿里云",
        ),
        ("<title>创宇盾</title><p>当前访问疑似黑客攻击，已被网站管理员设置为拦截</p>", 403, "创宇盾"),
        ("<title>网站防火墙</title><p>您的请求带有不合法参数，已被网站管理员设置拦截！</p>", 403, "宝塔"),
        (
            "<html><body>请开启JavaScript并刷新该页.<script src=/wzws-waf-cgi/x></script></body></html>",
            200,
            "网站卫士",
        ),
        ("<title>服务器安全狗防护验证页面</title>", 200, "安全狗"),
        ("<div id='safeline_bot_challenge'></div>", 468, "雷池"),
        ("<p>您的访问过于频繁，请输入验证码后继续</p>", 200, "block page"),
        ("<p>Access Denied. Please verify you are a human.</p>", 403, "block page"),
    ],
)
def test_a_wall_is_named(html: str, status: int, name: str) -> None:
    found = wall(html, status)
    assert found is not None
    assert name in found


@pytest.mark.parametrize(
    "html",
    [
        ARTICLE,
        "<p>本页内容很短。</p>",
        "<script>var HWWAFSESID</script>"
        + "".join(f'<li><a href="{i}.html">第{i}条园区新闻标题在这里</a></li>' for i in range(30)),
        "",
    ],
)
def test_real_pages_are_no_walls(html: str) -> None:
    assert wall(html) is None


@pytest.mark.parametrize(
    "html",
    [
        "<p>您访问的页面不存在或已删除！</p>",
        "<p>温馨提示：您访问的页面不存在或已删除</p><a href='/'>返回首页</a>",
        "<title>404错误提示</title><p>很抱歉，您要查看的页面不存在</p>",
        "<title>Sorry, Page Not Found</title>",
        "<h1>404</h1><p>抱歉，找不到您要访问的网页</p>",
        "<p>该信息已被删除或不存在！</p>",
        "<p>The page you requested was not found on this server.</p>",
        "<h1>Not Found</h1>",
        "<script>x</script><p>对不起，您访问的文章不存在。5秒后返回首页</p>",
    ],
)
def test_a_soft_404_is_dead(html: str) -> None:
    assert find_dead(parse(html), 200) is not None


@pytest.mark.parametrize(
    "html",
    [
        ARTICLE,
        "<p>市场监管局通报："
        + "抽查发现三家企业的备案信息不存在，责令限期改正，并对整改情况开展回头看。" * 12
        + "</p>",
        "<h1>关于公路404号桥施工的通告</h1><p>" + "施工期间请绕行，给您带来的不便敬请谅解。" * 12 + "</p>",
        "<ul>"
        + "".join(f'<li><a href="{i}.html">关于找不到法人企业名单的公告第{i}号</a></li>' for i in range(30))
        + "</ul>",
        "<ul><li><a href='1.html'>工业园404号地块挂牌出让</a> 2024-05-01</li>"
        "<li><a href='2.html'>关于找不到法人企业名单的公告</a> 2024-04-01</li></ul><p>共2条</p>",
        "<h1>公示</h1><p>本批补助资金共404万元，拨付12家企业。</p>",
        "<p>暂无内容</p>",
        "",
    ],
)
def test_a_living_page_is_not_dead(html: str) -> None:
    assert find_dead(parse(html), 200) is None


@pytest.mark.parametrize(
    ("status", "dead"), [(404, True), (410, True), (200, False), (500, False), (None, False)]
)
def test_a_gone_status_is_dead_whatever_the_page(status: int | None, dead: bool) -> None:
    assert (find_dead(parse(ARTICLE), status) is not None) is dead
