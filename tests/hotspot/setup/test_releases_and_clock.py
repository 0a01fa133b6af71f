"""Test what a check says of the router's release, clock and zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.hotspot.routeros.network_rows import router_clock, wans
from portal.hotspot.setup import Finding, State
from portal.hotspot.setup.release_checks import needed_for
from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.terminal.runner import Runner
from tests.hotspot.setup.conftest import make_facts
from tests.hotspot.setup.test_checks import by_name, findings
from tests.hotspot.setup.test_script_commands import VERSIONS, known, mistakes

HERE = "America/Mexico_City"
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
EVERY = ["6.49.10", "7.9.2", "7.20.8", "7.24"]


def found(router: RouterSandbox, name: str, zone: str = HERE) -> Finding:
    return by_name(findings(router, make_facts(api_user="portal", time_zone=zone)))[name]


@pytest.mark.parametrize(
    ("running", "needed"),
    [
        ((6, 48, 6), (6, 49, 22)),
        ((6, 49, 21), (6, 49, 22)),
        ((6, 49, 22), None),
        ((7, 1, 0), (7, 23, 4)),
        ((7, 20, 8), (7, 23, 4)),
        ((7, 23, 3), (7, 23, 4)),
        ((7, 23, 4), None),
        ((7, 24, 0), (7, 24, 2)),
        ((7, 24, 2), None),
        ((7, 25, 0), None),
        ((8, 0, 0), None),
        ((5, 26, 0), (6, 49, 22)),
    ],
)
def test_which_releases_have_the_fixes(
    running: tuple[int, ...], needed: tuple[int, ...] | None
) -> None:
    assert needed_for(running) == needed


@pytest.mark.parametrize(
    ("version", "state", "said"),
    [
        (
            "6.49.10",
            State.ADVICE,
            "6.49.10 tiene fallas de seguridad conocidas: actualice a 6.49.22",
        ),
        ("7.20.8", State.ADVICE, "actualice a 7.23.4 o posterior"),
        ("7.24", State.ADVICE, "actualice a 7.24.2 o posterior"),
        ("7.24.2", State.OK, "7.24.2"),
        ("7.25rc1", State.OK, "7.25rc1"),
    ],
)
def test_the_release_is_told(version: str, state: State, said: str) -> None:
    with RouterSandbox(version=version) as router:
        told = found(router, "Versión de RouterOS")
    assert told.state is state
    assert said in told.found
    assert bool(told.mend) is (state is State.ADVICE)


@pytest.mark.parametrize("version", EVERY)
@pytest.mark.parametrize(
    ("off", "state", "said"),
    [
        (0, State.ADVICE, "en hora, pero sin NTP"),
        (7_260, State.MISSING, "va 2 horas"),
        (-90_000, State.MISSING, "atrasado"),
        (120, State.ADVICE, "adelantado"),
    ],
)
def test_the_clock_is_told_and_mended(version: str, off: int, state: State, said: str) -> None:
    with RouterSandbox(version=version) as router:
        router.set_clock_off(off)
        wrong = found(router, "Reloj")
        assert wrong.state is state
        assert said in wrong.found
        Runner(router).run(wrong.mend)
        right = found(router, "Reloj")
        assert (right.state, right.found) == (State.OK, "en hora, con NTP")


@pytest.mark.parametrize("version", EVERY)
def test_the_zone_is_told_and_mended(version: str) -> None:
    with RouterSandbox(version=version) as router:
        assert found(router, "Zona horaria").state is State.OK
        wrong = found(router, "Zona horaria", "Asia/Tokyo")
        assert wrong.state is State.ADVICE
        assert wrong.found == (
            "America/Mexico_City (-06:00); la de la empresa es Asia/Tokyo (+09:00)"
        )
        Runner(router).run(wrong.mend)
        right = found(router, "Zona horaria", "Asia/Tokyo")
        assert (right.state, right.found) == (State.OK, "Asia/Tokyo")
        # The clock is right in any zone.
        assert "en hora" in found(router, "Reloj").found


def test_two_names_of_one_time_are_one_zone(router: RouterSandbox) -> None:
    router.execute("/system/clock/set", time_zone_name="America/Costa_Rica")
    assert found(router, "Zona horaria").state is State.OK


@pytest.mark.parametrize(
    ("clock", "ahead", "offset"),
    [
        ({"date": "2026-11-28", "time": "06:00:30", "gmt-offset": "-06:00"}, 30, -21_600),
        ({"date": "nov/28/2026", "time": "12:00:00", "gmt-offset": "+00:00"}, 0, 0),
        ({"date": "2026-11-28", "time": "17:30:00", "gmt-offset": "19800"}, 0, 19_800),
        ({"date": "2026-11-28", "time": "06:00:00", "gmt-offset": "4294945696"}, 0, -21_600),
        ({"date": "jan/02/1970", "time": "00:00:00", "gmt-offset": "00:00"}, None, 0),
        ({"date": "2026-13-40", "time": "06:00:00", "gmt-offset": "+00:00"}, "unread", 0),
        ({"date": "2026-11-28", "time": "06:00:00", "gmt-offset": "soon"}, "unread", None),
        ({"date": "2026-11-28", "time": "06:00:00", "gmt-offset": "+99:00"}, "unread", None),
        ({}, "unread", None),
    ],
)
def test_every_way_of_writing_the_time(
    clock: dict[str, str], ahead: float | str | None, offset: int | None
) -> None:
    read = router_clock(clock, {"enabled": "yes"}, NOON)
    expected = {
        None: (datetime(1970, 1, 2, tzinfo=UTC) - NOON) / timedelta(seconds=1),
        "unread": None,
    }
    assert read.ahead == expected.get(ahead, ahead)
    assert (read.offset, read.has_ntp) == (offset, True)


@pytest.mark.parametrize(
    ("route", "names"),
    [
        ({"immediate-gw": "192.0.2.1%ether1"}, ("ether1",)),
        ({"immediate-gw": "pppoe-out1"}, ("pppoe-out1",)),
        ({"immediate-gw": "192.0.2.1%ether1,192.0.2.9%lte1"}, ("ether1", "lte1")),
        ({"gateway-status": "192.0.2.1 reachable via  ether1"}, ("ether1",)),
        ({"gateway": "ether5"}, ("ether5",)),
        ({"gateway": "192.0.2.1"}, ()),
        ({"immediate-gw": "192.0.2.1%ether1", "active": "false"}, ()),
    ],
)
def test_the_ways_out(route: dict[str, str], names: tuple[str, ...]) -> None:
    assert wans([{"active": "true"} | route]) == names


@pytest.mark.parametrize("version", VERSIONS)
def test_its_lines_exist(reference_data: Path, version: str) -> None:
    with RouterSandbox(version=version) as router:
        names = ("Versión de RouterOS", "Reloj", "Zona horaria")
        lines = [found(router, name, "Asia/Tokyo").mend for name in names]
    for line in lines:
        assert line
        assert mistakes(line, known(reference_data, version), VERSIONS[version]) == [], line
