"""Test the walled garden as a router reads it: the first row that matches decides."""

from __future__ import annotations

import time

import pytest

from portal.hotspot.inspection import GardenRow
from portal.hotspot.setup import Finding, State
from portal.hotspot.setup.patterns import address_matches, host_matches, port_matches
from portal.hotspot.setup.script import setup_script
from portal.hotspot.setup.walled_garden import Destination, verdict
from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.terminal.runner import Runner
from tests.hotspot.setup.conftest import make_facts
from tests.hotspot.setup.hotspots import add_hotspot
from tests.hotspot.setup.test_checks import by_name, findings, missing

HTTP, IP = "/ip/hotspot/walled-garden", "/ip/hotspot/walled-garden/ip"
LAYERS = {"HTTP": HTTP, "IP": IP}
SHUT = {HTTP: {"action": "deny", "dst_host": "*"}, IP: {"action": "reject"}}
OPEN = {HTTP: "allow", IP: "accept"}
HOST = "wifi.example.com"


def of_layer(router: RouterSandbox, layer: str, **changes: object) -> Finding:
    facts = make_facts(api_user="portal", hosts=(), **changes)
    return by_name(findings(router, facts))[f"Jardín {layer}: {facts.portal_host}"]


@pytest.mark.parametrize("layer", LAYERS)
def test_a_row_that_denies_all_before_ours(router: RouterSandbox, layer: str) -> None:
    menu = LAYERS[layer]
    router.execute(f"{menu}/add", dst_host="elsewhere.example", action=OPEN[menu])
    router.execute(f"{menu}/add", **SHUT[menu])
    router.execute(f"{menu}/add", dst_host=HOST, action=OPEN[menu])
    found = of_layer(router, layer)
    assert found.state is State.MISSING
    assert "fila 1" in found.found
    assert f"action={SHUT[menu]['action']}" in found.found
    Runner(router).run(found.mend)
    assert of_layer(router, layer).state is State.OK


@pytest.mark.parametrize("layer", LAYERS)
def test_ours_behind_one_that_denies_is_moved(router: RouterSandbox, layer: str) -> None:
    menu = LAYERS[layer]
    facts = make_facts(api_user="portal")
    Runner(router).run(setup_script(facts))
    first = router.rows(menu)[0]
    router.execute(f"{menu}/add", place_before=first[".id"], **SHUT[menu])
    rows = len(router.rows(menu))
    runner = Runner(router)
    while shut := [f for f in missing(findings(router, facts)) if f.name.startswith("Jardín")]:
        assert " move " in shut[0].mend
        runner.run(shut[0].mend)
    assert len(router.rows(menu)) == rows


def test_the_script_puts_ours_first(router: RouterSandbox) -> None:
    for menu, row in SHUT.items():
        router.execute(f"{menu}/add", **row)
    facts = make_facts(api_user="portal")
    Runner(router).run(setup_script(facts))
    assert not [f for f in missing(findings(router, facts)) if f.name.startswith("Jardín")]
    for menu in SHUT:
        hosts = [row.get("dst-host") for row in router.rows(menu)]
        assert hosts[:-1] == list(facts.walled_garden)


@pytest.mark.parametrize(
    ("layer", "limits"),
    [
        ("HTTP", {"path": "/other/*"}),
        ("HTTP", {"dst_port": "8080"}),
        ("HTTP", {"method": "HEAD"}),
        ("HTTP", {"server": "hotspot2"}),
        ("HTTP", {"src_address": "10.5.50.7"}),
        ("IP", {"dst_port": "80,8000-8100"}),
        ("IP", {"protocol": "udp"}),
        ("IP", {"protocol": "icmp"}),
        ("IP", {"server": "hotspot2"}),
        ("IP", {"dst_address": "192.0.2.7"}),
        ("IP", {"src_address_list": "staff"}),
    ],
)
def test_a_row_for_something_else_only_does_not_count(
    router: RouterSandbox, layer: str, limits: dict[str, str]
) -> None:
    add_hotspot(router, "hotspot2", "hsprof2", folder="second")
    menu = LAYERS[layer]
    router.execute(f"{menu}/add", dst_host=HOST, action=OPEN[menu], **limits)
    found = of_layer(router, layer, server="hotspot1")
    assert found.state is State.MISSING
    Runner(router).run(found.mend)
    assert of_layer(router, layer, server="hotspot1").state is State.OK


@pytest.mark.parametrize(
    ("layer", "limits"),
    [
        ("HTTP", {"path": "/other/*"}),
        ("HTTP", {"dst_port": "8080"}),
        ("HTTP", {"server": "hotspot2"}),
        ("HTTP", {"dst_host": "*.ads.example"}),
        ("IP", {"protocol": "udp"}),
        ("IP", {"dst_port": "25"}),
        ("IP", {"src_address": "10.5.50.7"}),
        ("IP", {"dst_address": "10.0.0.0/8"}),
    ],
)
def test_nor_does_it_close(router: RouterSandbox, layer: str, limits: dict[str, str]) -> None:
    add_hotspot(router, "hotspot2", "hsprof2", folder="second")
    menu = LAYERS[layer]
    router.execute(f"{menu}/add", **{**SHUT[menu], **limits})
    router.execute(f"{menu}/add", dst_host=HOST, action=OPEN[menu])
    assert of_layer(router, layer, server="hotspot1").state is State.OK


@pytest.mark.parametrize(
    ("layer", "limits"),
    [
        ("HTTP", {"dst_host": "*.com"}),
        ("HTTP", {"dst_host": ":^wifi\\.example\\.com$"}),
        ("HTTP", {"dst_host": ":(wifi|www)"}),
        ("HTTP", {"path": "/r/*"}),
        ("HTTP", {"method": "POST"}),
        ("IP", {"protocol": "tcp"}),
        ("IP", {"dst_port": "1-1024"}),
        ("IP", {"src_address": "10.5.50.0/24"}),
        ("IP", {"dst_address": "0.0.0.0/0"}),
    ],
)
def test_a_row_that_closes_a_part_of_it(
    router: RouterSandbox, layer: str, limits: dict[str, str]
) -> None:
    menu = LAYERS[layer]
    router.execute(f"{menu}/add", **{**SHUT[menu], **limits})
    router.execute(f"{menu}/add", dst_host=HOST, action=OPEN[menu])
    found = of_layer(router, layer)
    assert found.state is State.MISSING
    assert "fila 0" in found.found


@pytest.mark.parametrize(
    ("layer", "row"),
    [
        ("HTTP", {"dst_host": "*.example.com"}),
        ("HTTP", {"dst_host": "WIFI.example.*"}),
        ("HTTP", {"dst_host": ":.*\\.example\\.com$", "path": "/*"}),
        ("HTTP", {"server": "all"}),
        ("IP", {"dst_host": HOST, "protocol": "tcp", "dst_port": "443"}),
        ("IP", {"dst_host": HOST, "protocol": "!udp", "src_address": "0.0.0.0/0"}),
    ],
)
def test_other_ways_of_opening_it(router: RouterSandbox, layer: str, row: dict[str, str]) -> None:
    router.execute(f"{LAYERS[layer]}/add", action=OPEN[LAYERS[layer]], **row)
    assert of_layer(router, layer).state is State.OK


def test_a_row_that_is_switched_off_is_none(router: RouterSandbox) -> None:
    router.execute(f"{HTTP}/add", **SHUT[HTTP], disabled="yes")
    router.execute(f"{HTTP}/add", dst_host=HOST)
    assert of_layer(router, "HTTP").state is State.OK
    [_, ours] = router.rows(HTTP)
    router.execute(f"{HTTP}/set", numbers=ours[".id"], disabled="yes")
    assert of_layer(router, "HTTP").found == "cerrado"


def test_each_hotspot_counts(router: RouterSandbox) -> None:
    add_hotspot(router, "hotspot2", "hsprof2", folder="second")
    router.execute(f"{HTTP}/add", dst_host=HOST, server="hotspot1")
    found = of_layer(router, "HTTP")
    assert found.state is State.MISSING
    assert "hotspot2" in found.found
    assert of_layer(router, "HTTP", server="hotspot1").state is State.OK


def test_an_address_that_is_open(router: RouterSandbox) -> None:
    facts = make_facts(api_user="portal", portal_url="http://192.0.2.7:8000", hosts=())
    router.execute(f"{IP}/add", dst_address="192.0.2.0/24", protocol="tcp", dst_port="8000")
    assert by_name(findings(router, facts))["Jardín IP: 192.0.2.7"].state is State.OK


@pytest.mark.parametrize(
    ("pattern", "host", "matches"),
    [
        ("*", "a.example", True),
        ("*.example", "a.b.example", True),
        ("*.example", "example", False),
        ("a?c.example", "abc.example", True),
        ("[a-z].example", "a.example", False),
        (":example", "a.example.com", True),
        (":^example", "a.example.com", False),
        (":a.c$", "abc", True),
        (":a\\.c$", "abc", False),
        (":a+$", "aaa", None),
        (":(a|b)", "a", None),
    ],
)
def test_patterns_of_hosts(pattern: str, host: str, matches: bool | None) -> None:
    assert host_matches(pattern, host) is matches


@pytest.mark.parametrize("pattern", ["*a" * 500 + "b", ":" + ".*a" * 500 + "b$", ":(a+)+$"])
def test_a_hostile_pattern_takes_no_time(pattern: str) -> None:
    started = time.process_time()
    assert not host_matches(pattern, "a" * 253)
    assert time.process_time() - started < 2


def test_ports_and_addresses() -> None:
    assert [port_matches("80,443,8000-8100", port) for port in (443, 8050, 22)] == [
        True,
        True,
        False,
    ]
    assert [port_matches("!80", port) for port in (80, 443)] == [False, True]
    assert not port_matches("https,²", 443)
    ranges = ("10.0.0.0/8", "10.0.0.1-10.0.0.9", "!192.0.2.1", "10.0.0.5", "nonsense")
    assert [address_matches(r, "10.0.0.5") for r in ranges] == [True, True, True, True, False]


def test_what_opens_a_part_is_named() -> None:
    rows = [GardenRow(3, "allow", opens=True, host=HOST, method="GET")]
    said = verdict(rows, Destination(HOST, 443), "hotspot1")
    assert (said.is_open, said.partly_by) == (False, rows[0])
