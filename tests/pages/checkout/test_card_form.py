"""Test the card form and the stand-in for Conekta's script behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from flask.testing import FlaskClient
from playwright.sync_api import expect

from portal.sandbox.conekta import ConektaSandbox
from tests.pages.browser import APPROVED, CHALLENGED, DECLINED, Visitor
from tests.pages.conftest import Visit
from tests.pages.site import SCRIPT, Phone, Site
from tests.support.patience import PATIENCE

TOKENS = "/component/tokens"


@pytest.fixture
def gateway(site: Site) -> ConektaSandbox:
    return site.shop.gateway


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as opened:
        opened.trust_env = False
        yield opened


BAD_CARDS = (
    ({"#cvc": ""}, "Completa los datos de tu tarjeta"),
    (
        {"#cvc": "123", "#number": "4111 1111 1111 1112"},
        "Alguno de los datos de la tarjeta es inválido",
    ),
)


def test_a_bad_card_is_said_before_anything_is_sent(visitor: Visitor, phone: Phone) -> None:
    visitor.arrive(phone)
    visitor.choose()
    visitor.fill()
    visitor.sent.clear()
    for fields, sentence in BAD_CARDS:
        for field, text in fields.items():
            visitor.page.frame_locator("#card iframe").locator(field).fill(text)
        visitor.page.locator("#pay").click()
        expect(visitor.page.get_by_role("alert")).to_contain_text(sentence)
    assert visitor.sent == []
    visitor.shoot("2-pay-bad-card")
    # That the token was refused, the console says too.
    visitor.complaints.clear()
    # And then it can be put right.
    visitor.fill()
    visitor.pay()
    assert visitor.title == "¡Conectado!"


DRAW = """() => {
  const box = document.createElement("div"), style = document.createElement("style");
  box.id = "drawn";
  box.setAttribute("style", "width: 7px");
  style.textContent = "#drawn { height: 9px }";
  document.head.append(style);
  document.body.append(box);
  return [box.offsetWidth, box.offsetHeight];
}"""


def test_conektas_script_may_style_what_it_draws(visitor: Visitor, phone: Phone) -> None:
    visitor.arrive(phone)
    visitor.choose()
    assert visitor.page.evaluate(DRAW) == [7, 9]


def test_a_form_that_falls_silent_lets_go(open_browser: Visit, phone: Phone) -> None:
    visitor = open_browser()
    visitor.stop_clock()
    visitor.arrive(phone)
    visitor.choose()
    visitor.fill()
    visitor.page.route(f"**{TOKENS}", lambda route: None)
    visitor.sent.clear()
    visitor.page.locator("#pay").click()
    assert visitor.page.locator("#pay").is_disabled()
    visitor.page.clock.run_for(30_000)
    expect(visitor.page.get_by_role("alert")).to_contain_text("no respondió")
    assert visitor.page.locator("#pay").is_enabled()
    assert visitor.sent == []
    visitor.check()
    visitor.page.unroute_all()


def test_what_is_wrong_with_the_form_stands_beside_it(
    visitor: Visitor, site: Site, phone: Phone
) -> None:
    visitor.arrive(phone)
    visitor.choose()
    # The page's script takes it for an address, and the server knows better.
    visitor.fill(email_cliente="nadie@sin..mx")
    visitor.pay()
    field = visitor.page.get_by_label("Tu correo")
    assert field.get_attribute("aria-invalid") == "true"
    assert "nombre@ejemplo.com" in visitor.page.inner_text("main")
    assert field.input_value() == "nadie@sin..mx"
    expect(field).to_be_focused()
    visitor.page.locator("#pay:enabled").wait_for()
    visitor.inspect()
    visitor.shoot("2-pay-refused")
    assert [sale for sale in site.shop.sales() if sale.mac == phone.mac] == []
    visitor.complaints.clear()
    visitor.fill()
    visitor.pay()
    assert visitor.title == "¡Conectado!"


@pytest.mark.parametrize("number", [APPROVED, DECLINED, CHALLENGED])
def test_the_stand_in_mints_what_can_be_charged(
    gateway: ConektaSandbox, session: requests.Session, site: Site, phone: Phone, number: str
) -> None:
    body = {"key": "key_public", "number": number}
    token = session.post(gateway.url + TOKENS, json=body, timeout=PATIENCE).json()
    assert token["object"] == "token"
    answer = site.shop.buy(token_tarjeta=token["id"], mac_cliente=phone.mac)
    expected = {DECLINED: 402, CHALLENGED: 202}.get(number, 200)
    assert answer.status_code == expected
    again = site.shop.buy(token_tarjeta=token["id"], mac_cliente=site.new_phone().mac)
    assert again.status_code != 200


@pytest.mark.parametrize("body", [{"number": "1"}, {}, {"key": "key_public", "number": "4" * 16}])
def test_the_stand_in_refuses_other_cards(
    gateway: ConektaSandbox, session: requests.Session, body: dict[str, str]
) -> None:
    answer = session.post(gateway.url + TOKENS, json=body, timeout=PATIENCE)
    assert answer.status_code == 422
    assert answer.json()["message_to_purchaser"]


def test_the_stand_in_serves_its_files_alone(
    gateway: ConektaSandbox, session: requests.Session
) -> None:
    script = session.get(gateway.url + SCRIPT, timeout=PATIENCE)
    assert script.headers["Content-Type"].startswith("text/javascript")
    assert "ConektaCheckoutComponents" in script.text
    for path in ("/component/../sandbox.py", "/component/component.py", "/component/"):
        assert session.get(gateway.url + path, timeout=PATIENCE).status_code in (404, 401)


def test_a_shop_without_a_gateway_says_so(client: FlaskClient, site: Site, phone: Phone) -> None:
    with site.without_gateway():
        page = client.get(site.path(phone)).text
        assert "El pago con tarjeta no está disponible aquí" in page
        assert "Comprar por" not in page
        query = {"plan": site.shop.plan_id, "c": "abc"}
        answer = client.get(f"/r/{site.router_id}/pagar", query_string=query)
        assert answer.status_code == 303
