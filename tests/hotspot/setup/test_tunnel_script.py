"""Test the kit of a router that dials in, run on the simulated router."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from portal.hotspot.setup.script import setup_script, undo_script
from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.menus.tunnel_keys import public_of
from portal.sandbox.routeros.terminal.reader import read
from portal.sandbox.routeros.terminal.runner import Runner, ScriptError
from tests.hotspot.setup.conftest import KEY, L2TP, WIREGUARD, make_facts
from tests.hotspot.setup.test_script_runs import contents, row

OURS = ("10.77.0.1/32",)
BY_KEY = make_facts(tunnel=WIREGUARD, allowed_from=OURS)
BY_L2TP = make_facts(tunnel=L2TP, allowed_from=OURS)
NAME = "portal-0a1b2c3d"
OTHER_KEY = "ISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+P0A="


def kit(router: RouterSandbox, facts: Any = BY_KEY) -> list[str]:
    """Run the kit's script; what it said."""
    runner = Runner(router)
    runner.run(setup_script(facts))
    return runner.said


def bare(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{name: value for name, value in r.items() if name != ".id"} for r in rows]


def first_rules(router: RouterSandbox) -> list[tuple[str, str, str]]:
    rules = [r for r in router.rows("/ip/firewall/filter") if r["dynamic"] == "false"]
    return [(r["chain"], r["action"], r.get("in-interface", "")) for r in rules[:4]]


def test_it_dials_in_with_a_key_of_its_own(router: RouterSandbox) -> None:
    said = kit(router)
    interface = row(router, "/interface/wireguard", NAME)
    [peer] = router.rows("/interface/wireguard/peers")
    assert peer["public-key"] == KEY
    assert (peer["endpoint-address"], peer["endpoint-port"]) == ("wifi.example.com", "51820")
    assert (peer["allowed-address"], peer["persistent-keepalive"]) == ("10.77.0.1/32", "10s")
    [address] = [r for r in router.rows("/ip/address") if r["interface"] == NAME]
    assert (address["address"], address["network"]) == ("10.77.0.2/32", "10.77.0.1")
    assert f"Llave pública de este router: {public_of(interface['private-key'])}" in said
    assert not any(interface["private-key"] in line for line in said)


def test_by_it_our_server_alone_comes_in(router: RouterSandbox) -> None:
    kit(router)
    assert first_rules(router)[:3] == [
        ("input", "accept", NAME),
        ("input", "drop", NAME),
        ("forward", "drop", NAME),
    ]
    accept = next(r for r in router.rows("/ip/firewall/filter") if r.get("in-interface") == NAME)
    assert accept["src-address"] == "10.77.0.1"
    assert row(router, "/ip/service", "api-ssl")["address"] == "10.77.0.1/32"
    assert row(router, "/user", BY_KEY.api_user)["address"] == "10.77.0.1/32"


def test_what_watches_it_has_a_start(router: RouterSandbox) -> None:
    """From 7.24.0 to 7.24.4 a task without one never runs."""
    for facts in (BY_KEY, BY_L2TP):
        router.reset()
        kit(router, facts)
        [task] = router.rows("/system/scheduler")
        assert (task["start-time"], task["interval"]) == ("startup", "5m")
        assert "10.77.0.1" in task["on-event"]
        read(task["on-event"])


@pytest.mark.parametrize("version", ["7.9.2", "7.16.2", "7.24"])
@pytest.mark.parametrize("facts", [BY_KEY, BY_L2TP])
def test_again_it_changes_nothing_and_it_can_be_taken_back(version: str, facts: Any) -> None:
    with RouterSandbox(version=version) as router:
        before = contents(router)
        kit(router, facts)
        once = contents(router)
        assert kit(router, facts)
        assert contents(router) == once
        Runner(router).run(undo_script(facts))
        after = contents(router)
        staying = {"/ip/hotspot/user/profile", "/ip/hotspot/profile"}
        assert {menu for menu in before if after[menu] != before[menu]} <= staying


def test_a_server_that_has_moved_takes_the_place_of_the_old_one(router: RouterSandbox) -> None:
    kit(router)
    private = row(router, "/interface/wireguard", NAME)["private-key"]
    place = {"address": "10.77.0.9", "endpoint": "otro.example.com"}
    kit(router, replace(BY_KEY, tunnel=replace(WIREGUARD, **place, public_key=OTHER_KEY)))
    [peer] = router.rows("/interface/wireguard/peers")
    assert (peer["public-key"], peer["endpoint-address"]) == (OTHER_KEY, "otro.example.com")
    [address] = [r for r in router.rows("/ip/address") if r["interface"] == NAME]
    assert address["address"] == "10.77.0.9/32"
    assert row(router, "/interface/wireguard", NAME)["private-key"] == private


@pytest.mark.parametrize(("before", "after"), [(BY_L2TP, BY_KEY), (BY_KEY, BY_L2TP)])
def test_the_other_way_of_dialling_in_takes_the_place_of_the_first(
    router: RouterSandbox, before: Any, after: Any
) -> None:
    """An interface's name is one among those of every kind."""
    kit(router, after)
    alone = contents(router)
    router.reset()
    kit(router, before)
    kit(router, after)
    menus = ("/interface/l2tp-client", "/ip/address", "/ip/firewall/filter", "/system/scheduler")
    for menu in menus:
        assert bare(contents(router)[menu]) == bare(alone[menu])
    assert bool(router.rows("/interface/wireguard")) is (after is BY_KEY)
    assert len(router.rows("/interface/wireguard/peers")) == (after is BY_KEY)


@pytest.mark.parametrize("facts", [BY_KEY, BY_L2TP])
def test_a_router_that_has_an_address_again_dials_in_no_more(
    router: RouterSandbox, facts: Any
) -> None:
    """Else its API would let in nobody but the end of a tunnel that is gone."""
    direct = make_facts()
    kit(router, direct)
    alone = contents(router)
    kit(router, facts)
    kit(router, direct)
    assert contents(router) == alone


def test_a_server_with_another_address_in_the_tunnel_is_let_in(router: RouterSandbox) -> None:
    kit(router)
    kit(router, replace(BY_KEY, tunnel=replace(WIREGUARD, ours="10.78.0.1")))
    rules = [r for r in router.rows("/ip/firewall/filter") if r.get("in-interface") == NAME]
    assert [r.get("src-address") for r in rules] == ["10.78.0.1", None, None]
    [task] = router.rows("/system/scheduler")
    assert "10.78.0.1" in task["on-event"]


def test_what_stood_in_the_operators_way_stays(router: RouterSandbox) -> None:
    [service] = [r for r in router.rows("/ip/service") if r["name"] == "api-ssl"]
    router.execute("/ip/service/set", numbers=service[".id"], address="192.168.88.0/24")
    router.execute("/interface/wireguard/add", name="casa", comment="mía")
    kit(router)
    assert row(router, "/ip/service", "api-ssl")["address"] == "192.168.88.0/24"
    Runner(router).run(undo_script(BY_KEY))
    assert [r["name"] for r in router.rows("/interface/wireguard")] == ["casa"]
    assert row(router, "/ip/service", "api-ssl")["address"] == "192.168.88.0/24"


def test_an_old_router_is_told_what_to_do_before_anything_changes() -> None:
    with RouterSandbox(version="6.49.10") as router:
        before = contents(router)
        with pytest.raises(ScriptError, match=r"7\.1 o posterior"):
            kit(router)
        assert contents(router) == before
        kit(router, BY_L2TP)
        client = row(router, "/interface/l2tp-client", NAME)
    assert (client["connect-to"], client["user"]) == ("wifi.example.com", "RTR_0A1B2C3D")
    assert (client["use-ipsec"], client["disabled"]) == ("true", "false")
    assert (client["password"], client["ipsec-secret"]) == (L2TP.secret, L2TP.ipsec_secret)


def test_a_device_that_may_do_little_is_set_up_all_the_same(router: RouterSandbox) -> None:
    router.set_device_mode("home")
    posting = replace(WIREGUARD, post_to="http://127.0.0.1:1/api/v1/kit/tunel/tun_0")
    said = "\n".join(kit(router, replace(BY_KEY, tunnel=posting)))
    for told in ("prohíbe el hotspot", "prohíbe tareas programadas", "no pudo enviar su llave"):
        assert told in said
    assert "Listo." in said
