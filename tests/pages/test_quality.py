"""Test what holds for every page: light, accessible, and allowed nothing that it does not need."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import PurePath
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask, template_rendered
from flask.testing import FlaskClient
from jinja2 import Template
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.core.database import reading
from portal.models import GatewayAccount, Sale, utc_now
from portal.pages.demo import demo_page
from portal.payments.gateway import Customer, Opened, Purchase
from portal.ports import gateway_of
from portal.sandbox.routeros.control import Control
from tests.pages.checkout.test_again import filled
from tests.pages.checkout.test_results import CHALLENGED, buy, visit_in
from tests.pages.codes.test_comeback import codes_of, sealed
from tests.pages.coming_again import next_address
from tests.pages.site import MANY, Phone, Site
from tests.support.notes import Note
from tests.support.patience import PATIENCE
from tests.support.processes.commands import CHECKOUT

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


def in_frame(site: Site, phone: Phone) -> str:
    """A sale whose card the gateway's own frame charges; another order of the gateway's serves."""
    sale = asked_by_bank(site, phone)
    until, customer = utc_now() + timedelta(minutes=15), Customer("Ana", "ana@example.com")
    order = Purchase("other", "", "1 hora", 2000, "MXN", customer, frame_until=until)
    with site.shop.app.app_context():
        with reading() as session:
            account = session.scalars(select(GatewayAccount)).one()
        opened = gateway_of(account).open_order(order, PATIENCE)
    assert isinstance(opened, Opened)
    site.change_sale(sale, checkout_id=opened.checkout_id)
    return f"/r/{site.router_id}/pago/{sale.id}"


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


def shown_by_code(site: Site, phone: Phone) -> str:
    """The access of who has entered its code."""
    pin, _ = codes_of(site, buy(site, phone, tipo_usuario="pin"))
    client = site.shop.app.test_client()
    path = below("/acceso")(site, phone)
    return client.post(path, data={"usuario": pin}).location


def away(site: Site, phone: Phone) -> str:
    """A code page that comes again; the fixture below has the router away meanwhile."""
    pin, _ = codes_of(site, buy(site, phone, tipo_usuario="pin"))
    client = site.shop.app.test_client()
    form = {"usuario": pin, "v": sealed(client, site, phone)}
    site.shop.router.go_down()
    answer = client.post(f"/r/{site.router_id}/codigo", data=form)
    return next_address(answer)


PAGES: dict[str, Address] = {
    "plans": lambda site, phone: site.path(phone),
    "plans-in-english": lambda site, phone: site.path(phone, lang="en"),
    "plans-with-error": lambda site, phone: site.path(phone, error="your uptime limit is reached"),
    "plans-for-nobody": lambda site, phone: site.path(),
    "plans-for-a-known-phone": known,
    "plans-while-undecided": under_way,
    "pay": paying,
    "pay-for-more": more,
    "pay-in-frame": in_frame,
    "conditions": lambda site, phone: f"/r/{site.router_id}/condiciones",
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
    "access": shown_by_code,
    "away": away,
    "not-found": lambda site, phone: "/r/RTR_00000000",
    "start": lambda site, phone: "/",
}


# They come back by themselves.
MOVING = ("plans-while-undecided", "waiting", "activating", "away")


@pytest.fixture(params=PAGES)
def name(request: pytest.FixtureRequest, site: Site) -> Iterator[str]:
    found: str = request.param
    yield found
    if found == "away":
        site.bring_router_back()


# Shown where a company takes more than cards; `checkout/test_deferred.py` looks at them.
DEFERRED = ("pay_deferred.html", "transfer.html", "cash.html", "part_paid.html", "lapsed.html")
# Which are answers to a form, or the demo's, and weighed beside the others.
ANSWERED = ("connecting.html", "demo.html", *DEFERRED)


def test_no_page_is_forgotten(client: FlaskClient, site: Site) -> None:
    """Whoever adds a page says above how it is reached."""
    seen: set[str] = set()

    def note(_app: Flask, template: Template, **_context: object) -> None:
        seen.add(PurePath(template.name or "").name)

    with template_rendered.connected_to(note, site.shop.app):
        for name, address in PAGES.items():
            client.get(address(site, site.new_phone()), follow_redirects=True)
            if name == "away":
                site.bring_router_back()
    folder = CHECKOUT / "templates" / "pages"
    made = {path.name for path in folder.glob("[!_]*.html")}
    assert made - seen == {"base.html", *ANSWERED}


def answered(client: FlaskClient, site: Site, phone: Phone) -> Iterator[tuple[str, bytes]]:
    """Pages that no address leads to: each as it is sent."""
    v, headers = sealed(client, site, phone), {"Accept-Encoding": "gzip"}
    base = f"/r/{site.router_id}"
    for path in ("reconectar", "codigo", "recuperar"):
        yield path, client.post(f"{base}/{path}", data={"v": v}, headers=headers).data
    form = filled(client, site, phone, email_cliente="")
    yield "pagar", client.post(f"{base}/pagar", data=form, headers=headers).data
    context = site.shop.app.test_request_context("/", headers=headers)
    with Control(site.shop.router, hotspot=site.hotspot) as control, context:
        yield "demo", demo_page(control.url).get_data()


def test_weight_of_what_answers_a_form(
    client: FlaskClient, site: Site, phone: Phone, note: Note
) -> None:
    for name, sent in answered(client, site, phone):
        note(f"page that answers {name}: {len(sent)} bytes compressed")
        assert sent[:2] == b"\x1f\x8b", name
        assert len(sent) <= LIGHT, name


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


def test_each_page_has_the_other_language(
    client: FlaskClient, site: Site, phone: Phone, name: str
) -> None:
    """The switch leads to the same page, in the same visit."""
    found: list[dict[str, Any]] = []

    def note(_app: Flask, context: dict[str, Any], **_more: object) -> None:
        found.append(context)

    address = PAGES[name](site, phone)
    with template_rendered.connected_to(note, site.shop.app):
        first = client.get(address, follow_redirects=True)
        (context,) = found
        other = {"en": "English", "es": "Español"}[context["other_language"]]
        assert context["other_language_name"] == other
        second = client.get(context["other_language_url"], follow_redirects=True)
    assert second.headers["Content-Language"] == context["other_language"]
    assert first.headers["Content-Language"] != context["other_language"]
    assert second.request.path == first.request.path
    visits = [context["visit"] for context in found]
    assert visits[0].id == visits[1].id or visits[0].scope is None
    assert visits[0].mac == visits[1].mac
    # The bank's page leads on just once.
    assert name == "bank" or headings(first) == headings(second)


def headings(answer: TestResponse) -> list[str]:
    """Which a page has, without the words in them."""
    return re.findall(r"<(h1|h2|section|dl)\b", answer.text)


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("codigo", {"usuario": ""}),
        ("recuperar", {"correo": ""}),
        ("pagar", {"email_cliente": ""}),
        ("acceso", {"usuario": "AB3C9D"}),
    ],
)
def test_what_answers_a_form_has_it_too(
    client: FlaskClient, site: Site, phone: Phone, path: str, form: dict[str, str]
) -> None:
    found: list[dict[str, Any]] = []

    def note(_app: Flask, context: dict[str, Any], **_more: object) -> None:
        found.append(context)

    data = filled(client, site, phone) | form
    with template_rendered.connected_to(note, site.shop.app):
        client.post(f"/r/{site.router_id}/{path}", data=data)
        (answered,) = found
        page = client.get(answered["other_language_url"], follow_redirects=True)
    assert page.status_code == 200
    assert page.headers["Content-Language"] == "en"
    assert found[-1]["visit"].mac == phone.mac
