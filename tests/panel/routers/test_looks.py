"""Look at every page of the first steps and of routers: narrow, dark, with text twice as large."""

from __future__ import annotations

from playwright.sync_api import Route

from tests.pages.looks import faults
from tests.panel.browser import Operator
from tests.panel.client import PanelClient, panel_of

MOST_BYTES = 20 * 1024
STEPS = ("/panel/pasos", *(f"/panel/pasos/{name}" for name in ("empresa", "llaves", "planes")))
OF_A_ROUTER = ("", "/conectar", "/kit", "/editar", "/llaves", "/interrupcion", "/certificado")


def pages_of(router_id: str) -> list[str]:
    own = [f"/panel/routers/{router_id}{page}" for page in OF_A_ROUTER]
    return [*STEPS, "/panel/pasos/venta", "/panel/routers", "/panel/routers/nuevo", *own]


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
    assert wrong == []


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
