"""Test how a customer who is sent to the bank is given the Internet to get there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from playwright.sync_api import expect
from werkzeug.test import TestResponse

from portal.core.database import reading, writing
from portal.models import Company, PaymentPass, Sale, utc_now
from tests.pages.browser import Visitor
from tests.pages.site import Phone, Site
from tests.pages.test_quality import bank
from tests.sales.deferred.buying import ask, take_all
from tests.support.shop import Shop

CHALLENGED = "4000000000001091"
GIVEN = "Tienes Internet lento para pagar"
OFFERED = "10 minutos de Internet lento"


@pytest.fixture(autouse=True)
def _passes(site: Site) -> Iterator[None]:
    """The site gives some, enough for all of these tests."""
    set_limits(site, 2, 1000)
    yield
    set_limits(site, 0, 12)


def set_limits(site: Site, device: int, router: int) -> None:
    site.shop.change(Company, passes_per_device=device, passes_per_router=router)


def at_bank(client: FlaskClient, site: Site, phone: Phone) -> tuple[Sale, TestResponse]:
    """Buy with a card whose bank asks; the sale, and the page that leads there."""
    page = client.get(bank(site, phone))
    return sale_of(site, phone), page


def sale_of(site: Site, phone: Phone) -> Sale:
    return [sale for sale in site.shop.sales() if sale.mac == phone.mac][-1]


def press(client: FlaskClient, sale: Sale, *, to_bank: bool = True) -> TestResponse:
    query = "?banco=1" if to_bank else ""
    return client.post(f"/r/{sale.router_id}/pago/{sale.id}/pase{query}")


def given(shop: Shop, sale: Sale) -> list[PaymentPass]:
    with shop.app.app_context(), reading() as session:
        mine = sa.select(PaymentPass).where(PaymentPass.sale_id == sale.id)
        return list(session.scalars(mine))


def online_as(site: Site, phone: Phone) -> str:
    """The user by whom the phone is online."""
    rows = [row["user"] for row in site.shop.router.active if row["mac-address"] == phone.mac]
    return rows[0] if rows else ""


def test_the_page_before_the_bank_says_what_there_is_and_gives_nothing(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    sale, page = at_bank(client, site, phone)
    assert OFFERED in page.text
    # Nor does it lead on by itself: who reads it may have to copy the address.
    assert (sale.action_url or "") not in page.text
    assert f"{site.url}/r/{site.router_id}/pago/{sale.id}" in page.text
    for _ in range(2):
        client.get(f"/r/{sale.router_id}/pago/{sale.id}")
        client.get(f"/r/{sale.router_id}/pago/{sale.id}/pase")
    assert given(site.shop, sale) == []
    assert online_as(site, phone) == ""


def test_its_button_lets_the_phone_in_and_leads_on(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    sale, _ = at_bank(client, site, phone)
    for _ in range(2):
        page = press(client, sale)
        assert page.status_code == 200
        assert GIVEN in page.text
        assert sale.action_url is not None
        assert f'href="{sale.action_url}"' in page.text
    assert len(given(site.shop, sale)) == 1
    assert online_as(site, phone).startswith("pase-")
    waiting = client.get(f"/r/{sale.router_id}/pago/{sale.id}").text
    assert GIVEN in waiting
    assert f'href="{sale.action_url}"' in waiting


def test_where_none_is_to_be_had_the_way_to_the_bank_is_as_ever(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    set_limits(site, 0, 12)
    sale, page = at_bank(client, site, phone)
    for shown in (page, press(client, sale)):
        assert f'href="{sale.action_url}"' in shown.text
        assert "Internet lento" not in shown.text
    assert given(site.shop, sale) == []


def test_why_there_is_none_is_said(client: FlaskClient, site: Site, phone: Phone) -> None:
    sale, _ = at_bank(client, site, phone)
    site.shop.router.leave(phone.mac)
    answer = press(client, sale, to_bank=False)
    assert answer.status_code == 303
    assert "No vemos este teléfono en el WiFi. Únete" in client.get(answer.location).text
    assert "Únete" not in client.get(answer.location.replace("not_in", "quite_in")).text


def test_who_would_come_to_the_bank_without_it_is_told_first(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    """Nor is anybody led on by itself to a page that does not open."""
    sale, _ = at_bank(client, site, phone)
    site.shop.router.faults.trap("session limit reached", "/ip/hotspot/active/login")
    page = press(client, sale).text
    assert "El WiFi no respondió. Intenta otra vez" in page
    assert f'href="{sale.action_url}"' in page
    assert "data-seconds" not in page
    assert "http-equiv" not in page
    press(client, sale)
    forget(site, sale)
    set_limits(site, 1, 1000)
    assert "Este teléfono ya tuvo hoy Internet para pagar. Usa" in press(client, sale).text
    waiting = client.get(f"/r/{sale.router_id}/pago/{sale.id}").text
    assert waiting.count("Este teléfono ya tuvo hoy") == 1


def forget(site: Site, sale: Sale) -> None:
    """Let the sale's pass be over and off the router."""
    over = sa.update(PaymentPass).where(PaymentPass.sale_id == sale.id)
    with site.shop.app.app_context(), writing() as session:
        session.execute(over.values(removed_at=utc_now()))


def test_who_transfers_is_offered_it_beside_the_clabe(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    take_all(site.shop)
    ask(site.shop, "spei", mac_cliente=phone.mac, ip_cliente=phone.ip, email_cliente="s@pei.mx")
    site.shop.change(Company, payment_methods="card")
    sale = sale_of(site, phone)
    address = f"/r/{sale.router_id}/pago/{sale.id}"
    page = client.get(address).text
    assert OFFERED in page
    assert f'action="{address}/pase' in page
    answer = press(client, sale, to_bank=False)
    assert answer.status_code == 303
    shown = client.get(answer.location).text
    assert GIVEN in shown
    assert "CLABE" in shown
    assert "Conectarme otra vez" in shown
    assert online_as(site, phone).startswith("pase-")


def test_from_the_card_to_the_bank_and_back_online(
    visitor: Visitor, site: Site, phone: Phone
) -> None:
    visitor.buy(phone, number=CHALLENGED)
    expect(visitor.page.locator("h1")).to_have_text("Vamos con tu banco")
    visitor.shoot("3-bank-with-pass")
    visitor.page.get_by_role("button", name="Ir con mi banco").click()
    visitor.page.wait_for_url("**/3ds/**")
    assert online_as(site, phone).startswith("pase-")
    visitor.page.get_by_label("Código de tu banco").fill("1234")
    visitor.page.get_by_role("button", name="Confirmar").click()
    expect(visitor.page.locator("h1")).to_have_text("¡Conectado!")
    sale = sale_of(site, phone)
    [access] = [one for one in site.shop.accesses() if one.id == sale.access_id]
    assert online_as(site, phone) == site.shop.name_of(access)
    assert [one.removed_at is not None for one in given(site.shop, sale)] == [True]


def test_back_from_the_bank_it_is_gone_to_again(visitor: Visitor, site: Site, phone: Phone) -> None:
    visitor.buy(phone, number=CHALLENGED)
    visitor.press("Ir con mi banco")
    visitor.page.wait_for_url("**/3ds/**")
    visitor.back()
    visitor.await_title("Verificando tu pago")
    assert GIVEN in visitor.text
    visitor.press("Volver con mi banco")
    visitor.page.wait_for_url("**/3ds/**")
