"""Test the card form of a gateway besides the first, with the stand-in for its script behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from portal.operators import gateway_accounts
from portal.operators.audit import Actor
from portal.sandbox.mercadopago import MercadoPagoSandbox
from portal.sandbox.mercadopago.component import SCRIPT
from tests.pages.browser import Visitor
from tests.pages.conftest import Visit
from tests.pages.site import Site, open_site

ACTOR = Actor("cli:tests")
TOKEN = "APP_USR-1111-planted-access-token"


@pytest.fixture(scope="module")
def second() -> Iterator[MercadoPagoSandbox]:
    with MercadoPagoSandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def site(second: MercadoPagoSandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that is paid at the second gateway."""
    with open_site(
        tmp_path_factory.mktemp("second"),
        mercadopago_api_url=second.url,
        mercadopago_script_url=second.url + SCRIPT,
    ) as opened:
        shop = opened.shop
        with shop.app.app_context():
            keys: gateway_accounts.Keys = {"private_key": TOKEN, "public_key": "APP_USR-public"}
            gateway_accounts.set_keys(ACTOR, shop.company_id, keys, "mercadopago")
            gateway_accounts.prefer(ACTOR, shop.company_id, "mercadopago")
        yield opened


def choose(visitor: Visitor, site: Site, holder: str) -> None:
    visitor.arrive(site.new_phone())
    visitor.choose()
    visitor.page.locator("[name=email_cliente]").fill("jose.nunez@example.com")
    visitor.page.frame_locator("#card iframe").locator("#holder").fill(holder)


def test_a_card_is_paid_by_it(open_browser: Visit, site: Site, second: MercadoPagoSandbox) -> None:
    visitor = open_browser()
    choose(visitor, site, "")
    visitor.sent.clear()
    visitor.page.locator("#pay").click()
    expect(visitor.page.get_by_role("alert")).to_contain_text("Completa los datos de tu tarjeta")
    assert visitor.sent == []
    visitor.page.frame_locator("#card iframe").locator("#holder").fill("FUND")
    visitor.pay()
    said = "La tarjeta no tiene fondos suficientes"
    expect(visitor.page.get_by_role("alert")).to_contain_text(said)
    visitor.page.locator("#pay:enabled").wait_for()
    visitor.page.frame_locator("#card iframe").locator("#holder").fill("APRO")
    visitor.pay()
    assert visitor.title == "¡Conectado!"
    assert [order["status"] for order in second.orders()] == ["failed", "processed"]
    assert site.shop.gateway.orders() == []


def test_its_bank_asks_for_a_code(open_browser: Visit, site: Site, soon_at_the_bank: None) -> None:
    visitor = open_browser()
    choose(visitor, site, "3DS")
    visitor.pay()
    visitor.page.wait_for_url("**/3ds/**")
    visitor.page.locator("[name=code]").fill("1234")
    with visitor.leaving():
        visitor.page.get_by_role("button", name="Confirmar").click()
    visitor.page.get_by_role("heading", name="¡Conectado!").wait_for()
