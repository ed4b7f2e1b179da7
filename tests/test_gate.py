"""The pace per host, on a clock that only sleeping moves."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from fault_server import FakeClock

from scraper.fetch.gate import Gate, retry_after

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def gate(clock: FakeClock, *, delay: float = 1.0, chance: float = 0.0) -> Gate:
    """A gate on a fake clock."""
    return Gate(
        delay=delay,
        backoff=1.0,
        max_wait=300.0,
        monotonic=clock.monotonic,
        sleep=clock.sleep,
        random=lambda: chance,
    )


async def visits(gate: Gate, clock: FakeClock, hosts: list[str], seconds: float = 0.0) -> list[float]:
    """When each visit began; each takes `seconds`."""
    began = []
    for host in hosts:
        async with gate.turn(host):
            began.append(clock.time)
            clock.time += seconds
    return began


def test_the_pause_counts_from_the_end_of_a_request() -> None:
    clock = FakeClock()
    assert asyncio.run(visits(gate(clock), clock, ["a"] * 3, seconds=4)) == [1000, 1005, 1010]


def test_hosts_do_not_wait_for_each_other() -> None:
    clock = FakeClock()
    assert asyncio.run(visits(gate(clock), clock, ["a", "b", "c"])) == [1000, 1000, 1000]


def test_www_and_the_bare_domain_are_one_host() -> None:
    clock = FakeClock()
    assert asyncio.run(visits(gate(clock), clock, ["yunling.example", "www.yunling.example"])) == [1000, 1001]


def test_only_one_is_inside() -> None:
    clock = FakeClock()
    pace = gate(clock, delay=0.0)
    inside: list[int] = []

    async def visit() -> int:
        async with pace.turn("a"):
            inside.append(1)
            most = len(inside)
            await asyncio.sleep(0)
            inside.pop()
            return most

    async def all_at_once() -> list[int]:
        return await asyncio.gather(*(visit() for _ in range(10)))

    assert asyncio.run(all_at_once()) == [1] * 10


def test_a_visit_that_fails_or_is_cancelled_leaves_the_gate_open() -> None:
    clock = FakeClock()
    pace = gate(clock)

    async def scenario() -> list[float]:
        with pytest.raises(RuntimeError):
            async with pace.turn("a"):
                raise RuntimeError
        return await visits(pace, clock, ["a"])

    assert asyncio.run(scenario()) == [1001]


def test_failures_double_the_wait_up_to_the_bound_and_success_ends_it() -> None:
    clock = FakeClock()
    pace = gate(clock)

    async def scenario() -> None:
        for _ in range(12):
            async with pace.turn("a"):
                pace.failed("a")
        assert pace.failures("a") == 12
        pace.succeeded("a")
        async with pace.turn("a"):
            pace.failed("a")
        await visits(pace, clock, ["a"])

    asyncio.run(scenario())
    assert clock.slept[:9] == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    assert clock.slept[9:12] == [300, 300, 300]
    assert clock.slept[12:] == [1]


def test_thousands_of_failures_do_not_overflow() -> None:
    pace = gate(FakeClock())
    for _ in range(3000):
        pace.failed("a")
    assert pace.failures("a") == 3000


def test_chance_spreads_the_wait_by_a_quarter() -> None:
    clock = FakeClock()
    pace = gate(clock, delay=0.0, chance=1.0)
    pace.failed("a")
    asyncio.run(visits(pace, clock, ["a"]))
    assert clock.slept == [1.25]


def test_a_hold_is_never_shortened() -> None:
    clock = FakeClock()
    pace = gate(clock)
    pace.hold("a", 60)
    pace.hold("a", 5)
    assert asyncio.run(visits(pace, clock, ["a"])) == [1060]


def test_the_hosts_own_pause_counts_only_where_it_is_longer() -> None:
    pace = gate(FakeClock(), delay=2.0)
    pace.set_pause("a", 10.0)
    pace.set_pause("b", 0.5)
    assert (pace.pause("a"), pace.pause("b"), pace.pause("c")) == (10.0, 2.0, 2.0)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"120", 120.0),
        (b" 0 ", 0.0),
        (b"Sun, 01 Mar 2026 09:31:00 GMT", 60.0),
        (b"Sunday, 01-Mar-26 09:31:00 GMT", 60.0),
        (b"Sun, 01 Mar 2026 17:31:00 +0800", 60.0),
        (b"Sun, 01 Mar 2026 09:31:00 -0000", 60.0),
        (b"Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        (b"", None),
        (b"soon", None),
        (b"-5", None),
        (b"9" * 5000, None),
        (b"Sun, 99 Mar 99999 09:31:00 GMT", None),
        ("明天".encode("gb18030"), None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date_or_not_at_all(value: bytes, seconds: float | None) -> None:
    assert retry_after(((b"Server", b"x"), (b"RETRY-AFTER", value)), NOW) == seconds


def test_without_the_header_there_is_no_wait() -> None:
    assert retry_after((), NOW) is None
