"""Test what a phone's programs are told (RFC 8908): its own standing, and nobody else's."""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from playwright.sync_api import expect

from tests.pages.browser import Visitor
from tests.pages.checkout.test_results import buy, look
from tests.pages.conftest import Visit
from tests.pages.site import Phone, Site

LINK = re.compile(r'<link rel="status" type="application/captive\+json" href="([^"]+)"')


def shown(client: FlaskClient, site: Site, phone: Phone, **query: str) -> str:
    """The address that the page of what this phone buys now names."""
    page = look(client, buy(site, phone), query_string=query).text
    (found,) = LINK.findall(page)
    return html.unescape(found)


def test_a_purchase_names_its_status(client: FlaskClient, site: Site, phone: Phone) -> None:
    answer = client.get(shown(client, site, phone))
    assert answer.content_type == "application/captive+json"
    assert answer.headers["Cache-Control"] == "private, no-store"
    said = answer.get_json(force=True)
    assert said["captive"] is False
    assert said["can-extend-session"] is True
    assert 3500 < said["seconds-remaining"] <= 3600
    portal = said["user-portal-url"]
    assert portal.startswith(f"{site.url}/r/{site.router_id}?")
    page = client.get(portal.removeprefix(site.url)).text
    assert "Tu Internet sigue activo" in page


def test_captive_again_when_it_is_offline(client: FlaskClient, site: Site, phone: Phone) -> None:
    status = shown(client, site, phone)
    site.disconnect(phone)
    said = client.get(status).get_json(force=True)
    assert said["captive"] is True
    assert "seconds-remaining" not in said


def test_captive_when_it_is_over(client: FlaskClient, site: Site, phone: Phone) -> None:
    status = shown(client, site, phone)
    site.end(site.shop.sales()[-1])
    assert client.get(status).get_json(force=True)["captive"] is True


def test_another_access_of_the_same_device_is_not_told(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    status = shown(client, site, phone)
    site.end(site.shop.sales()[-1])
    site.disconnect(phone)
    buy(site, phone)
    assert client.get(status).get_json(force=True)["captive"] is True


def test_whoever_looks_the_status_is_the_buyer_s(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    status = shown(client, site, phone, mac=site.new_phone().mac)
    assert client.get(status).get_json(force=True)["captive"] is False


def test_what_is_over_names_none(client: FlaskClient, site: Site, phone: Phone) -> None:
    sale = buy(site, phone)
    site.end(sale)
    assert LINK.findall(look(client, sale).text) == []


def test_no_answer_without_a_signature(client: FlaskClient, site: Site, phone: Phone) -> None:
    good = shown(client, site, phone)
    for wrong in (good[:-1], good.split("?")[0], good.replace("d=", "d=A")):
        assert client.get(wrong).status_code == 403


def test_an_address_of_another_router_is_not_answered(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    other = shown(client, site, phone).replace(site.router_id, "RTR_00000000")
    assert client.get(other).status_code == 404


def come_to_sight(visitor: Visitor) -> None:
    """Let the page be looked at again, after another app or tab."""
    visitor.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_who_looks_again_sees_how_it_stands_now(visitor: Visitor, site: Site, phone: Phone) -> None:
    sale = buy(site, phone)
    visitor.page.goto(f"{site.url}/r/{site.router_id}/pago/{sale.id}")
    assert visitor.title == "¡Conectado!"
    site.end(sale)
    with visitor.page.expect_navigation():
        come_to_sight(visitor)
    assert visitor.title == "Tu tiempo se terminó"


def test_nothing_new_moves_nothing(visitor: Visitor, site: Site, phone: Phone) -> None:
    visitor.page.goto(f"{site.url}/r/{site.router_id}/pago/{buy(site, phone).id}")
    visitor.sent.clear()
    with visitor.page.expect_response("**/captive-api?**"):
        come_to_sight(visitor)
    expect(visitor.page.locator("h1")).to_have_text("¡Conectado!")
    (asked,) = visitor.sent
    assert urlsplit(asked.split()[1]).path == f"/r/{site.router_id}/captive-api"


def test_without_a_network_the_code_stays(open_browser: Visit, site: Site, phone: Phone) -> None:
    visitor = open_browser()
    visitor.stop_clock()
    visitor.page.goto(f"{site.url}/r/{site.router_id}/pago/{buy(site, phone).id}")
    codes = visitor.codes
    visitor.page.clock.run_for(61_000)
    visitor.context.set_offline(True)
    with visitor.page.expect_event("requestfailed"):
        come_to_sight(visitor)
    assert visitor.codes == codes
    visitor.context.set_offline(False)
    # A minute later the time that is left is another.
    with visitor.page.expect_navigation():
        come_to_sight(visitor)
    assert visitor.codes == codes
