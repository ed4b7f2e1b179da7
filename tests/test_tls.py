"""Secure connections, with real servers on loopback: good ones, and those that today's rules refuse."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from click.testing import CliRunner
from zoo import Zoo, dialects
from zoo_crawl import articles, make_portal, rows, true

from scraper.commands import cli
from scraper.crawl import Options, Report, crawl
from scraper.fetch.tls import NORMAL, context, cure, parse, shown

AUTHORITY, STRANGER = trustme.CA(), trustme.CA()
# The 1024-bit group of RFC 2409 §6.2, which servers of the 2000s shared.
_GROUP_2 = """-----BEGIN DH PARAMETERS-----
MIGHAoGBAP//////////yQ/aoiFowjTExmKLgNwc0SkCTgiKZ8x0Agu+pjsTmyJRSgh5jjQE3e+V
GbPNOkMbMCsKbfJfFDdP4TVtbVHCReSFtXZiXn7G9ExC6aY37WsL/1y29Aa37e44a/taiZ+lrp8k
EXxLH+ZJKGZR7OZTgf//////////AgEC
-----END DH PARAMETERS-----
"""


@pytest.fixture(autouse=True)
def trusted(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AUTHORITY vouches for certificates, as those of the operating system do."""
    file = tmp_path_factory.mktemp("tls") / "authority.pem"
    AUTHORITY.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context.cache_clear()
    yield
    context.cache_clear()


def server(certificate: trustme.LeafCert) -> ssl.SSLContext:
    """How a server with this certificate speaks."""
    speaks = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(speaks)
    return speaks


def good() -> ssl.SSLContext:
    return server(AUTHORITY.issue_cert("127.0.0.1"))


def expired() -> ssl.SSLContext:
    return server(AUTHORITY.issue_cert("127.0.0.1", not_after=datetime(2021, 3, 1, tzinfo=UTC)))


def of_another_host() -> ssl.SSLContext:
    return server(AUTHORITY.issue_cert("www.elsewhere.example"))


def of_nobody() -> ssl.SSLContext:
    return server(STRANGER.issue_cert("127.0.0.1"))


def old() -> ssl.SSLContext:
    """A server that knows nothing newer than TLS 1.1."""
    speaks = good()
    speaks.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        speaks.minimum_version, speaks.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    return speaks


def short_key(folder: Path) -> ssl.SSLContext:
    """A server with TLS 1.2 and a Diffie-Hellman group of 1024 bits."""
    speaks = server(AUTHORITY.issue_cert("127.0.0.1", key_type=trustme.KeyType.RSA))
    file = folder / "group.pem"
    file.write_text(_GROUP_2)
    speaks.maximum_version = ssl.TLSVersion.TLSv1_2
    speaks.set_ciphers("DHE:@SECLEVEL=0")
    speaks.load_dh_params(str(file))
    return speaks


def visit(speaks: ssl.SSLContext, db: Path, *ways: Options) -> list[Report]:
    """Crawl a small portal behind such a server, once with each of these options."""
    with Zoo() as zoo:
        stand = zoo.stand(make_portal(dialects.TRS, stories=6, channels=1), tls=speaks)
        reports = [crawl(stand.url, db, options=options) for options in ways]
        if reports[-1].outcome == "done":
            assert articles(db, stand) == true(stand.portal.truth())
    return reports


def test_a_portal_on_https_is_crawled_and_each_capture_tells_its_protocol(tmp_path: Path) -> None:
    (report,) = visit(good(), tmp_path / "a.db", Options(delay=0))
    assert report.exit_code == 0
    assert rows(tmp_path / "a.db", "select distinct tls from captures") == [("TLSv1.3",)]
    assert rows(tmp_path / "a.db", "select tls from portals") == [(None,)]


@pytest.mark.parametrize("speaks", [expired, of_another_host, of_nobody])
def test_a_bad_certificate_is_refused_until_told_and_then_kept_in_mind(
    speaks: Callable[[], ssl.SSLContext], tmp_path: Path
) -> None:
    db = tmp_path / "a.db"
    told = Options(delay=0, tls=("noverify",))
    before, first, again = visit(speaks(), db, Options(delay=0), told, Options(delay=0))
    assert before.exit_code == 3 and "--tls noverify" in before.unreached[0]
    assert first.exit_code == again.exit_code == 0
    assert rows(db, "select distinct tls from captures") == [("TLSv1.3 noverify",)]
    assert rows(db, "select tls from portals") == [("noverify",)]


def test_what_was_kept_in_mind_can_be_taken_back(tmp_path: Path) -> None:
    _, after = visit(
        good(), tmp_path / "a.db", Options(delay=0, tls=("legacy", "noverify")), Options(delay=0, tls=())
    )
    assert after.exit_code == 0
    assert rows(tmp_path / "a.db", "select tls from portals") == [(None,)]
    assert {tls for (tls,) in rows(tmp_path / "a.db", "select tls from captures")} == {
        "TLSv1.3 legacy noverify",
        "TLSv1.3",
    }


def test_an_old_protocol_is_spoken_when_told(tmp_path: Path) -> None:
    before, told = visit(old(), tmp_path / "a.db", Options(delay=0), Options(delay=0, tls=("legacy",)))
    assert before.exit_code == 3 and "--tls legacy" in before.unreached[0]
    assert told.exit_code == 0
    assert rows(tmp_path / "a.db", "select distinct tls from captures") == [("TLSv1.1 legacy",)]


def test_a_short_key_is_taken_when_told(tmp_path: Path) -> None:
    before, told = visit(
        short_key(tmp_path), tmp_path / "a.db", Options(delay=0), Options(delay=0, tls=("legacy",))
    )
    assert before.exit_code == 3 and "dh key too small" in before.unreached[0]
    assert "--tls legacy" in before.unreached[0]
    assert told.exit_code == 0


def test_an_old_server_is_still_one_whose_certificate_must_be_good(tmp_path: Path) -> None:
    speaks = server(STRANGER.issue_cert("127.0.0.1"))
    (report,) = visit(speaks, tmp_path / "a.db", Options(delay=0, tls=("legacy",)))
    assert report.exit_code == 3 and "--tls noverify" in report.unreached[0]


def test_the_unsafe_renegotiation_of_old_servers_is_allowed_only_when_told() -> None:
    allowed = 0x4  # SSL_OP_LEGACY_SERVER_CONNECT
    assert context(frozenset({"legacy"})).options & allowed
    assert not context(NORMAL).options & allowed and not context(frozenset({"noverify"})).options & allowed
    error = ssl.SSLError(1, "unsafe legacy renegotiation disabled")
    assert "--tls legacy" in cure(error, "unsafe legacy renegotiation disabled", NORMAL)


def test_what_was_tried_is_not_advised_again() -> None:
    error = ssl.SSLError(1, "unsupported protocol")
    assert "--tls" not in cure(error, "unsupported protocol", frozenset({"legacy"}))


def test_a_portal_with_an_ipv6_address_only_is_crawled(tmp_path: Path) -> None:
    with Zoo() as zoo:
        try:
            stand = zoo.stand(make_portal(dialects.TRS, stories=6, channels=1), name="[::1]")
        except OSError:
            pytest.skip("this machine has no IPv6")
        report = crawl(stand.url, tmp_path / "a.db", options=Options(delay=0))
        assert articles(tmp_path / "a.db", stand) == true(stand.portal.truth())
    assert report.exit_code == 0
    assert rows(tmp_path / "a.db", "select distinct ip, tls from captures") == [("::1", None)]


def test_the_command_line_takes_both_ways_and_strict(tmp_path: Path) -> None:
    db = str(tmp_path / "a.db")
    with Zoo() as zoo:
        stand = zoo.stand(make_portal(dialects.TRS, stories=5, channels=1), tls=expired())
        asked = ["crawl", stand.url, "--delay", "0", "--db", db]
        results = [
            CliRunner().invoke(cli, [*asked, *more])
            for more in (["--tls", "legacy", "--tls", "noverify"], [], ["--tls", "strict"])
        ]
    assert [result.exit_code for result in results] == [0, 0, 3]


@pytest.mark.parametrize("text", [None, "legacy", "noverify", "legacy noverify"])
def test_ways_are_read_as_they_are_written(text: str | None) -> None:
    assert shown(parse(text)) == text
