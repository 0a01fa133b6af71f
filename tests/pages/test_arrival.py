"""Test who comes from the router's own login: on to the purchase, or told that it worked."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.pages.checkout.test_results import buy
from tests.pages.site import Phone, Site

LOGGED_IN = {"logged_in": "yes"}


def test_back_to_the_purchase(site: Site, client: FlaskClient, phone: Phone) -> None:
    sale = buy(site, phone)
    result = f"{site.url}/r/{site.router_id}/pago/{sale.id}?lang=en"
    answer = client.get(site.path(phone, link_orig=result, **LOGGED_IN))
    assert (answer.status_code, answer.headers["Location"]) == (303, result)
    assert "¡Conectado!" in client.get(answer.headers["Location"].replace("lang=en", "")).text


@pytest.mark.parametrize(
    "wanted",
    [
        "http://example.com/",
        "http://evil.example{path}",
        "{url}.evil.example{path}",
        "{url}@evil.example{path}",
        "{url}/r/RTR_OTHER/pago/x",
        "{url}/r/{router_id}/pago/../../../api/docs",
        "{url}/r/{router_id}/pago/",
        "{url}/",
        "javascript:alert(1)",
        "",
    ],
)
def test_from_anywhere_else_it_just_worked(
    site: Site, client: FlaskClient, phone: Phone, wanted: str
) -> None:
    path = f"/r/{site.router_id}/pago/x"
    named = wanted.format(url=site.url, path=path, router_id=site.router_id)
    page = client.get(site.path(phone, link_orig=named, **LOGGED_IN))
    assert page.status_code == 200
    assert "<h1>¡Conectado!</h1>" in page.text


def test_the_routers_status_page_leads_to_the_plans(
    site: Site, client: FlaskClient, phone: Phone
) -> None:
    path = f"/r/{site.router_id}?mac={phone.mac}&ip={phone.ip}&logged-in=yes"
    assert "Elige tu Internet" in client.get(path).text
