"""Test what servers hear of sessions: when, how much, and why they are over."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.causes import Cause
from portal.sandbox.routeros.radius.accounting import Status
from tests.sandbox.routeros.conftest import IP, MAC, NOW
from tests.sandbox.routeros.radius.server import RadiusServer, value
from tests.support.servers.nas import serve_by_radius

GIGA = 1 << 30


def statuses(server: RadiusServer) -> list[int]:
    return [status for (status,) in server.told("Acct-Status-Type")]


def test_a_session_is_told_from_start_to_stop(router: RouterSandbox, server: RadiusServer) -> None:
    server.said.attributes = {"Class": b"ACC_1", "Acct-Interim-Interval": 300}
    router.log_in("A", "x", IP)
    router.pass_time(650)
    router.log_out(MAC)
    router.accounted()
    assert server.told("Acct-Status-Type", "Acct-Session-Time", "Acct-Terminate-Cause") == [
        (Status.START, None, None),
        (Status.INTERIM, 300, None),
        (Status.INTERIM, 600, None),
        (Status.STOP, 650, Cause.USER_REQUEST),
    ]
    same = ("Class", "User-Name", "Acct-Session-Id", "Calling-Station-Id", "Framed-IP-Address")
    assert set(server.told(*same)) == {(b"ACC_1", "A", "80000001", MAC, IP)}
    assert value(server.accounting[1], "Event-Timestamp") == NOW + 300


@pytest.mark.parametrize(
    ("said", "received", "intervals"), [("received", 0, 0), ("5m", 60, 2), ("received", 120, 5)]
)
def test_the_profile_says_whose_interval_counts(
    router: RouterSandbox, server: RadiusServer, said: str, received: int, intervals: int
) -> None:
    for profile in router.rows("/ip/hotspot/profile"):
        changes = {"numbers": profile[".id"], "radius_interim_update": said}
        router.execute("/ip/hotspot/profile/set", **changes)
    server.said.attributes = {"Acct-Interim-Interval": received} if received else {}
    router.log_in("A", "x", IP)
    router.pass_time(600)
    assert statuses(server) == [Status.START] + [Status.INTERIM] * intervals


def test_more_than_four_gigabytes_are_counted(router: RouterSandbox, server: RadiusServer) -> None:
    server.said.attributes = {"Acct-Interim-Interval": 60}
    router.log_in("A", "x", IP)
    router.use(MAC, bytes_in=5 * GIGA, bytes_out=17 * GIGA)
    router.pass_time(60)
    names = [
        f"Acct-{way}-{size}" for way in ("Input", "Output") for size in ("Gigawords", "Octets")
    ]
    said = server.told(*names)[1]
    assert said == (1, GIGA + 60 * 2_000, 4, GIGA + 60 * 20_000)


@pytest.mark.parametrize(
    ("granted", "seconds", "cause"),
    [
        ({"Session-Timeout": 3600}, 3600, Cause.SESSION_TIMEOUT),
        ({"WISPr-Session-Terminate-Time": "2025-10-09T09:00:00Z"}, 400, Cause.SESSION_TIMEOUT),
        ({"Mikrotik-Total-Limit": 22_000_000}, 1000, Cause.NAS_REQUEST),
        ({"Mikrotik-Recv-Limit": 2_000_000}, 1000, Cause.NAS_REQUEST),
        ({"Mikrotik-Xmit-Limit": 2_000_000}, 100, Cause.NAS_REQUEST),
    ],
)
def test_a_session_ends_when_it_must(
    router: RouterSandbox,
    server: RadiusServer,
    granted: dict[str, int],
    seconds: int,
    cause: Cause,
) -> None:
    server.said.attributes = granted
    router.log_in("A", "x", IP)
    router.pass_time(seconds - 1)
    assert statuses(server) == [Status.START]
    router.pass_time(1)
    assert server.told("Acct-Session-Time", "Acct-Terminate-Cause")[1:] == [(seconds, cause)]
    assert router.active == []


def test_a_limit_above_four_gigabytes_is_one_number(
    router: RouterSandbox, server: RadiusServer
) -> None:
    server.said.attributes = {"Mikrotik-Total-Limit": GIGA, "Mikrotik-Total-Limit-Gigawords": 1}
    router.log_in("A", "x", IP)
    router.use(MAC, bytes_out=5 * GIGA - 1)
    assert len(router.active) == 1
    router.use(MAC, bytes_in=1)
    assert router.active == []
    router.accounted()
    assert server.told("Acct-Terminate-Cause")[-1] == (Cause.NAS_REQUEST,)


def test_a_phone_that_left_is_noticed(router: RouterSandbox, server: RadiusServer) -> None:
    router.log_in("A", "x", IP)
    router.leave(MAC)
    router.pass_time(600)
    assert server.told("Acct-Session-Time", "Acct-Terminate-Cause")[1:] == [
        (120, Cause.LOST_SERVICE)
    ]


@pytest.mark.parametrize("power_cut", [False, True])
def test_a_reboot_says_so_and_numbers_anew(
    router: RouterSandbox, server: RadiusServer, power_cut: bool
) -> None:
    router.log_in("A", "x", IP)
    router.reboot(power_cut=power_cut)
    router.accounted()
    stop = [] if power_cut else [Status.STOP]
    assert sorted(statuses(server)) == sorted([Status.START, *stop, Status.ON])
    router.log_in("A", "x", IP)
    router.accounted()
    assert server.told("Acct-Session-Id")[-1] == ("80000001",)
    [on] = [p for p in server.accounting if value(p, "Acct-Status-Type") == Status.ON]
    assert (value(on, "NAS-Identifier"), value(on, "Mikrotik-Realm")) == ("Patio", "Palapa")


def test_a_clock_that_a_power_cut_put_wrong_is_told(
    router: RouterSandbox, server: RadiusServer
) -> None:
    router.set_clock_off(-NOW)
    router.log_in("A", "x", IP)
    router.accounted()
    assert server.told("Event-Timestamp") == [(0,)]


def test_what_nobody_answers_is_lost_and_the_session_goes_on(
    router: RouterSandbox, server: RadiusServer
) -> None:
    [row] = router.rows("/radius")
    server.said.accounting = False
    router.execute("/radius/set", numbers=row[".id"], timeout="30ms")
    server.said.attributes = {"Acct-Interim-Interval": 60}
    router.log_in("A", "x", IP)
    assert router.accounted() == 1
    assert len(set(server.raw[1:])) == 1
    router.go_down()
    router.pass_time(60)
    router.come_up()
    server.said.accounting = True
    router.execute("/radius/set", numbers=row[".id"], timeout="10s")
    router.pass_time(60)
    assert statuses(server) == [Status.START] * 3 + [Status.INTERIM]
    assert len(router.active) == 1


def test_sessions_that_a_new_start_does_not_know_are_gone(
    tmp_path: Path, server: RadiusServer
) -> None:
    state = tmp_path / "router.json"
    with RouterSandbox(state=state) as router:
        serve_by_radius(router, "between the two of us", *server.ports)
        router.join(MAC, IP)
        router.log_in("A", "x", IP)
        router.accounted()
    with RouterSandbox(state=state) as router:
        router.accounted()
        assert (router.active, len(router.hosts)) == ([], 1)
    assert statuses(server) == [Status.START, Status.ON]
