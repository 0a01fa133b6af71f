"""Test what is told before buying: who sells, what it costs with IVA, what becomes of data."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect

from portal.models import Company
from tests.pages.browser import Visitor
from tests.pages.site import Phone, Site

AUTHORITY = "Secretaría Anticorrupción y Buen Gobierno"
SELLER = "Cafetería Ñandú de la Península SA de CV"
ADDRESS = "Av. Hidalgo 12, Centro, 22000 Tijuana, B.C."
IVA = "IVA incluido"


def pay(client: FlaskClient, site: Site, phone: Phone, language: str = "es") -> str:
    """The page with the card form."""
    query = site.path(phone).partition("?")[2]
    path = f"/r/{site.router_id}/pagar?plan={site.shop.plan_id}&lang={language}&{query}"
    return client.get(path, follow_redirects=True).text


def form_of(page: str) -> str:
    (form,) = re.findall(r'<form id="form".*?</form>', page, re.DOTALL)
    return form


def test_beside_the_form_stands_who_asks_and_what_for(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    page = pay(client, site, phone)
    form = form_of(page)
    assert f"{SELLER}, con domicilio en {ADDRESS}, es responsable" in form
    assert "No los usa para publicidad." in form
    (whole,) = re.findall(r'<a href="#(\w+)">Aviso de privacidad completo', form)
    (notice,) = re.findall(rf'id="{whole}">(.*?)</div>', page, re.DOTALL)
    for said in (AUTHORITY, "Conekta", "365 días", "hola@example.com", "veinte días hábiles"):
        assert said in notice


def test_who_sells_and_what_it_costs_is_said_before(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    for page in (client.get(site.path(phone)).text, pay(client, site, phone)):
        assert f"Vende: {SELLER}" in page
        assert ADDRESS in page
        assert "tel:5512345678" in page
        assert "IVA incluido" in page
    for said in ("RFC EKU9003173C9", "Devoluciones", "Procuraduría Federal del Consumidor"):
        assert said in page
    with site.shop.app.app_context():
        site.shop.change(Company, vat_rate=0)
    try:
        assert IVA not in client.get(site.path(phone)).text + pay(client, site, phone)
    finally:
        site.shop.change(Company, vat_rate=1600)


def test_a_company_says_it_in_its_own_words(client: FlaskClient, site: Site, phone: Phone) -> None:
    own = {
        "privacy_notice": "Aviso nuestro.",
        "refund_policy": "Devolvemos todo.",
        "complaints": "Quejas en la barra.",
    }
    site.shop.change(Company, **own)
    try:
        page = pay(client, site, phone)
    finally:
        site.shop.change(Company, **dict.fromkeys(own))
    assert all(f">{text}</div>" in page for text in own.values())
    # Its own notice may name uses that ours does not.
    assert "publicidad" not in page
    assert "Profeco" not in page


@pytest.mark.parametrize("active", [True, False])
def test_it_stands_at_an_address_of_its_own(
    client: FlaskClient, site: Site, phone: Phone, active: bool
) -> None:
    (address,) = re.findall(r'href="([^"]*/condiciones[^"]*)"', client.get(site.path(phone)).text)
    site.shop.change(Company, active=active)
    try:
        answer = client.get(address.replace("&amp;", "&"))
    finally:
        site.shop.change(Company, active=True)
    assert answer.status_code == 200
    assert AUTHORITY in answer.text
    assert "Privacy notice" in client.get(f"/r/{site.router_id}/condiciones?lang=en").text


def test_the_receipt_says_who_sold(site: Site, client: FlaskClient, phone: Phone) -> None:
    where = {"mac_cliente": phone.mac, "ip_cliente": phone.ip}
    bought = site.shop.buy(**where).json["referencia"]
    page = client.get(f"/r/{site.router_id}/pago/{bought}").text
    assert f"{SELLER}<br>RFC EKU9003173C9" in page
    assert f"$20 MXN · {IVA}" in page


def test_the_whole_notice_opens_without_leaving_the_form(visitor: Visitor, phone: Phone) -> None:
    visitor.arrive(phone)
    visitor.choose()
    visitor.page.get_by_label("Tu correo").fill("ana@example.com")
    notice = visitor.page.get_by_text(AUTHORITY)
    expect(notice).not_to_be_visible()
    visitor.page.get_by_role("link", name="Aviso de privacidad completo").click()
    expect(notice).to_be_visible()
    expect(visitor.page.get_by_label("Tu correo")).to_have_value("ana@example.com")
    assert visitor.complaints == []
