"""Test who is told that it is online: the device that asks, at the address that it has now."""

from __future__ import annotations

from dataclasses import replace

from flask.testing import FlaskClient

from tests.pages.codes.test_comeback import ask, buy, codes_of, sealed
from tests.pages.site import Phone, Site

CONNECTED, READY = "¡Conectado!", "Tu Internet está listo"


def moved(site: Site, phone: Phone) -> Phone:
    """The phone under another address, its old session still in the active list."""
    same = replace(phone, ip=site.new_phone().ip)
    site.shop.router.join(same.mac, same.ip, keeps_old=True)
    return same


def addresses(site: Site, phone: Phone) -> list[str]:
    return [row["address"] for row in site.shop.router.active if row["mac-address"] == phone.mac]


def test_row_15_who_finds_a_code_is_told_how_his_own_phone_stands(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    buy(site, phone, email_cliente="quince@example.com")
    other = site.new_phone()
    for who, told in ((other, READY), (phone, CONNECTED)):
        answer = ask(client, site, who, "quince@example.com")
        assert answer.request.path.startswith(f"/r/{site.router_id}/pago/")
        assert f"<h1>{told}</h1>" in answer.text
        assert (CONNECTED in answer.text) == (told == CONNECTED)


def test_row_3_by_the_code_page_a_phone_is_online_at_its_new_address(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    sale = buy(site, phone)
    user, password = codes_of(site, sale)
    phone = moved(site, phone)
    form = {"v": sealed(client, site, phone), "usuario": user, "contrasena": password}
    answer = client.post(f"/r/{site.router_id}/codigo", data=form, follow_redirects=True)
    assert CONNECTED in answer.text
    assert addresses(site, phone) == [phone.ip]


def test_a_phone_at_a_new_address_is_not_told_that_it_is_online(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    sale = buy(site, phone)
    path = f"/r/{site.router_id}/pago/{sale.id}"
    assert CONNECTED in client.get(path, query_string={"v": sealed(client, site, phone)}).text
    there = moved(site, phone)
    said = client.get(path, query_string={"v": sealed(client, site, there)}).text
    assert READY in said
    assert CONNECTED not in said
