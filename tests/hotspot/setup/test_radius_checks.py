"""Test the check list's points about RADIUS: each is seen, and mended by its line or the kit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.hotspot.setup import Finding, State
from portal.hotspot.setup.script import setup_script
from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.terminal.runner import Runner
from tests.hotspot.setup.conftest import make_facts, make_radius
from tests.hotspot.setup.test_checks import findings

FACTS = make_facts(radius=make_radius())
POINTS = {
    *("Nombre para RADIUS", "Entrada por RADIUS (hsprof1)"),
    *("Servidores RADIUS", "Desconexión por RADIUS"),
}


def points(router: RouterSandbox) -> dict[str, Finding]:
    return {found.name: found for found in findings(router, FACTS) if "RADIUS" in found.name}


@pytest.fixture(params=["6.49.10", "7.24"])
def ready(request: pytest.FixtureRequest) -> Iterator[RouterSandbox]:
    with RouterSandbox(version=request.param) as box:
        Runner(box).run(setup_script(FACTS))
        yield box


def test_a_kit_leaves_nothing_to_mend(ready: RouterSandbox) -> None:
    found = points(ready)
    assert {name: point.state for name, point in found.items()} == dict.fromkeys(POINTS, State.OK)
    assert make_radius().name not in repr(found), "it is for the router and our servers alone"


def test_a_router_that_nobody_set_up(router: RouterSandbox) -> None:
    found = points(router)
    assert {name for name, point in found.items() if point.state is State.MISSING} == POINTS
    assert "10.9.0.1, 10.9.0.2" in found["Servidores RADIUS"].found
    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (
            "Entrada por RADIUS (hsprof1)",
            "/ip hotspot profile set [find where name=hsprof1] use-radius=no",
        ),
        (
            "Entrada por RADIUS (hsprof1)",
            "/ip hotspot profile set [find where name=hsprof1] radius-accounting=no",
        ),
        (
            "Entrada por RADIUS (hsprof1)",
            "/ip hotspot profile set [find where name=hsprof1] radius-interim-update=1h",
        ),
        ("Desconexión por RADIUS", "/radius incoming set port=1700"),
        ("Desconexión por RADIUS", "/radius incoming set accept=no"),
    ],
)
def test_each_line_mends_what_it_stands_by(ready: RouterSandbox, name: str, line: str) -> None:
    runner = Runner(ready)
    runner.run(line)
    found = points(ready)[name]
    assert found.state is not State.OK
    runner.run(found.mend)
    assert points(ready)[name].state is State.OK


def test_a_server_that_is_not_told_which_router_asks(ready: RouterSandbox) -> None:
    runner = Runner(ready)
    runner.run("/radius set [find where address=10.9.0.2] realm=Patio")
    found = points(ready)["Nombre para RADIUS"]
    said = "«realm» no dice qué router es (10.9.0.2): ejecute otra vez el guion del kit"
    assert (found.state, found.found) == (State.MISSING, said)
    runner.run(setup_script(FACTS))
    assert points(ready)["Nombre para RADIUS"].state is State.OK


@pytest.mark.parametrize(
    "line",
    [
        "/radius remove [find where address=10.9.0.2]",
        "/radius set [find where address=10.9.0.2] disabled=yes",
        "/radius set [find where address=10.9.0.2] accounting-port=1",
        "/radius set [find where address=10.9.0.2] service=ppp",
    ],
)
def test_a_server_that_is_not_asked(ready: RouterSandbox, line: str) -> None:
    runner = Runner(ready)
    runner.run(line)
    found = points(ready)["Servidores RADIUS"]
    assert (found.state, found.found) == (
        State.MISSING,
        "no pregunta a 10.9.0.2: ejecute otra vez el guion del kit",
    )
    runner.run(setup_script(FACTS))
    assert points(ready)["Servidores RADIUS"].state is State.OK


def test_a_server_of_others_that_is_asked_first(ready: RouterSandbox) -> None:
    first = ready.rows("/radius")[0][".id"]
    others = {"service": "hotspot", "address": "192.0.2.1", "secret": "x"}
    ready.execute("/radius/add", place_before=first, **others)
    found = points(ready)["Servidores RADIUS"]
    assert (found.state, "192.0.2.1" in found.found) == (State.ADVICE, True)


def test_a_router_served_by_its_api_has_no_such_points(router: RouterSandbox) -> None:
    assert [f for f in findings(router, make_facts()) if "RADIUS" in f.name] == []
