"""Test what the kit sets up for RADIUS, run on the simulated router, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from portal.hotspot.setup import KitError, RadiusServer
from portal.hotspot.setup.script import setup_script, undo_script
from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.terminal.runner import Runner, ScriptError
from tests.hotspot.setup.conftest import make_facts, make_radius
from tests.hotspot.setup.test_script_runs import contents, row
from tests.sandbox.routeros.radius.server import SECRET, value
from tests.sandbox.routeros.radius.server import RadiusServer as Server

FACTS = make_facts(radius=make_radius())
NAME = make_radius().name
OURS = [f"portal {FACTS.router_id} radius {number}" for number in (1, 2)]


@pytest.fixture(params=["6.49.10", "7.9.2", "7.24"])
def any_router(request: pytest.FixtureRequest) -> Iterator[RouterSandbox]:
    with RouterSandbox(version=request.param) as box:
        yield box


def test_two_servers_decide(any_router: RouterSandbox) -> None:
    Runner(any_router).run(setup_script(FACTS))
    first, second = any_router.rows("/radius")
    told = {"service": "hotspot", "secret": "planted radius $ecret", "timeout": "1s"}
    assert {name: first[name] for name in told} == told
    assert (first["address"], first["accounting-backup"]) == ("10.9.0.1", "false")
    assert (first["authentication-port"], first["accounting-port"]) == ("1812", "1813")
    assert (second["address"], second["accounting-backup"]) == ("10.9.0.2", "true")
    assert (second["authentication-port"], second["accounting-port"]) == ("11812", "11813")
    assert first.get("require-message-auth") in (None, "yes-for-request-resp")
    profile = row(any_router, "/ip/hotspot/profile", "hsprof1")
    assert (profile["use-radius"], profile["radius-interim-update"]) == ("true", "received")
    assert {"http-pap", "http-chap"} <= set(profile["login-by"].split(","))
    [incoming] = any_router.rows("/radius/incoming")
    assert (incoming["accept"], incoming["port"]) == ("true", "3799")
    assert [server["realm"] for server in (first, second)] == [NAME, NAME]
    shown = {menu: any_router.rows(menu) for menu in ("/system/identity", "/ip/hotspot/profile")}
    assert NAME not in str(shown), "neighbours are told the one, and pages show the other"
    rules = [r for r in any_router.rows("/ip/firewall/filter") if r.get("dynamic") != "true"]
    assert [(r["src-address"], r["dst-port"]) for r in rules[:2]] == [
        ("10.9.0.2", "3799"),
        ("10.9.0.1", "3799"),
    ]


def test_running_it_again_changes_nothing(any_router: RouterSandbox) -> None:
    Runner(any_router).run(setup_script(FACTS))
    once = contents(any_router)
    Runner(any_router).run(setup_script(FACTS))
    assert contents(any_router) == once


@pytest.mark.parametrize("back", ["undo", "api"])
def test_it_is_taken_back(any_router: RouterSandbox, back: str) -> None:
    """Also where the router is to be served by its API again."""
    any_router.execute("/system/identity/set", name="Café del Mar")
    before = contents(any_router)
    Runner(any_router).run(setup_script(FACTS))
    Runner(any_router).run(undo_script(FACTS) if back == "undo" else setup_script(make_facts()))
    after = contents(any_router)
    for menu in ("/radius", "/radius/incoming", "/system/identity", "/ip/firewall/filter"):
        assert after[menu] == before[menu], menu
    assert row(any_router, "/ip/hotspot/profile", "hsprof1")["use-radius"] == "false"


def test_what_others_set_up_stays(any_router: RouterSandbox) -> None:
    any_router.execute("/radius/add", address="192.0.2.1", secret="x", service="ppp")
    any_router.execute("/radius/incoming/set", accept="yes")
    Runner(any_router).run(setup_script(FACTS))
    one = make_facts(radius=make_radius(servers=(RadiusServer("10.9.0.1"),)))
    Runner(any_router).run(setup_script(one))
    assert [r["address"] for r in any_router.rows("/radius")] == ["192.0.2.1", "10.9.0.1"]
    Runner(any_router).run(undo_script(one))
    assert [r["address"] for r in any_router.rows("/radius")] == ["192.0.2.1"]
    assert any_router.rows("/radius/incoming")[0]["accept"] == "true"


def test_radsec_where_the_router_speaks_it(any_router: RouterSandbox) -> None:
    radius = make_radius(radsec=True, certificate="own")
    script = setup_script(make_facts(radius=radius))
    if any_router.version.startswith("6."):
        with pytest.raises(ScriptError, match="RadSec requiere RouterOS 7"):
            Runner(any_router).run(script)
        return
    Runner(any_router).run(script)
    first, second = any_router.rows("/radius")
    assert (first["protocol"], first["secret"], first["certificate"]) == (
        *("radsec", "radsec", "own"),
    )
    assert {first["authentication-port"], second["accounting-port"]} == {"2083"}


def test_without_an_api_of_ours_there_is_no_user(any_router: RouterSandbox) -> None:
    people = any_router.rows("/user")
    Runner(any_router).run(setup_script(make_facts(radius=make_radius(), has_api=False)))
    assert any_router.rows("/user") == people
    assert len(any_router.rows("/radius")) == 2


def test_what_it_set_up_works() -> None:
    with Server() as server, RouterSandbox() as router:
        here = RadiusServer("127.0.0.1", *server.ports)
        facts = make_facts(radius=make_radius(servers=(here,), secret=SECRET.decode()))
        Runner(router).run(setup_script(facts))
        router.join("AA:BB:CC:DD:EE:FF", "192.168.88.100")
        router.log_in("A", "x", "192.168.88.100")
        assert value(server.logins[0], "Mikrotik-Realm") == NAME
        assert value(server.logins[0], "NAS-Identifier") == "MikroTik"
        assert router.incoming_port


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"servers": ()}, "uno o dos"),
        ({"servers": (RadiusServer("radius.example.com"),)}, "no es una dirección IP"),
        ({"timeout": 100}, "entre 300 y 3000"),
        ({"name": 'x" ; /user'}, "nombre del router"),
        ({"secret": ""}, "secreto"),
        ({"secret": "a\nb"}, "secreto"),
    ],
)
def test_facts_that_make_no_kit(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(KitError, match=said):
        make_radius(**changes)
