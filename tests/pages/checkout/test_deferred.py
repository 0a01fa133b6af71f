"""Test paying by transfer and in cash: the choice before, and the pages with what to pay by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from PIL import Image, ImageDraw

from portal.models import Company, Sale, utc_now
from portal.payments.methods import CashInstructions, TransferInstructions
from portal.sales.deferred.instructions import read
from portal.sandbox.mercadopago import MercadoPagoSandbox
from tests.pages.browser import Visitor
from tests.pages.checkout.test_again import states
from tests.pages.coming_again import next_look
from tests.pages.conftest import Customer
from tests.pages.looks import faults
from tests.pages.second_gateway import open_site_of_two, second
from tests.pages.site import Phone, Site
from tests.pages.test_hostile import open_form
from tests.pages.test_quality import LIGHT
from tests.sales.deferred.buying import ALL, hear
from tests.support.scanning import scanned

__all__ = ["second"]

DONE, PAY = "¡Conectado!", "Paga con tu tarjeta"
WAYS = "return [...document.querySelectorAll('.way')].map(way => way.innerText)"
WAY = """return [...document.querySelectorAll('.way')]
  .find(way => way.innerText.includes(arguments[0])).href"""
GZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture(scope="module")
def site(second: MercadoPagoSandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that takes whatever both gateways have, the first one preferred."""
    folder = tmp_path_factory.mktemp("deferred")
    with open_site_of_two(folder, second, prefers="conekta") as opened:
        opened.shop.change(Company, payment_methods=ALL)
        yield opened


def choose(customer: Customer, phone: Phone, way: str) -> None:
    """Come to the form of this way to pay for the hour."""
    customer.arrive(phone)
    customer.choose()
    customer.go(customer.run(WAY, way))
    customer.enter("email_cliente", "ana@example.com")


def bought(site: Site, phone: Phone) -> Sale:
    return next(sale for sale in reversed(site.shop.sales()) if sale.mac == phone.mac)


@pytest.mark.usefixtures("soon_at_the_bank")
@pytest.mark.each_browser
def test_by_transfer(customer: Customer, site: Site, phone: Phone) -> None:
    customer.arrive(phone)
    assert "Se paga con: Tarjeta, Transferencia (SPEI), Efectivo en tiendas" in customer.text
    customer.choose()
    assert customer.title == PAY
    # The shop's fee is told before anything is chosen.
    cash = [way for way in customer.run(WAYS) if "Efectivo" in way]
    assert all("cobra aparte una comisión, normalmente de $7 a $13" in way for way in cash)
    customer.shoot("5-ways")
    choose(customer, site.new_phone(), "Transferencia")
    assert faults(customer) == []
    customer.shoot("5-pay-deferred")
    customer.pay()
    customer.await_title("Transfiere $20.00 por SPEI")
    sale = site.shop.sales()[-1]
    told = read(sale.method, sale.instructions)
    assert isinstance(told, TransferInstructions)
    # What is selected or copied is the number alone.
    digits = "return [...document.querySelectorAll('.digits')].map(each => each.textContent)"
    copied = "return [...document.querySelectorAll('section .copy')].map(each => each.dataset.text)"
    assert customer.run(digits) == customer.run(copied) == [told.clabe, "20.00"]
    assert "STP" in customer.text
    assert faults(customer) == []
    customer.shoot("5-transfer")
    site.shop.gateway.pay(str(sale.order_id))
    customer.press("Ya pagué: revisar ahora")
    customer.await_title(DONE)
    done(customer)


@pytest.mark.usefixtures("soon_at_the_bank")
@pytest.mark.each_browser
def test_in_cash_then_by_card_after_all(customer: Customer, site: Site, phone: Phone) -> None:
    choose(customer, phone, "Efectivo en tiendas · Conekta")
    customer.pay()
    customer.await_title("Paga $20.00 en efectivo")
    assert "Usa solo una de estas referencias" in customer.text
    assert faults(customer) == []
    customer.shoot("5-cash")
    first = str(bought(site, phone).order_id)
    customer.press("Pagar de otra forma")
    customer.await_form()
    customer.fill()
    customer.pay()
    customer.await_title(DONE)
    assert states(site, phone) == ["canceled", "delivered"]
    assert site.shop.gateway.order(first)["payment_status"] == "canceled"
    done(customer)


def done(customer: Customer) -> None:
    if isinstance(customer, Visitor):
        # What the inspector says to frames of another origin, the console says too.
        customer.complaints.clear()


def form_for(client: FlaskClient, site: Site, phone: Phone, **way: str) -> dict[str, str]:
    """The form of a way to pay, filled in."""
    visit = {"v": way.pop("v", None) or open_form(client, site, phone)["v"]}
    query = visit | {"plan": str(site.shop.plan_id), "c": f"c{phone.mac[-2:]}"} | way
    page = client.get(f"/r/{site.router_id}/pagar", query_string=query, headers=GZIP)
    assert len(page.data) <= LIGHT
    page = client.get(f"/r/{site.router_id}/pagar", query_string=query)
    (purchase,) = re.findall(r'name="compra" value="([^"]+)"', page.text)
    return visit | {"compra": purchase, "email_cliente": "ana@example.com"}


def send(client: FlaskClient, site: Site, form: dict[str, str]) -> tuple[str, str]:
    """Where the form led, and the page there, which is light."""
    answer = client.post(f"/r/{site.router_id}/pagar", data=form, follow_redirects=True)
    weighed = client.get(answer.request.url, headers=GZIP)
    assert len(weighed.data) <= LIGHT
    return answer.request.url, answer.text


def test_the_bars_are_the_reference(client: FlaskClient, site: Site, phone: Phone) -> None:
    """In the shops that the customer chose of the second gateway's, and in the picture to keep."""
    way = {"metodo": "efectivo", "pasarela": "mercadopago"}
    form = form_for(client, site, phone, **way)
    address, page = send(client, site, form | {"red": "paycash"})
    assert "7-Eleven" in page
    sale = bought(site, phone)
    told = read(sale.method, sale.instructions)
    assert isinstance(told, CashInstructions)
    (reference,) = told.references
    (picture,) = re.findall(r'href="([^"]+)">Guardar como imagen', page)
    drawn = client.get(unescape(picture))
    assert drawn.mimetype == "image/png"
    content = reference.barcode or reference.reference
    assert scanned(Image.open(BytesIO(drawn.data)), "CODE128") == [content]
    assert svg_as_picture(page) == [content]
    # The same wish once more is the same reference; nobody pays twice for it.
    again, _ = send(client, site, form | {"red": "paycash"})
    assert again.partition("?")[0] == address.partition("?")[0]
    none = client.get(unescape(picture).replace("-0.png", "-7.png"))
    assert none.status_code == 404


def test_who_claims_a_mac_and_an_e_mail_is_shown_nobody_s_purchase(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    """Not even in the moment in which it was paid, and we have yet to hear of it."""
    send(client, site, form_for(client, site, phone, metodo="spei"))
    sale = bought(site, phone)
    site.shop.gateway.pay(str(sale.order_id))
    other = site.shop.app.test_client()
    address, page = send(other, site, form_for(other, site, phone, metodo="efectivo", c="other"))
    assert "/pago/" not in address
    assert sale.id not in page
    assert states(site, phone) == ["delivered"]


def assert_heading(page: str, text: str) -> None:
    assert re.findall(r"<h1>([^<]+)</h1>", page) == [text]


def svg_as_picture(page: str) -> list[str]:
    """What a scanner reads off the bars within the page."""
    (width, path) = re.findall(r'viewBox="0 0 (\d+) \d+".*?<path d="([^"]+)"', page, re.S)[-1]
    picture = Image.new("L", (4 * int(width), 100), 255)
    pen = ImageDraw.Draw(picture)
    for at, wide in re.findall(r"M(\d+) 0h(\d+)v", path):
        pen.rectangle((4 * int(at), 0, 4 * (int(at) + int(wide)) - 1, 100), fill=0)
    return scanned(picture, "CODE128")


@pytest.mark.usefixtures("soon_at_the_bank")
def test_too_little_late_and_over(client: FlaskClient, site: Site, phone: Phone) -> None:
    _, page = send(client, site, form_for(client, site, phone, metodo="spei"))
    sale = bought(site, phone)
    own = f"/r/{site.router_id}/pago/{sale.id}"
    assert client.post(f"{own}/estado").json == {"ir": None}
    site.shop.gateway.pay(str(sale.order_id), 500)
    # A page that shows where to pay is not left to show it.
    assert str(client.post(f"{own}/estado").json["ir"]).startswith(own)
    page = client.get(own).text
    assert_heading(page, "Tu pago llegó incompleto")
    assert "Llegaron $5.00 de $20.00." in page
    # Nobody is asked to pay by what must not be paid to any more.
    assert "CLABE" not in page
    # The shop's number is the one that is called a reference.
    assert "<dt>Número de compra</dt>" in page
    site.change_sale(sale, state="canceled", cancel_reason="expired")
    page = client.get(own).text
    assert_heading(page, "Tu pago llegó incompleto")
    assert "Llegaron $5.00 de $20.00." in page
    assert "No se hizo ningún cargo" not in page
    site.change_sale(sale, cancel_reason="returned", amount_returned=500, parked_reason=None)
    page = client.get(own).text
    assert_heading(page, "Te devolvieron tu pago")
    assert "Llegaron $5.00, que no completaban tu compra, y quien vende te los devolvió" in page
    assert "No se hizo ningún cargo" not in page
    other = site.new_phone()
    _, page = send(client, site, form_for(client, site, other, metodo="spei"))
    late = bought(site, other)
    own = f"/r/{site.router_id}/pago/{late.id}"
    site.shop.gateway.expire(str(late.order_id))
    page = client.get(own).text
    assert_heading(page, "Se acabó el tiempo para pagar")
    assert "No pagues otra vez" in page
    assert len(client.get(own, headers=GZIP).data) <= LIGHT
    site.shop.gateway.pay(str(late.order_id))
    hear(site.shop, str(late.order_id), "evt_late")
    assert DONE in client.get(own).text or "Tu Internet está listo" in client.get(own).text


@pytest.mark.usefixtures("soon_at_the_bank")
def test_who_paid_too_little_may_buy_again(client: FlaskClient, site: Site, phone: Phone) -> None:
    """What came stays before the operator, and keeps nobody from paying the whole."""
    address, _ = send(client, site, form_for(client, site, phone, metodo="spei"))
    sale = bought(site, phone)
    site.shop.gateway.pay(str(sale.order_id), 500)
    client.get(address)
    visit = {"v": parse_qs(urlsplit(address).query)["v"][0]}
    plans = client.get(f"/r/{site.router_id}", query_string=visit)
    assert "Tu pago llegó incompleto" in plans.text
    assert "Cancelar e intentar de nuevo" not in plans.text
    assert next_look(plans) is None
    again = form_for(client, site, phone, metodo="efectivo", c="again", **visit)
    address, page = send(client, site, again)
    assert_heading(page, "Paga $20.00 en efectivo")
    assert states(site, phone) == ["canceling", "pending"]
    parked = next(each for each in site.shop.sales() if each.id == sale.id)
    assert (parked.parked_reason, parked.amount_received) == ("amount_mismatch", 500)
    own = f"/r/{site.router_id}/pago/{sale.id}"
    assert_heading(client.get(own, follow_redirects=True).text, "Paga $20.00 en efectivo")
    second = bought(site, phone)
    site.shop.gateway.expire(str(second.order_id))
    site.shop.reconcile()
    # Nothing else came of it: what came is still there, and nobody says that nothing was charged.
    page = client.get(own, follow_redirects=True).text
    assert_heading(page, "Tu pago llegó incompleto")
    assert "Llegaron $5.00 de $20.00." in page


@pytest.mark.parametrize("mails", [True, False])
def test_mail_is_promised_only_where_it_is_sent(
    client: FlaskClient, site: Site, phone: Phone, monkeypatch: pytest.MonkeyPatch, mails: bool
) -> None:
    """Else the page's own address, which shows the code, is what there is to keep."""
    found = site.shop.app.extensions
    known = replace(found["settings"], smtp_host="mail.example.com" if mails else "")
    monkeypatch.setitem(found, "settings", known)
    form = form_for(client, site, phone, metodo="spei")
    assert ("Ahí te llega tu código" in client.get(form_page(site, phone)).text) is mails
    _, page = send(client, site, form)
    sale = bought(site, phone)
    own = f"{site.url}/r/{site.router_id}/pago/{sale.id}"
    assert ("te llegan por correo" in page) is mails
    assert (f'data-text="{own}"' in page) is not mails
    site.shop.gateway.expire(str(sale.order_id))
    site.shop.reconcile()
    assert ("tu código te llega por correo" in client.get(own).text) is mails


def form_page(site: Site, phone: Phone) -> str:
    query = f"&plan={site.shop.plan_id}&c=abc&metodo=spei"
    return site.path(phone).replace("?", "/pagar?") + query


def test_who_has_no_data_is_told_before_that_it_is_lent(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    lent, visit = "Te prestamos 10 minutos de Internet lento", open_form(client, site, phone)["v"]
    query = {"v": visit, "plan": str(site.shop.plan_id), "c": "lent", "metodo": "spei"}
    for passes in (0, 2):
        site.shop.change(Company, passes_per_device=passes)
        page = client.get(f"/r/{site.router_id}/pagar", query_string=query).text
        assert (lent in page) is (passes > 0)
    site.shop.change(Company, passes_per_device=0)
    cash = client.get(f"/r/{site.router_id}/pagar", query_string=query | {"metodo": "efectivo"})
    assert lent not in cash.text


def test_the_gateway_s_own_page_tells_how_where_we_do_not_know(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    """It is nobody's bank."""
    _, page = send(client, site, form_for(client, site, phone, metodo="efectivo"))
    sale, elsewhere = bought(site, phone), "https://www.mercadopago.com.mx/ticket"
    site.change_sale(sale, instructions=None, action_url=elsewhere, updated_at=utc_now())
    for address in (f"/pago/{sale.id}?banco=1", f"/pago/{sale.id}"):
        page = client.get(f"/r/{site.router_id}{address}").text
        assert f'href="{elsewhere}">Ver cómo pagar' in page
        assert "banco" not in page.replace("?banco=1", "")


def test_who_comes_back_is_given_the_same(client: FlaskClient, site: Site, phone: Phone) -> None:
    """The captive window was closed: the phone is in a new visit, of which nothing is known."""
    form = form_for(client, site, phone, metodo="spei")
    first, _ = send(client, site, form)
    plans = client.get(f"/r/{site.router_id}", query_string={"v": form["v"]}).text
    assert "Tienes un pago pendiente" in plans
    assert "Elige tu Internet" in plans
    fresh = site.shop.app.test_client()
    second, _ = send(fresh, site, form_for(fresh, site, phone, metodo="spei", c="new"))
    assert second.partition("?")[0] == first.partition("?")[0]
    assert states(site, phone) == ["pending"]
