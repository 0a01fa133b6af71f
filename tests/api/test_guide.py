"""Follow the guide as somebody who makes a page of their own: it sells from another origin."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.models import GatewayAccount, Sale
from portal.sandbox.gateway import bank_page
from tests.pages.browser import APPROVED, CHALLENGED, DECLINED
from tests.pages.site import Phone, Site, open_site
from tests.support.browsers.chromium import inspect, new_context, page_of
from tests.support.servers.serving import serving

GUIDE = "/api/docs/guia"


class Silent(SimpleHTTPRequestHandler):
    """Serve files without a word."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@dataclass
class Visitor:
    """Somebody who has the developer's page before them."""

    page: Page
    url: str
    phone: Phone
    complaints: list[str]

    def arrive(self) -> None:
        query = f"?mac={self.phone.mac}&ip={self.phone.ip}"
        self.page.goto(f"{self.url}/portal.html{query}")

    def device(self) -> dict[str, str]:
        """What a purchase says of the phone."""
        return {"mac_cliente": self.phone.mac, "ip_cliente": self.phone.ip}

    def remembers(self, site: Site, answer: Any) -> Sale:
        """The page was closed while it asked how this purchase goes; its sale."""
        self.arrive()
        kept = json.dumps({"consulta": f"/api/v1/payments/{answer['referencia']}"})
        self.page.evaluate("kept => localStorage.setItem('compra', kept)", kept)
        [sale] = [sale for sale in site.shop.sales() if sale.id == answer["referencia"]]
        return sale

    def buy(self, number: str) -> None:
        """Choose the hour, fill in the form and pay."""
        self.page.get_by_role("button", name="1 Hora de Internet").click()
        self.page.locator("[name=nombre_cliente]").fill("José Ñúñez")
        self.page.locator("[name=email_cliente]").fill("jose@example.com")
        self.pay(number)

    def pay(self, number: str) -> None:
        self.page.frame_locator("#card iframe").locator("#number").fill(number)
        self.page.locator("#pay").click()

    def await_access(self) -> str:
        """The user that the page shows in the end."""
        expect(self.page.locator("#access")).to_be_visible()
        return self.page.locator("#user").inner_text()

    def await_said(self, text: str) -> None:
        expect(self.page.locator("#say")).to_contain_text(text)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("instance")) as opened:
        opened.shop.change(GatewayAccount, public_key="key_public")
        yield opened


@pytest.fixture(scope="module")
def elsewhere(
    site: Site, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Where the page lives that was copied from the guide, with the router's key put in."""
    with page_of(browser) as page:
        page.goto(site.url + GUIDE)
        copied = page.locator("#ejemplo").text_content() or ""
    folder = tmp_path_factory.mktemp("page")
    written = copied.replace("jwt_…", site.shop.api_key)
    (folder / "portal.html").write_text(written, encoding="utf-8")
    with served(folder) as url:
        yield url


@contextmanager
def served(folder: Path) -> Iterator[str]:
    handler = partial(Silent, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, serving(server):
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def visitor(site: Site, browser: Browser, elsewhere: str) -> Iterator[Visitor]:
    complaints: list[str] = []
    with closing(new_context(browser)) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield Visitor(page, elsewhere, site.new_phone(), complaints)
    assert complaints == []


def test_the_example_sells_and_connects(site: Site, visitor: Visitor) -> None:
    visitor.arrive()
    visitor.buy(APPROVED)
    user = visitor.await_access()
    visitor.await_said("¡Conexión establecida con éxito!")
    sale = site.shop.sales()[-1]
    assert (sale.state, sale.mac) == ("delivered", visitor.phone.mac)
    assert site.shop.name_of(site.shop.accesses()[-1]) == user
    assert visitor.phone.mac in [row["mac-address"] for row in site.shop.router.active]


def test_a_declined_card_is_told_and_another_is_taken(site: Site, visitor: Visitor) -> None:
    visitor.arrive()
    visitor.buy(DECLINED)
    expect(visitor.page.locator("#pay")).to_be_enabled()
    assert visitor.page.locator("#say").inner_text() not in ("", "Pagando…")
    assert site.shop.sales()[-1].state == "canceled"
    visitor.pay(APPROVED)
    assert visitor.await_access()


def test_who_was_at_the_bank_finds_the_code_on_the_page(site: Site, visitor: Visitor) -> None:
    visitor.arrive()
    visitor.buy(CHALLENGED)
    visitor.page.wait_for_url("**/3ds/**")
    assert site.shop.sales()[-1].state == "pending"
    visitor.page.get_by_label("Código de tu banco").fill(bank_page.CODE)
    visitor.page.get_by_role("button", name="Confirmar").click()
    visitor.page.wait_for_url(f"{site.url}/r/**/pago/**")
    site.shop.reconcile()
    visitor.arrive()
    assert visitor.await_access() == site.shop.name_of(site.shop.accesses()[-1])
    assert site.shop.sales()[-1].state == "delivered"


def test_who_turned_back_at_the_bank_is_led_there_again(site: Site, visitor: Visitor) -> None:
    visitor.arrive()
    visitor.buy(CHALLENGED)
    visitor.page.wait_for_url("**/3ds/**")
    bank = visitor.page.url
    visitor.arrive()
    visitor.await_said("Su banco pide confirmar el pago.")
    assert visitor.page.locator("#bank").get_attribute("href") == bank
    visitor.page.locator("#bank").click()
    visitor.page.get_by_role("button", name="Cancelar la compra").click()
    # To the purchase, or past it to the form where the gateway's word was heard already.
    visitor.page.wait_for_url(f"{site.url}/r/**")
    # The page asks until the worker has learnt of it.
    visitor.arrive()
    site.shop.reconcile()
    visitor.await_said("El pago no se completó.")


def test_nothing_is_offered_while_a_purchase_is_undecided(site: Site, visitor: Visitor) -> None:
    visitor.arrive()
    visitor.buy(CHALLENGED)
    visitor.page.wait_for_url("**/3ds/**")
    visitor.arrive()
    visitor.await_said("no pague otra vez")
    plans = visitor.page.locator("#plans")
    expect(plans).to_be_hidden()
    site.shop.gateway.challenge(site.shop.sales()[-1].order_id, passed=False)
    site.shop.reconcile()
    visitor.await_said("El pago no se completó. No se hizo ningún cargo.")
    expect(plans).to_be_visible()
    expect(visitor.page.locator("#bank")).to_be_hidden()


def test_who_was_given_the_money_back_is_told_so(site: Site, visitor: Visitor) -> None:
    sale = visitor.remembers(site, site.shop.buy(**visitor.device()).json)
    site.change_sale(sale, state="refunded", amount_refunded=sale.amount)
    visitor.arrive()
    visitor.await_said("Se le devolvió su pago.")
    expect(visitor.page.locator("#plans")).to_be_visible()


def test_what_was_added_is_told_though_its_code_is_not(site: Site, visitor: Visitor) -> None:
    first = site.shop.buy(**visitor.device()).json["referencia"]
    added = site.shop.buy(**visitor.device(), extiende=first)
    visitor.remembers(site, added.json)
    visitor.arrive()
    visitor.await_said("Su compra se sumó a su acceso.")
    assert visitor.page.evaluate("localStorage.getItem('compra')") is None


def test_a_server_that_is_away_does_not_make_the_page_forget(site: Site, visitor: Visitor) -> None:
    bought = site.shop.buy(**visitor.device()).json
    visitor.remembers(site, bought)
    away = {"status": 503, "json": {"detail": "Intente más tarde."}}
    cors = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*"}
    status = f"**{bought['referencia']}"
    visitor.page.route(status, lambda route: route.fulfill(**away, headers=cors), times=1)
    visitor.arrive()
    assert visitor.await_access() == bought["usuario_hotspot"]["usuario"]


def test_the_guide_can_be_used_by_everybody(site: Site, browser: Browser) -> None:
    complaints: list[str] = []
    with page_of(browser, viewport={"width": 390, "height": 844}) as page:
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(site.url + GUIDE)
        inspect(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert complaints == []


def test_the_guide_names_what_this_deployment_has(site: Site) -> None:
    client = site.shop.app.test_client()
    text = client.get(GUIDE).text
    assert f"curl {site.url}/api/v1/catalogo_perfiles_venta" in text
    kept = client.get("/api/docs/ejemplo.html")
    assert kept.mimetype == "text/plain"
    assert kept.headers["Content-Disposition"] == 'attachment; filename="portal.html"'
    assert f'var PORTAL = "{site.url}";' in kept.text
    assert site.shop.api_key not in text + kept.text
    linked = client.get("/api/openapi.json").json["info"]["description"]
    assert re.search(r"\]\(/api/docs/guia\)", linked)
