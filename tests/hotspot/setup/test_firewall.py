"""Test whom the firewall lets in at the router's own services, and the line that keeps them out."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from portal.hotspot.network import FilterRule, Firewall, InterfaceList
from portal.hotspot.setup import Finding, KitFacts, State
from portal.hotspot.setup.exposure_checks import internet
from portal.hotspot.setup.firewall import Visitor, lets_in
from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.terminal.runner import Runner
from tests.hotspot.setup.conftest import make_facts
from tests.hotspot.setup.hotspots import add_hotspot
from tests.hotspot.setup.test_checks import by_name, findings, inspected
from tests.hotspot.setup.test_script_commands import VERSIONS, known, mistakes

FILTER = "/ip/firewall/filter"
WORLD = "Servicios abiertos a Internet (ether1)"
CUSTOMERS = "Servicios al alcance de los clientes (hotspot1)"
ANYBODY = Visitor("ether1", None)
CUSTOMER = Visitor("bridge", "10.5.50.1", is_customer=True)
DROP_ALL = {"action": "drop"}
LISTS = {
    "LAN": InterfaceList(frozenset({"bridge"})),
    "WAN": InterfaceList(frozenset({"ether1"})),
    "OUT": InterfaceList(include=("WAN",)),
    "IN": InterfaceList(include=("all",), exclude=("WAN",)),
    "ROUND": InterfaceList(include=("ROUND",)),
}


def rule(chain: str = "input", action: str = "accept", jump: str = "", **said: str) -> FilterRule:
    conditions = {name.replace("_", "-"): value for name, value in said.items()}
    return FilterRule(chain, action, jump, conditions)


def is_open(visitor: Visitor, *rules: FilterRule, port: int = 8728) -> bool:
    return lets_in(Firewall(rules, LISTS, ("ether1",)), visitor, port)


def clear(router: RouterSandbox) -> None:
    """Nobody ever set its firewall up; the hotspot's own rules are there all the same."""
    for row in router.rows(FILTER):
        if row["dynamic"] == "false":
            router.execute(f"{FILTER}/remove", numbers=row[".id"])


def facts_of(**changes: object) -> KitFacts:
    return make_facts(api_user="portal", api_ssl=False, **changes)


def found(router: RouterSandbox, name: str, **changes: object) -> Finding:
    return by_name(findings(router, facts_of(**changes)))[name]


@pytest.mark.parametrize("version", ["6.49.10", "7.9.2", "7.20.8"])
def test_the_usual_firewall_keeps_the_internet_out_and_not_customers(version: str) -> None:
    with RouterSandbox(version=version) as router:
        assert found(router, WORLD).state is State.OK
        inside = found(router, CUSTOMERS)
        assert inside.state is State.ADVICE
        assert "winbox (8291)" in inside.found
        assert inside.found.endswith("responden a quien ya pagó")
        # The hotspot itself answers these.
        assert "www" not in inside.found
        Runner(router).run(inside.mend)
        assert found(router, CUSTOMERS).state is State.OK


@pytest.mark.parametrize("version", ["6.49.10", "7.20.8"])
def test_a_router_without_a_firewall(version: str) -> None:
    with RouterSandbox(version=version) as router:
        clear(router)
        world = found(router, WORLD)
        assert world.state is State.MISSING
        assert "api (" in world.found
        assert "www (80)" in world.found
        assert 'src-address="!10.0.0.2/32"' in world.mend
        assert "place-before" not in world.mend
        Runner(router).run(world.mend)
        assert found(router, WORLD).state is State.OK
        # A second line goes before the first.
        Runner(router).run(found(router, CUSTOMERS).mend)
        assert found(router, CUSTOMERS).state is State.OK


def test_without_the_api_it_is_advice(router: RouterSandbox) -> None:
    clear(router)
    for name in ("api", "api-ssl"):
        [service] = [row for row in router.rows("/ip/service") if row["name"] == name]
        router.execute("/ip/service/set", numbers=service[".id"], address="10.0.0.0/8")
    assert found(router, WORLD).state is State.ADVICE


@pytest.mark.parametrize(
    ("addresses", "opens"),
    [
        ("10.0.0.2/32", False),
        ("0.0.0.0/0", True),
        ("10.0.0.0/8,::/0", True),
        ("fd00::/8", False),
        ("unreadable", False),
    ],
)
def test_a_service_s_own_addresses(router: RouterSandbox, addresses: str, opens: bool) -> None:
    clear(router)
    for service in router.rows("/ip/service"):
        router.execute("/ip/service/set", numbers=service[".id"], address=addresses)
    assert (found(router, WORLD).state is State.MISSING) is opens


def test_a_service_that_leaves_us_out(router: RouterSandbox) -> None:
    name = "Direcciones del servicio api"
    assert name not in by_name(findings(router, facts_of()))
    [service] = [row for row in router.rows("/ip/service") if row["name"] == "api"]
    router.execute("/ip/service/set", numbers=service[".id"], address="192.168.88.0/24")
    wrong = found(router, name)
    assert wrong.state is State.MISSING
    assert wrong.found == "192.168.88.0/24: este servidor (10.0.0.2/32) no podrá entrar"
    Runner(router).run(wrong.mend)
    right = found(router, name)
    assert (right.state, right.found) == (State.OK, "192.168.88.0/24, 10.0.0.2/32")


@pytest.mark.parametrize("allowed", [(), ("10.0.0.2/32", "10.0.0.3/32")])
def test_no_line_that_may_lock_us_out(router: RouterSandbox, allowed: tuple[str, ...]) -> None:
    clear(router)
    world = found(router, WORLD, allowed_from=allowed)
    assert (world.state, world.mend) == (State.MISSING, "")
    assert "la dirección pública de este servidor" in world.found


def test_a_router_at_an_ipv6_address_is_not_locked_out(router: RouterSandbox) -> None:
    clear(router)
    world = found(router, WORLD, allowed_from=("fd00::2/128",))
    assert "src-address" not in world.mend
    Runner(router).run(world.mend)
    assert found(router, WORLD).state is State.OK


def test_the_internet_over_several_interfaces(router: RouterSandbox) -> None:
    inspection = inspected(router)
    assert inspection.firewall is not None
    several = replace(inspection.firewall, rules=(rule(action="drop", in_interface="ether1"),))
    several = replace(several, wans=("ether1", "lte1"))
    said = internet(facts_of(), replace(inspection, firewall=several))
    assert [finding.state for finding in said] == [State.OK, State.MISSING]


def test_each_hotspot_has_its_customers(router: RouterSandbox) -> None:
    add_hotspot(router, "hotspot2", "hsprof2", folder="second")
    names = [f.name for f in findings(router, facts_of()) if f.name.startswith("Servicios al")]
    # Of the second nobody knows from where its customers come.
    assert names == [CUSTOMERS]


@pytest.mark.parametrize("menu", [FILTER, "/ip/route", "/interface/list", "/system/clock"])
def test_what_may_not_be_read_is_unknown(router: RouterSandbox, menu: str) -> None:
    router.faults.trap("not enough permissions (9)", f"{menu}/print", times=None)
    name = "Reloj" if menu == "/system/clock" else "Servicios abiertos a Internet"
    assert found(router, name).state is State.UNKNOWN


OPEN = [
    (),
    (rule(action="drop", protocol="udp"),),
    (rule(action="drop", dst_port="8291"),),
    (rule(action="drop", connection_state="invalid"),),
    (rule(action="drop", in_interface="bridge"),),
    (rule(action="drop", in_interface_list="LAN"),),
    (rule(action="drop", in_interface_list="missing"),),
    (rule(action="drop", in_interface_list="ROUND"),),
    (rule(action="drop", in_interface="all-ppp"),),
    (rule(action="drop", src_address_list="blacklist"),),
    (rule(action="drop", src_address="10.0.0.0/8"),),
    (rule(action="drop", hotspot="from-client"),),
    (rule(action="drop", limit="10,5:packet"),),
    (rule(action="drop", chain="forward"),),
    (rule(action="log"), rule(action="accept"), rule(action="drop")),
    (rule(action="jump", jump="mine"), rule("mine", "return"), rule("mine", "drop")),
    (rule(action="jump", jump="mine", src_address_list="some"), rule("mine", "drop")),
    (rule(action="jump", jump="input"), rule(action="passthrough")),
]
CLOSED = [
    (rule(action="drop"),),
    (rule(action="drop", in_interface="ether1"),),
    (rule(action="drop", in_interface="!bridge"),),
    (rule(action="drop", in_interface_list="!LAN"),),
    (rule(action="drop", in_interface_list="WAN"),),
    (rule(action="drop", in_interface_list="OUT"),),
    (rule(action="drop", in_interface_list="!IN"),),
    (rule(action="reject", protocol="tcp", dst_port="22,8000-9000"),),
    (rule(action="tarpit", protocol="6"),),
    (rule(action="drop", src_address="!10.0.0.2"),),
    (rule(action="drop", src_address_list="!admins"),),
    (rule(action="drop", connection_state="new"),),
    (rule(action="drop", connection_state="!established"),),
    (rule(action="drop", dst_address_type="local"),),
    (rule(connection_state="established,related"), rule(action="drop")),
    (rule(src_address="203.0.113.9"), rule(action="drop")),
    (rule(src_address_list="admins"), rule(action="drop")),
    (rule(src_address="10.0.0.0/8"), rule(action="drop")),
    (rule(in_interface_list="LAN"), rule(action="drop")),
    (rule(action="jump", jump="mine"), rule("mine", "drop")),
    (rule(action="jump", jump="nowhere"), rule(action="drop")),
]


@pytest.mark.parametrize("rules", OPEN)
def test_what_lets_the_internet_in(rules: tuple[FilterRule, ...]) -> None:
    assert is_open(ANYBODY, *rules)


@pytest.mark.parametrize("rules", CLOSED)
def test_what_keeps_the_internet_out(rules: tuple[FilterRule, ...]) -> None:
    assert not is_open(ANYBODY, *rules)


@pytest.mark.parametrize(
    ("conditions", "shuts_out"),
    [
        ({"hotspot": "from-client"}, True),
        ({"hotspot": "from-client,auth"}, True),
        ({"hotspot": "from-client,!auth"}, False),
        ({"hotspot": "!from-client"}, False),
        ({"hotspot": "to-client"}, False),
        ({"in_interface": "bridge"}, True),
        ({"src_address": "10.5.50.0/24"}, True),
        ({"src_address": "!10.0.0.2"}, True),
        ({"src_address": "192.168.88.0/24"}, False),
        ({"in_interface": "ether1"}, False),
    ],
)
def test_what_keeps_customers_out(conditions: dict[str, str], shuts_out: bool) -> None:
    assert is_open(CUSTOMER, rule(action="drop", **conditions)) is not shuts_out


def test_a_hostile_firewall_takes_no_time() -> None:
    """Chains that jump to each other again and again are walked once each."""
    chains = ["input", *(f"c{n}" for n in range(40))]
    rules = [rule(chain, "jump", target) for chain, target in pairwise(chains) for _ in range(40)]
    began = time.process_time()
    assert is_open(ANYBODY, *rules)
    assert time.process_time() - began < 1


@pytest.mark.parametrize("version", VERSIONS)
def test_its_lines_exist(reference_data: Path, version: str) -> None:
    with RouterSandbox(version=version) as router:
        lines = [found(router, CUSTOMERS).mend]
        clear(router)
        [service] = [row for row in router.rows("/ip/service") if row["name"] == "api"]
        lines += [found(router, WORLD).mend, found(router, CUSTOMERS).mend]
        router.execute("/ip/service/set", numbers=service[".id"], address="192.168.88.0/24")
        lines.append(found(router, "Direcciones del servicio api").mend)
    for line in lines:
        assert line
        assert mistakes(line, known(reference_data, version), VERSIONS[version]) == [], line
