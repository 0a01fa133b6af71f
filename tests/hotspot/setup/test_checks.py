"""Test checks of a router, and whether their own advice mends what they find."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from portal.hotspot.errors import RouterUnavailable
from portal.hotspot.inspection import Inspection
from portal.hotspot.router import RouterAddress
from portal.hotspot.routeros.adapter import Routers
from portal.hotspot.routeros.menus import INSPECTION_COMMANDS
from portal.hotspot.routeros.settings import RouterSettings
from portal.hotspot.setup import Finding, KitFacts, State
from portal.hotspot.setup.checks import check
from portal.hotspot.setup.script import setup_script
from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.terminal.runner import Runner
from tests.hotspot.setup.conftest import make_facts, sold
from tests.hotspot.setup.test_script_commands import VERSIONS, known, mistakes
from tests.support import reference

SECONDS = 5.0


@contextmanager
def routers() -> Iterator[Routers]:
    made = Routers(RouterSettings(own_machine=True))
    yield made
    made.close()


def inspected(router: RouterSandbox, seconds: float = SECONDS) -> Inspection:
    with routers() as known_routers:
        address = RouterAddress(router.host, router.port, "portal", router.password)
        return known_routers.at(address).inspector.inspect(seconds)


def findings(router: RouterSandbox, facts: KitFacts) -> list[Finding]:
    return check(facts, inspected(router))


def missing(found: list[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.state is State.MISSING]


def set_up(router: RouterSandbox, **changes: object) -> KitFacts:
    facts = make_facts(api_user="portal", **changes)
    Runner(router).run(setup_script(facts))
    return facts


@pytest.mark.parametrize("version", ["6.49.10", "7.9.2", "7.16.2", "7.24"])
def test_a_fresh_router_lacks_nearly_all(version: str) -> None:
    facts = make_facts(api_user="portal")
    with RouterSandbox(version=version) as router:
        names = [finding.name for finding in missing(findings(router, facts))]
    assert names == [
        "Servicio api-ssl",
        "Formas de entrar (hsprof1)",
        "Página de entrada (hsprof1)",
        *(f"Jardín HTTP: {host}" for host in facts.walled_garden),
        *(f"Jardín IP: {host}" for host in facts.walled_garden),
        "Perfil de usuario «1hora»",
        "Perfil de usuario «24horas»",
    ]


@pytest.mark.parametrize("version", ["6.49.10", "7.9.2", "7.16.2", "7.24"])
def test_after_the_script_nothing_is_missing(version: str) -> None:
    with RouterSandbox(version=version) as router:
        facts = set_up(router)
        assert missing(findings(router, facts)) == []


@pytest.mark.parametrize("is_spoilt", [False, True])
def test_each_line_mends_what_it_stands_by(router: RouterSandbox, is_spoilt: bool) -> None:
    if is_spoilt:
        spoilt(router)
    facts = make_facts(
        api_user="portal", profiles=(sold('1"hora $x', rate_limit="2M/5M", devices=3),)
    )
    runner = Runner(router)
    while found := missing(findings(router, facts)):
        first = found[0]
        if first.mend.startswith("/import"):
            runner.run(setup_script(facts))
        else:
            runner.run(first.mend)
        names = [finding.name for finding in missing(findings(router, facts))]
        assert first.name not in names
        assert len(names) < len(found)


@pytest.mark.parametrize("version", VERSIONS)
def test_its_lines_exist(reference_data: Path, version: str) -> None:
    facts = make_facts(api_user="portal", hosts=("192.0.2.7",))
    with RouterSandbox(version=version) as router:
        lines = [finding.mend for finding in findings(router, facts) if finding.mend]
        spoilt(router)
        lines += [finding.mend for finding in findings(router, facts) if finding.mend]
    assert len(lines) > 10
    for line in lines:
        if not line.startswith("/import"):
            assert mistakes(line, known(reference_data, version), VERSIONS[version]) == [], line


def spoilt(router: RouterSandbox) -> None:
    """Set the router up in the ways that are wrong though something is there."""
    [profile] = [r for r in router.rows("/ip/hotspot/profile") if r["name"] == "hsprof1"]
    override = {"html_directory_override": "elsewhere", "login_by": "https"}
    router.execute("/ip/hotspot/profile/set", numbers=profile[".id"], **override)
    router.add_profile("1hora", rate_limit="1M/1M", shared_users="1")
    router.execute("/user/group/add", name="weak", policy="read,api,!write")
    [user] = [r for r in router.rows("/user") if r["name"] == "portal"]
    router.execute("/user/set", numbers=user[".id"], group="weak", address="")


def by_name(found: list[Finding]) -> dict[str, Finding]:
    return {finding.name: finding for finding in found}


def test_what_is_there_but_wrong_is_told(router: RouterSandbox) -> None:
    facts = set_up(router)
    # The set-up made a profile of this name; the operator changes it.
    [made] = [r for r in router.rows("/ip/hotspot/user/profile") if r["name"] == "1hora"]
    router.execute("/ip/hotspot/user/profile/remove", numbers=made[".id"])
    spoilt(router)
    found = by_name(findings(router, facts))
    assert found["Permisos del usuario de la API"].state is State.MISSING
    assert found["Permisos del usuario de la API"].found == "api,read"
    rate = found["Perfil de usuario «1hora», rate-limit"]
    assert (rate.state, rate.found) == (State.MISSING, "1M/1M; «Un plan» promete 2M/5M")
    devices = found["Perfil de usuario «1hora», shared-users"]
    assert devices.state is State.MISSING
    assert devices.found == "1: entran menos aparatos de los vendidos; «Un plan» vende 3"
    assert found["Formas de entrar (hsprof1)"].mend.endswith(
        "login-by=http-pap,http-chap,mac-cookie,https"
    )
    assert found["Carpeta de páginas (hsprof1)"].state is State.MISSING
    assert found["Página de entrada (hsprof1)"].found == "no hay login.html"


def test_a_profile_may_give_more_than_its_plans_say(router: RouterSandbox) -> None:
    router.add_profile("1hora", rate_limit="2000k/5M 4M/10M", shared_users="3")
    facts = set_up(router)
    assert by_name(findings(router, facts))["Perfil de usuario «1hora»"].state is State.OK


def test_advice_is_no_fault(router: RouterSandbox) -> None:
    facts = set_up(router, api_ssl=False)
    found = by_name(findings(router, facts))
    for name in ("Cifrado", "Permisos del usuario de la API", "Direcciones del usuario de la API"):
        assert found[name].state is State.ADVICE
    assert found["Servicio api"].state is State.OK
    assert missing(list(found.values())) == []


@pytest.mark.parametrize(
    ("changes", "state", "said"),
    [
        ({"api_ssl": True}, State.OK, "comprobado"),
        ({"api_ssl": True, "identified": False}, State.ADVICE, "sin saber con quién"),
        ({"api_ssl": False}, State.ADVICE, "sin cifrar"),
        ({"api_ssl": False, "over_internet": True}, State.MISSING, "por Internet sin cifrar"),
        ({"api_ssl": True, "identified": False, "over_internet": True}, State.MISSING, "quién"),
        ({"api_ssl": True, "over_internet": True}, State.OK, "comprobado"),
    ],
)
def test_whether_the_password_travels_safely(
    router: RouterSandbox, changes: dict[str, bool], state: State, said: str
) -> None:
    facts = make_facts(api_user="portal", **changes)
    found = by_name(findings(router, facts))["Cifrado"]
    assert found.state is state
    assert said in found.found
    assert ("tls" in found.found) is (state is not State.OK)


def test_the_login_page_must_live_where_we_post_to(router: RouterSandbox) -> None:
    facts = set_up(router)
    name = "Dirección de la página de entrada (hsprof1)"
    assert by_name(findings(router, facts))[name].state is State.OK
    moved = make_facts(api_user="portal", login_hosts=("10.5.50.9",))
    found = by_name(findings(router, moved))[name]
    assert found.state is State.MISSING
    assert "10.5.50.1" in found.found


def test_a_hotspot_of_another_name_is_missing(router: RouterSandbox) -> None:
    facts = set_up(router)
    other = make_facts(server="patio", api_user=facts.api_user)
    assert by_name(findings(router, other))["Hotspot activo"].state is State.MISSING


def test_phones_are_told_where_there_is_a_name(router: RouterSandbox) -> None:
    [profile] = [r for r in router.rows("/ip/hotspot/profile") if r["name"] == "hsprof1"]
    named = {"dns_name": "wifi.example.com", "ssl_certificate": "wildcard"}
    router.execute("/ip/hotspot/profile/set", numbers=profile[".id"], **named)
    facts = set_up(router)
    found = by_name(findings(router, facts))["Aviso a los teléfonos, opción 114 (hsprof1)"]
    assert (found.state, found.found) == (State.OK, "https://wifi.example.com/api")


@pytest.mark.parametrize("menu", ["/file", "/user", "/user/group"])
def test_what_may_not_be_read_is_unknown(router: RouterSandbox, menu: str) -> None:
    facts = set_up(router)
    router.faults.trap("not enough permissions (9)", f"{menu}/print", times=None)
    states = {finding.state for finding in findings(router, facts)}
    assert State.UNKNOWN in states
    assert State.MISSING not in states


def test_a_router_that_hangs_is_no_finding(router: RouterSandbox) -> None:
    router.faults.hang("/file/print")
    with pytest.raises(RouterUnavailable):
        inspected(router, seconds=0.5)


def test_inspecting_only_reads(router: RouterSandbox) -> None:
    inspected(router)
    paths = {command.path for command in router.commands} - {"/login"}
    assert all(path.endswith("/print") for path in paths)
    assert {command.path for command in INSPECTION_COMMANDS} <= paths


@pytest.mark.parametrize("command", INSPECTION_COMMANDS, ids=lambda command: command.path)
@pytest.mark.parametrize("version", VERSIONS)
def test_what_it_reads_exists(reference_data: Path, version: str, command: object) -> None:
    path = getattr(command, "path", "")
    assert path in known(reference_data, version)
    text = (reference_data / "routeros" / "hotspot-print-properties-7.22.3.json").read_text()
    known_properties = json.loads(text)["properties"] | reference.more_menus()["properties"]
    properties = known_properties.get(path.removesuffix("/print"))
    # The data names no properties of files.
    if path != "/file/print":
        assert set(getattr(command, "properties", ())) <= set(properties)
