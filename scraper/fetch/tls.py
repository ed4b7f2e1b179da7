"""Secure connections with hosts that today's rules refuse: old protocols and keys, certificates nobody vouches for.

Both ways are asked for by a person, portal by portal, and told by each capture: what came that way may have been read,
or changed, by others on the road.
"""

from __future__ import annotations

import ssl
from functools import cache
from typing import Literal, get_args

import httpx

Way = Literal["legacy", "noverify"]
"""legacy = TLS 1.0 and 1.1, unsafe renegotiation, short keys and old digests too; noverify = any certificate."""
Tls = frozenset[Way]
NORMAL: Tls = frozenset()

# OpenSSL 3 refuses servers without RFC 5746; Python names the option from 3.12 only.
_LEGACY_SERVER_CONNECT = 0x4
# What OpenSSL says of a server that is too old for it; elsewhere the trouble is another.
_OLD = (
    "unsupported protocol", "protocol version", "renegotiation", "dh key too small", "key too small", "md too weak",
    "handshake failure", "no ciphers", "wrong signature type", "no protocols available", "unexpected eof", "bad ecpoint",
    "no shared cipher", "insufficient security", "digest check failed", "legacy sigalg", "internal error",
)  # fmt: skip
_OLD_CERTIFICATE = (66, 67, 68)  # X509_V_ERR_EE_KEY_TOO_SMALL, _CA_KEY_TOO_SMALL, _CA_MD_TOO_WEAK


@cache
def context(tls: Tls) -> ssl.SSLContext:
    """How to connect; made once, for reading the trusted certificates takes a hundred times as long as opening a line."""
    made = httpx.create_ssl_context()
    if "noverify" in tls:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    if "legacy" in tls:
        made.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        made.options |= _LEGACY_SERVER_CONNECT
        made.set_ciphers("ALL:@SECLEVEL=0")
    return made


def cure(error: ssl.SSLError, reason: str, tried: Tls) -> str:
    """What to do about a connection that failed for `reason`, when it was tried in the ways `tried`."""
    other = "an http:// address of the same portal may work"
    way: Way = "noverify"
    if not isinstance(error, ssl.SSLCertVerificationError):
        if not any(mark in reason for mark in _OLD):
            return other
        way = "legacy"
    elif getattr(error, "verify_code", 0) in _OLD_CERTIFICATE:
        way = "legacy"
    if way in tried:
        return other
    risk = (
        "its pages can then be forged on the way"
        if way == "noverify"
        else "an old server is then asked in its own way"
    )
    return f"crawl it with --tls {way} ({risk}), or by an http:// address"


def parse(text: str | None) -> Tls:
    """The ways that `shown` wrote."""
    return frozenset(way for way in get_args(Way) if way in (text or "").split())


def shown(tls: Tls) -> str | None:
    """As the archive keeps it: the names in order, None where there are none."""
    return " ".join(sorted(tls)) or None
