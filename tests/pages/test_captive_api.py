"""What a phone's system is told (RFC 8908): its own standing, and nobody else's."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask.testing import FlaskClient

from portal.pages.captive_api import captive_api_url
from tests.pages.site import Phone, Site
from tests.pages.test_results import buy


def address(site: Site, phone: Phone) -> str:
    with site.shop.app.test_request_context():
        parts = urlsplit(captive_api_url(site.router_id, phone.mac))
    return f"{parts.path}?{parts.query}"


def test_captive_until_it_has_bought(client: FlaskClient, site: Site, phone: Phone) -> None:
    answer = client.get(address(site, phone))
    assert answer.content_type == "application/captive+json"
    assert answer.headers["Cache-Control"] == "private, no-store"
    said = answer.get_json(force=True)
    assert said["captive"] is True
    assert said["user-portal-url"].startswith(f"{site.url}/r/{site.router_id}?")
    assert client.get(said["user-portal-url"].removeprefix(site.url)).status_code == 200
    buy(site, phone)
    said = client.get(address(site, phone)).get_json(force=True)
    assert said["captive"] is False
    assert 3500 < said["seconds-remaining"] <= 3600


def test_no_answer_without_a_signature(client: FlaskClient, site: Site, phone: Phone) -> None:
    good = address(site, phone)
    for wrong in (good[:-1], good.split("?")[0], good.replace("d=", "d=A")):
        assert client.get(wrong).status_code == 403


def test_an_address_of_another_router_is_not_answered(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    other = address(site, phone).replace(site.router_id, "RTR_00000000")
    assert client.get(other).status_code == 403
