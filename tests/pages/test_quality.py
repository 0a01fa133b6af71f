"""Test what holds for every page: light, accessible, and allowed nothing that it does not need."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Route

from portal.models import Sale
from tests.pages.browser import Visitor
from tests.pages.site import MANY, Phone, Site
from tests.pages.test_again import filled
from tests.pages.test_results import CHALLENGED, buy, visit_in
from tests.support.notes import Note

LIGHT = 14 * 1024
Address = Callable[[Site, Phone], str]


def result(site: Site, phone: Phone, **changes: object) -> str:
    sale = buy(site, phone)
    if changes:
        site.change_sale(sale, **changes)
    return f"/r/{site.router_id}/pago/{sale.id}"


def asked_by_bank(site: Site, phone: Phone) -> Sale:
    return buy(site, phone, token_tarjeta=site.mint(CHALLENGED))


def ready(site: Site, phone: Phone) -> str:
    return f"/r/{site.router_id}/pago/{buy(site, phone, conexion_automatica=False).id}"


def below(path: str) -> Address:
    """A page of the shop, for this phone."""
    return lambda site, phone: site.path(phone).replace("?", f"{path}?")


def own(site: Site, phone: Phone, sale: Sale, path: str = "", **query: str) -> str:
    """A page of the shop, in the visit of this sale's buyer."""
    client = site.shop.app.test_client()
    bought = client.get(site.path(phone).replace("?", f"/pago/{sale.id}?"))
    return f"/r/{site.router_id}{path}?{urlencode({'v': visit_in(bought)} | query)}"


def known(site: Site, phone: Phone) -> str:
    return own(site, phone, buy(site, phone))


def over(site: Site, phone: Phone) -> str:
    sale = buy(site, phone)
    site.end(sale)
    return f"/r/{site.router_id}/pago/{sale.id}"


def bank(site: Site, phone: Phone) -> str:
    client = site.shop.app.test_client()
    form = filled(client, site, phone, token_tarjeta=site.mint(CHALLENGED))
    return client.post(f"/r/{site.router_id}/pagar", data=form).location


def more(site: Site, phone: Phone) -> str:
    plan = str(site.shop.plan_id)
    return own(site, phone, buy(site, phone), "/pagar", plan=plan, c="abc")


def added(site: Site, phone: Phone) -> str:
    return result(site, phone, extends=True)


def paying(site: Site, phone: Phone) -> str:
    return below("/pagar")(site, phone) + f"&plan={site.shop.plan_id}&c=abc"


def again(site: Site, phone: Phone) -> str:
    return own(site, phone, buy(site, phone), "/conectado")


def under_way(site: Site, phone: Phone) -> str:
    return own(site, phone, asked_by_bank(site, phone))


PAGES: dict[str, Address] = {
    "plans": lambda site, phone: site.path(phone),
    "plans-in-english": lambda site, phone: site.path(phone, lang="en"),
    "plans-with-error": lambda site, phone: site.path(phone, error="your uptime limit is reached"),
    "plans-for-nobody": lambda site, phone: site.path(),
    "plans-for-a-known-phone": known,
    "plans-while-undecided": under_way,
    "pay": paying,
    "pay-for-more": more,
    "bank": bank,
    "waiting": lambda site, phone: f"/r/{site.router_id}/pago/{asked_by_bank(site, phone).id}",
    "connected": result,
    "connected-again": again,
    "ready": ready,
    "added": added,
    "activating": lambda site, phone: result(site, phone, state="paid"),
    "over": over,
    "refunded": lambda site, phone: result(site, phone, state="refunded"),
    "charged-back": lambda site, phone: result(site, phone, state="charged_back"),
    "code": below("/codigo"),
    "lost": below("/recuperar"),
    "not-found": lambda site, phone: "/r/RTR_00000000",
    "start": lambda site, phone: "/",
}


# They come back by themselves.
MOVING = ("plans-while-undecided", "waiting", "activating")


@pytest.fixture(params=PAGES)
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


def test_weight(client: FlaskClient, site: Site, phone: Phone, name: str, note: Note) -> None:
    answer = client.get(
        PAGES[name](site, phone), headers={"Accept-Encoding": "gzip"}, follow_redirects=True
    )
    assert answer.headers["Content-Encoding"] == "gzip"
    weight = len(answer.data)
    note(f"page {name}: {weight} bytes compressed, {len(gzip.decompress(answer.data))} as it is")
    assert weight <= LIGHT


def test_weight_with_a_logo_and_many_plans(
    client: FlaskClient, site: Site, phone: Phone, note: Note
) -> None:
    with site.crowded():
        headers = {"Accept-Encoding": "gzip"}
        answer = client.get(site.path(phone), headers=headers)
    page = gzip.decompress(answer.data).decode()
    assert page.count('class="plan"') > MANY
    assert "data:image/png;base64," in page
    note(f"page plans, crowded: {len(answer.data)} bytes compressed, {len(page)} as it is")
    assert len(answer.data) <= LIGHT


def hold(route: Route) -> None:
    """Let a page that would move on by itself stay."""
    answer = route.fetch()
    headers = {name: value for name, value in answer.headers.items() if name != "refresh"}
    route.fulfill(response=answer, headers=headers)


def test_scripts_are_known_by_their_nonce(
    client: FlaskClient, site: Site, phone: Phone, name: str
) -> None:
    answer = client.get(PAGES[name](site, phone), follow_redirects=True)
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert "unsafe" not in policy["script-src"]
    assert policy["default-src"] == "'none'"
    assert policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    if not name.startswith("pay"):
        assert "frame-src" not in policy
        assert "unsafe" not in policy["style-src"]


def test_one_request_shows_all_plans(visitor: Visitor, site: Site, phone: Phone) -> None:
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url))
    visitor.arrive(phone)
    visitor.page.wait_for_load_state("networkidle")
    # Once it is there, the address goes by the visit's seal: that asks for nothing.
    assert [url for url in asked if not url.startswith("data:")] == [site.address(phone)]
