"""Look at every page of the first steps and of routers: narrow, dark, with text twice as large."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Route

from portal.operators import routers
from tests.operators.dial_in.conftest import new_key
from tests.pages.looks import faults
from tests.pages.site import Site
from tests.panel.browser import Operator
from tests.panel.client import PanelClient, panel_of
from tests.support.lost_answers import hurried
from tests.support.tenants import ACTOR

TUNNEL: dict[str, Any] = {
    "wireguard_endpoint": "wifi.example.com",
    "wireguard_public_key": new_key(),
    "wireguard_subnet": "127.77.0.0/24",
    "l2tp_ipsec_secret": "planted-ipsec-secret",
}
MOST_BYTES = 20 * 1024
STEPS = ("/panel/pasos", *(f"/panel/pasos/{name}" for name in ("empresa", "llaves", "planes")))
OF_A_ROUTER = (
    "",
    "/conectar",
    "/kit",
    "/editar",
    "/llaves",
    "/interrupcion",
    "/certificado",
    "/tunel",
)


def pages_of(router_id: str) -> list[str]:
    own = [f"/panel/routers/{router_id}{page}" for page in OF_A_ROUTER]
    return [*STEPS, "/panel/pasos/venta", "/panel/routers", "/panel/routers/nuevo", *own]


@contextmanager
def changed_settings(site: Site, **changes: Any) -> Iterator[None]:
    """Settings that differ while the block lasts."""
    extensions = site.shop.app.extensions
    before = extensions["settings"]
    extensions["settings"] = replace(before, **changes)
    try:
        yield
    finally:
        extensions["settings"] = before


@contextmanager
def router_that_dials_in(site: Site) -> Iterator[str]:
    """The id of a second router, which nobody reaches; other tests of this site have but one."""
    app, company = site.shop.app, site.shop.company_id
    values: Any = {"name": "Cerro", "dial_in": "wireguard", "tls": "verified"}
    with app.app_context():
        router_id = routers.create(ACTOR, company, **values)[0].id
    try:
        yield router_id
    finally:
        with app.app_context():
            routers.delete(ACTOR, company, router_id)


@pytest.fixture(autouse=True)
def _without_certificate(site: Site) -> Iterator[None]:
    """Wait but briefly for the certificate of a router that speaks in the clear, and has none."""
    with hurried(site.shop.app, "fingerprint"):
        yield


def hold(route: Route) -> None:
    """Let a page that comes again by itself stay for as long as it is looked at."""
    answer = route.fetch()
    headers = {name: text for name, text in answer.headers.items() if name != "refresh"}
    route.fulfill(response=answer, headers=headers)


def test_they_are_right_in_every_look(operator: Operator) -> None:
    wrong = []
    operator.page.route("**/conectar", hold)
    for path in pages_of(operator.site.router_id):
        operator.open(path)
        wrong += look(operator, path.removeprefix("/panel/").replace("/", "-"))
    operator.open(f"/panel/routers/{operator.site.router_id}/kit")
    with operator.leaving():
        operator.press("Darme la línea para pegar")
    wrong += look(operator, "routers-kit-enlace")
    wrong += of_one_that_dials_in(operator)
    assert wrong == []


def of_one_that_dials_in(operator: Operator) -> list[str]:
    """What is wrong with the pages that differ where routers come in by a tunnel."""
    wrong = []
    with changed_settings(operator.site, **TUNNEL), router_that_dials_in(operator.site) as router:
        operator.open("/panel/routers/nuevo")
        wrong += look(operator, "routers-nuevo-tunel")
        path = f"/panel/routers/{router}"
        for page in ("", "/tunel", "/conectar", "/editar"):
            operator.open(path + page)
            wrong += look(operator, f"routers-por-tunel{page.replace('/', '-')}")
        operator.open(f"{path}/tunel")
        for folded in operator.page.locator("summary").all():
            folded.click()
        wrong += look(operator, "routers-por-tunel-llave")
    return wrong


def look(operator: Operator, name: str) -> list[str]:
    """What is wrong with the page at hand; its picture is kept."""
    operator.shoot(f"panel-{name}")
    return [f"{name}: {said}" for said in faults(operator)]


def test_they_are_small(operator: Operator) -> None:
    shop = operator.site.shop
    panel: PanelClient = panel_of(shop.app, shop.company_id)
    for path in pages_of(shop.router_id):
        answer = panel.get(path, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200, path
        assert len(answer.data) <= MOST_BYTES, path
