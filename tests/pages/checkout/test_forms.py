"""Test what is said of fields that are empty or wrong: by us, beside the field, in words."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect

from portal.sales.request import assumed_name
from tests.pages.browser import Visitor
from tests.pages.checkout.test_again import filled, send
from tests.pages.codes.test_comeback import sealed
from tests.pages.conftest import Visit
from tests.pages.site import Phone, Site

EMAIL = "Escribe un correo como nombre@ejemplo.com."
LAST4 = "Escribe los últimos 4 números de tu tarjeta."
PHONE = "Escribe solo los números de tu teléfono, o déjalo vacío."


class Fields(HTMLParser):
    """The fields of a page, what is said of each, and whether the browser may speak for us."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.inputs: dict[str, dict[str, str | None]] = {}
        self.says: dict[str, str] = {}
        self.forms: list[bool] = []
        self._open = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.forms.append("novalidate" in found)
        if tag == "input" and found.get("type") != "hidden":
            self.inputs[found["name"] or ""] = found
        self._open = (found.get("id") or "") if tag == "p" and "hidden" not in found else ""

    def handle_data(self, data: str) -> None:
        if self._open.endswith("-wrong") and data.strip():
            self.says[self._open.removesuffix("-wrong")] = data.strip()

    @property
    def focused(self) -> list[str]:
        return [name for name, found in self.inputs.items() if "autofocus" in found]

    @property
    def invalid(self) -> list[str]:
        return [name for name, found in self.inputs.items() if "aria-invalid" in found]


@pytest.mark.parametrize(
    ("path", "typed", "said"),
    [
        ("codigo", {}, {"usuario": "Escribe tu código."}),
        ("codigo", {"usuario": " - "}, {"usuario": "Escribe tu código."}),
        ("recuperar", {}, {"correo": EMAIL, "tarjeta": LAST4}),
        ("recuperar", {"correo": "a@example.com", "tarjeta": "42"}, {"tarjeta": LAST4}),
        ("recuperar", {"correo": "ana", "tarjeta": "4242"}, {"correo": EMAIL}),
    ],
)
def test_what_is_missing_is_said_beside_its_field(
    client: FlaskClient,
    site: Site,
    phone: Phone,
    path: str,
    typed: dict[str, str],
    said: dict[str, str],
) -> None:
    form = typed | {"v": sealed(client, site, phone)}
    answer = client.post(f"/r/{site.router_id}/{path}", data=form)
    assert answer.status_code == 422
    fields = Fields(answer.text)
    assert fields.says == said
    assert fields.invalid == list(said)
    assert fields.focused == list(said)[:1]
    assert fields.forms == [True]
    for name in said:
        assert f"{name}-wrong" in str(fields.inputs[name]["aria-describedby"]).split()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"email_cliente": "", "telefono_cliente": ""}, {"email_cliente": EMAIL}),
        (
            {"email_cliente": "ana@", "telefono_cliente": "1" * 30},
            {"email_cliente": EMAIL, "telefono_cliente": PHONE},
        ),
        ({"telefono_cliente": "1" * 30}, {"telefono_cliente": PHONE}),
    ],
)
def test_so_it_is_where_one_pays(
    client: FlaskClient,
    site: Site,
    phone: Phone,
    typed: dict[str, str],
    said: dict[str, str],
) -> None:
    answer = send(client, site, filled(client, site, phone, **typed))
    fields = Fields(answer.text)
    assert answer.status_code == 422
    assert (fields.says, fields.invalid) == (said, list(said))
    assert fields.focused == list(said)[:1]


def test_no_form_lets_the_browser_speak_for_us(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    visit = sealed(client, site, phone)
    paying = {"v": visit, "plan": site.shop.plan_id, "c": "abc"}
    for path in ("codigo", "recuperar", "pagar"):
        page = client.get(f"/r/{site.router_id}/{path}", query_string=paying).text
        assert Fields(page).forms == [True], path
        assert Fields(page).says == {}


def test_what_need_not_be_filled_in_says_so(client: FlaskClient, site: Site, phone: Phone) -> None:
    query = {"v": sealed(client, site, phone), "plan": site.shop.plan_id, "c": "abc"}
    fields = Fields(client.get(f"/r/{site.router_id}/pagar", query_string=query).text)
    optional = [name for name, found in fields.inputs.items() if "required" not in found]
    assert list(fields.inputs) == ["email_cliente", "telefono_cliente"]
    assert optional == ["telefono_cliente"]
    page = client.get(f"/r/{site.router_id}/pagar", query_string=query | {"lang": "en"}).text
    assert "Your phone <small>(optional)</small>" in page


def test_a_card_is_not_spent_on_a_form_that_is_wrong(
    visitor: Visitor, site: Site, phone: Phone
) -> None:
    visitor.arrive(phone)
    visitor.choose()
    visitor.fill(email_cliente="ana", telefono_cliente="1" * 30)
    visitor.sent.clear()
    visitor.page.locator("#pay").click()
    expect(visitor.page.locator("#email_cliente-wrong")).to_have_text(EMAIL)
    expect(visitor.page.locator("#telefono_cliente-wrong")).to_have_text(PHONE)
    assert visitor.page.evaluate("document.activeElement.name") == "email_cliente"
    visitor.inspect()
    visitor.shoot("2-pay-wrong")
    visitor.enter("email_cliente", "ana@example.com")
    visitor.page.locator("#pay").click()
    expect(visitor.page.locator("#email_cliente-wrong")).to_be_hidden()
    assert visitor.page.evaluate("document.activeElement.name") == "telefono_cliente"
    assert visitor.sent == []
    visitor.enter("telefono_cliente", "")
    visitor.pay()
    assert visitor.title == "¡Conectado!"


def test_without_javascript_the_first_wrong_field_has_the_focus(
    open_browser: Visit, phone: Phone
) -> None:
    visitor = open_browser(java_script_enabled=False)
    visitor.arrive(phone)
    visitor.press("Ya tengo un código")
    visitor.press("Perdí mi código")
    visitor.enter("correo", "ana@example.com")
    visitor.press("Mostrar mi código")
    visitor.await_text(LAST4)
    expect(visitor.page.locator("[name=tarjeta]")).to_be_focused()
    visitor.shoot("4-lost-wrong-field")


@pytest.mark.parametrize(
    ("email", "name"),
    [
        ("jose.nunez@example.com", "Jose Nunez"),
        ("ana_maria88@example.com", "Ana Maria"),
        ("5512345678@example.com", "Cliente"),
        ("x@example.com", "Cliente"),
        ("<b>@example.com", "Cliente"),
        (f"{'ab.' * 40}c@example.com", ("Ab " * 20).strip()),
    ],
)
def test_an_order_is_in_the_name_of_the_e_mail(email: str, name: str) -> None:
    assert assumed_name(email) == name
