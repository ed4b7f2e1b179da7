"""URLs: WHATWG joins through ada-url, the canonical key, and what belongs to a portal.

Two spellings of an address are kept apart: the fetch URL (what the page said, normalised as a browser would) and the
key (what two spellings of one page share), so that a page is stored once and asked for as its portal wrote it.
"""

from __future__ import annotations

import html
import ipaddress
import re
from urllib.parse import quote, unquote_to_bytes, urlsplit

import ada_url

_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/?#;]*", re.I)
# As HTML says of attributes, a reference counts only with its semicolon: `&currentPage=` holds no ¤, `&copy=` no ©.
_ENTITY = re.compile(r"&(?:amp|quot|lt|gt|#\d{1,6}|#x[0-9a-f]{1,6});", re.I)
# Parameters that name a visit, not a page.
_DROPPED = re.compile(
    r"^(?:jsessionid|phpsessid|aspsessionid\w*|sid|sessionid|utm_\w+|spm|from|timestamp|_t|_|rnd|rand|random|randomid"
    r"|nocache|isappinstalled)$",
    re.I,
)
_HEX = re.compile(r"%([0-9a-fA-F]{2})")
_BEYOND = re.compile(r"[^\x00-\x7f]+")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
# Second-level labels under which each name is an owner of its own (gov.cn, com.cn …, 34 provinces' two letters).
_CN_SECOND = frozenset(
    "ac com edu gov mil net org ah bj cq fj gd gs gx gz ha hb he hi hk hl hn jl js jx ln mo nm nx qh sc sd sh sn sx tj "
    "tw xj xz yn zj".split()
)
_BIG5 = re.compile(r"^big5\.|/gate/big5/", re.I)


def join(base: str, href: str, charset: str = "utf-8") -> str | None:
    """`href` on a page at `base` as an absolute http(s) URL without fragment, or None.

    Blanks, tabs, `\\`, `HTTP://`, default ports and dot segments go as WHATWG says; non-ASCII in the query is
    percent-encoded in the page's charset, as browsers do and portals expect.
    """
    if "&" in href:
        href = _ENTITY.sub(lambda found: html.unescape(found[0]), href)
    if len(href) > 4000:
        return None
    head, mark, query = href.partition("?")
    if mark and not query.isascii():
        query = quote(query.encode(charset, "replace"), safe="%:/?@!$&'()*+,;=-._~[]|{}#")
        href = head + mark + query
    try:
        url = str(ada_url.join_url(base, href))
    except (ValueError, UnicodeError):
        return None
    if not url.startswith(("http://", "https://")):
        return None
    return url.partition("#")[0]


def normalise(url: str) -> str | None:
    """A user's address as a browser would ask for it; `http://` is added where no scheme stands. None if it is none."""
    url = url.strip()
    if "://" not in url.split("?")[0]:
        url = "http://" + url
    return join(url, "")


def key(url: str) -> str:
    """What two spellings of one page share: no scheme, `www.`, fragment, session or visit parameter; query sorted.

    http and https are one page. `index.html` stays: whether it equals `/` is the portal's habit, not a rule.
    """
    parts = urlsplit(url)
    path = _SESSION.sub("", parts.path) or "/"
    path = re.sub(r"/{2,}", "/", _plain(path))
    query = _key_query(parts.query)
    host = parts.netloc.lower().rstrip(".").removeprefix("www.")
    return host + path + ("?" + query if query else "")


def _plain(path: str) -> str:
    """One spelling: an IRI's characters percent-encoded (RFC 3987 §3.1), unreserved ones never, hexadecimals upper case."""
    if not path.isascii():
        path = _BEYOND.sub(lambda found: quote(found[0]), path)

    def one(match: re.Match[str]) -> str:
        char = chr(int(match[1], 16))
        return char if _UNRESERVED.match(char) else match[0].upper()

    return _HEX.sub(one, path)


def _key_query(query: str) -> str:
    pairs = [p for p in query.split("&") if p and not _DROPPED.match(p.partition("=")[0])]
    return "&".join(sorted(_plain(p) for p in pairs))


def host(url: str) -> str:
    """Host with port where it is not the default, lower case: the name of a portal."""
    return urlsplit(url).netloc.lower().rpartition("@")[2].rstrip(".")


def hostname(url: str) -> str:
    """Host without port, lower case; '' where there is none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def site(name: str) -> str:
    """The registrable part of a host name: two labels, three under gov.cn and its like; an IP address stays whole."""
    if is_ip(name) or "." not in name:
        return name
    labels = name.split(".")
    deep = len(labels) > 2 and labels[-1] == "cn" and labels[-2] in _CN_SECOND
    return ".".join(labels[-3 if deep else -2 :])


def same_portal(url: str, portal: str) -> bool:
    """Whether `url` is a page of `portal` (a host): the same host, with or without `www.`, the port alike."""
    return host(url).removeprefix("www.") == portal.removeprefix("www.")


def is_mirror(url: str) -> bool:
    """Whether `url` is a traditional-character mirror (big5.*, /gate/big5/) of a page that stands elsewhere."""
    return bool(_BIG5.search(urlsplit(url).netloc) or _BIG5.search(urlsplit(url).path))


def is_ip(name: str) -> bool:
    """Whether a host name is an IP address."""
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def is_private(address: str) -> bool:
    """Whether an IP address (as text) is loopback, private, link-local or otherwise not of the open network."""
    try:
        ip = ipaddress.ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return not ip.is_global or ip.is_multicast


def filename(url: str) -> str:
    """The last path segment, percent-decoded (UTF-8, else GB18030); '' for a folder."""
    raw = unquote_to_bytes(urlsplit(url).path.rpartition("/")[2])
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


FILE_SUFFIX = re.compile(
    r"\.(?:pdf|docx?|wps|xlsx?|et|pptx?|dps|ofd|txt|rtf|csv|zip|rar|7z|tar|gz|jpe?g|png|gif|bmp|webp|svg|ico|tiff?"
    r"|mp[34]|avi|wmv|flv|mov|swf|m4a|wav|rmvb|apk|exe|iso|css|js|json|xml|ceb|caj|psd|dwg)$",
    re.I,
)


def is_file(url: str) -> bool:
    """Whether the address names a file and not a page, by its suffix."""
    return FILE_SUFFIX.search(urlsplit(url).path) is not None
