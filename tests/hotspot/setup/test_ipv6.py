"""Test a router at an IPv6 address, and a portal at one."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.hotspot.setup import State
from portal.hotspot.setup.errors import KitError
from portal.hotspot.setup.facts import without_port
from portal.hotspot.setup.pages import pages
from portal.hotspot.setup.script import setup_script
from portal.models import Router
from portal.sandbox.routeros import RouterSandbox, Tls
from portal.sandbox.routeros.terminal.runner import Runner
from tests.api.admin.caller import log_in
from tests.hotspot.setup.conftest import make_facts
from tests.hotspot.setup.test_checks import by_name, findings, missing
from tests.hotspot.setup.test_kit_command import invoke
from tests.hotspot.setup.test_script_commands import VERSIONS, known, mistakes
from tests.support.shop import ROUTER_PASSWORD, Shop, open_shop

PORTAL = "http://[2001:db8::7]:8000"


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Its router is at ::1 only."""
    with (
        RouterSandbox(host="::1", password=ROUTER_PASSWORD, tls=Tls.CERTIFICATE) as box,
        open_shop(tmp_path_factory.mktemp("instance"), None) as shop,
    ):
        box.add_profile("1hora")
        place = {"host": "::1", "port": box.port, "login_hosts": ["10.5.50.1"]}
        shop.change(Router, **place)
        shop.router = box
        yield shop


@needs_ipv6
def test_it_is_registered_and_connected_to(shop: Shop) -> None:
    operator = log_in(shop.app, shop.company_id).at("/api/v1/admin")
    path = f"/mi-empresa/routers/{shop.router_id}"
    assert operator.put(path, {"host": "[0:0::1]"}).json["host"] == "::1"
    answer = operator.get(f"/routers/{shop.router_id}/test-connection")
    assert answer.status_code == 200, answer.json


@needs_ipv6
def test_it_sells(shop: Shop) -> None:
    answer = shop.buy()
    assert answer.status_code == 200, answer.json
    assert answer.json["usuario_hotspot"]["usuario"] in shop.router.users


@needs_ipv6
def test_its_kit_and_its_check(shop: Shop, tmp_path: Path) -> None:
    made = invoke(shop, "kit", shop.router_id, "--out", str(tmp_path))
    assert made.exit_code == 0, made.output
    script = (tmp_path / f"portal-{shop.router_id}.rsc").read_text()
    assert 'address="::1/128"' in script
    assert 'common-name="::1"' in script
    Runner(shop.router).run(script)
    checked = invoke(shop, "check", shop.router_id)
    assert checked.exit_code == 0, checked.output


@needs_ipv6
def test_its_certificate_may_be_pinned(shop: Shop) -> None:
    plain = {"port": shop.router.port, "tls": "none", "tls_fingerprint": None}
    pinned = {"port": shop.router.tls_port, "tls_fingerprint": shop.router.fingerprint}
    shop.change(Router, tls="pinned", **pinned)
    operator = log_in(shop.app, shop.company_id).at("/api/v1/admin")
    answer = operator.get(f"/routers/{shop.router_id}/test-connection")
    shop.change(Router, **plain)
    assert answer.status_code == 200, answer.json


@needs_ipv6
def test_it_may_be_told_where_we_come_from(shop: Shop, tmp_path: Path) -> None:
    addresses = ("--from", "2001:db8:1::/48", "--from", "2001:DB8::9", "--from", "203.0.113.9")
    made = invoke(shop, "kit", shop.router_id, "--out", str(tmp_path), *addresses)
    assert made.exit_code == 0, made.output
    script = (tmp_path / f"portal-{shop.router_id}.rsc").read_text()
    assert 'address="2001:db8:1::/48,2001:db8::9/128,203.0.113.9/32"' in script


def test_a_portal_at_an_ipv6_address(router: RouterSandbox) -> None:
    facts = make_facts(api_user="portal", portal_url=PORTAL)
    Runner(router).run(setup_script(facts))
    found = findings(router, facts)
    assert missing(found) == []
    assert by_name(found)["Dirección pública del portal"].state is State.ADVICE
    for menu in ("/ip/hotspot/walled-garden", "/ip/hotspot/walled-garden/ip"):
        assert [r["dst-host"] for r in router.rows(menu)] == list(facts.hosts)
    assert f"{PORTAL}/r/{facts.router_id}?mac=$(mac-esc)" in pages(facts)["api.json"]


@pytest.mark.parametrize("version", VERSIONS)
def test_its_script_exists(reference_data: Path, version: str) -> None:
    text = setup_script(make_facts(portal_url=PORTAL, router_host="2001:db8::1"))
    assert mistakes(text, known(reference_data, version), VERSIONS[version]) == []


@pytest.mark.parametrize("url", ["http://[::1", "http://[nonsense]", "http://a:b"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(KitError):
        make_facts(portal_url=url)


@pytest.mark.parametrize(
    ("listed", "host"),
    [
        ("10.5.50.1:8080", "10.5.50.1"),
        ("WiFi.example", "wifi.example"),
        ("[2001:DB8::1]:8080", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
    ],
)
def test_the_host_of_a_login_page(listed: str, host: str) -> None:
    assert without_port(listed) == host
