"""Prove that whatever an address carries, nothing of it gets out: the way in is anybody's to
write.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.pages.site import LOGIN_HOST, Phone, Site
from tests.support.pairs import some

MARK = "zq7injected"
VARIABLES = (
    *("mac", "ip", "link-login-only", "link-login", "link-orig", "error", "username"),
    *("chap-id", "chap-challenge", "v", "c", "plan", "de", "aviso", "lang", "d", "banco"),
    *("otra", "ver", "logged-in"),
)
INJECTIONS = (
    f"<script>{MARK}</script>",
    f'"><img src=x onerror={MARK}()>',
    f"'><svg/onload={MARK}()>",
    f"javascript:{MARK}()",
    f"JaVaScRiPt:{MARK}()//http://{LOGIN_HOST}/",
    f"data:text/html,{MARK}",
    f"http://{MARK}.example/login",
    f"http://{LOGIN_HOST}@{MARK}.example/login",
    f"http://{LOGIN_HOST}.{MARK}.example/login",
    f"http://{MARK}.example#{LOGIN_HOST}",
    f"http://{MARK}.example\\@{LOGIN_HOST}/login",
    f"//{MARK}.example/login",
    f"http:/{MARK}",
    f"{{{{ 7*191 }}}}{MARK}",
    f"{MARK}%0d%0aSet-Cookie:%20a=b",
    f"{MARK}\r\nX-Injected: yes",
    f"{MARK}\x00",
    f"\u202e{MARK}",
    f"' OR 1=1 --{MARK}",
    MARK * 400,
)
# A page that is not the entrance shows these too.
PATHS = (
    *("", "/pagar", "/codigo", "/recuperar", "/conectado", "/captive-api", "/pago/sal_x"),
    *("/acceso", "/reconectar"),
)


class Links(HTMLParser):
    """Where a page leads, and what it would run."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src", "action", "formaction", "content"):
                self.addresses.append(value or "")
            if name.startswith("on") or name == "srcdoc":
                self.handlers.append(name)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("variable", VARIABLES)
def test_nothing_gets_out(client: FlaskClient, site: Site, path: str, variable: str) -> None:
    """Every page is asked every variable, and each of both every injection."""
    for injection in some(INJECTIONS, PATHS.index(path), VARIABLES.index(variable), number=4):
        answer = client.get(f"/r/{site.router_id}{path}", query_string={variable: injection})
        assert answer.status_code < 500, injection
        check(answer, variable, injection)


def check(answer: Any, variable: str, injection: str) -> None:
    """Only the customer's own words come back, as text: a name that was typed, a wish to go on."""
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers)
    assert "X-Injected" not in headers
    assert "Set-Cookie" not in headers
    assert MARK not in headers
    page = answer.text
    links = Links()
    links.feed(page)
    assert links.handlers == []
    assert "1337" + MARK not in page
    if variable == "username" or (variable == "link-orig" and MARK in injection):
        assert f"<script>{MARK}" not in page
    else:
        assert MARK not in html.unescape(page), injection
    for address in links.addresses:
        assert not re.match(r"\s*(javascript|vbscript|data:text)", address, re.IGNORECASE)


@pytest.mark.parametrize("injection", INJECTIONS)
def test_the_router_id_gives_nothing_away(client: FlaskClient, injection: str) -> None:
    for path in PATHS:
        answer = client.get(f"/r/{injection}{path}")
        assert answer.status_code in (303, 308, 403, 404)
        assert MARK not in answer.text


@pytest.mark.parametrize(
    "login",
    [
        "https://evil.example/login",
        f"http://{LOGIN_HOST}:8080/login",
        f"http://user@{LOGIN_HOST}/login",
        f"ftp://{LOGIN_HOST}/login",
        f"http://{LOGIN_HOST}/login?x=y",
        f"http://{LOGIN_HOST}/<b>",
        f"http://{LOGIN_HOST}:99999/login",
        "http://[::1/login",
    ],
)
def test_codes_go_to_the_routers_own_login_page_alone(
    client: FlaskClient, site: Site, phone: Phone, login: str
) -> None:
    bought = site.shop.buy(mac_cliente=phone.mac, ip_cliente=phone.ip).json
    path = f"/r/{site.router_id}/pago/{bought['referencia']}"
    answer = client.get(path, query_string={"mac": phone.mac, "link-login-only": login})
    (action,) = re.findall(r'<form method="post" action="(http[^"]*)"', answer.text)
    assert action == f"http://{LOGIN_HOST}/login"
    policy = answer.headers["Content-Security-Policy"]
    assert f"form-action 'self' http://{LOGIN_HOST};" in policy


@pytest.mark.parametrize("field", ["email_cliente", "telefono_cliente"])
def test_what_is_typed_comes_back_as_text(
    client: FlaskClient, site: Site, phone: Phone, field: str
) -> None:
    before = len(site.shop.sales())
    form = open_form(client, site, phone)
    typed = f'"><script>{MARK}</script>'
    answer = client.post(f"/r/{site.router_id}/pagar", data=form | {field: typed})
    assert f"<script>{MARK}" not in answer.text
    assert answer.status_code == 422
    assert len(site.shop.sales()) == before


def open_form(
    client: FlaskClient, site: Site, phone: Phone, plan_id: int | None = None, **said: str
) -> dict[str, str]:
    """A form for this phone and plan (None: the hour), filled in but for the card.

    `said`: what the router says besides.
    """
    page = client.get(site.path(phone, **said)).text
    fields = dict(re.findall(r'<input type="hidden" name="(v|c)" value="([^"]*)"', page))
    query = {"plan": plan_id or site.shop.plan_id, **fields}
    page = client.get(f"/r/{site.router_id}/pagar", query_string=query).text
    (purchase,) = re.findall(r'name="compra" value="([^"]*)"', page)
    return {"compra": purchase, "v": fields["v"]}


@pytest.mark.parametrize("token", ["4242424242424242", "4242 4242 4242 4242", "", "x" * 101])
def test_no_card_number_and_no_nonsense_is_taken_for_a_token(
    client: FlaskClient, site: Site, phone: Phone, token: str
) -> None:
    before = len(site.shop.sales())
    form = open_form(client, site, phone) | {
        "email_cliente": "ana@example.com",
        "token_tarjeta": token,
    }
    answer = client.post(f"/r/{site.router_id}/pagar", data=form)
    assert answer.status_code == 422
    assert "No se hizo ningún cargo" in answer.text
    shown = [token] if token and token in answer.text else []
    assert shown == []
    assert len(site.shop.sales()) == before


@pytest.mark.parametrize("spoil", [lambda text: text[:-2], lambda text: "A" + text, lambda _: ""])
def test_a_purchase_that_is_not_signed_by_us_buys_nothing(
    client: FlaskClient, site: Site, phone: Phone, spoil: Any
) -> None:
    before = len(site.shop.sales())
    form = open_form(client, site, phone)
    form |= {
        "compra": spoil(form["compra"]),
        "email_cliente": "ana@example.com",
        "token_tarjeta": "tok_test_visa_4242",
    }
    answer = client.post(f"/r/{site.router_id}/pagar", data=form)
    assert answer.status_code == 303
    assert len(site.shop.sales()) == before


def test_a_form_of_another_shop_buys_nothing(client: FlaskClient, site: Site, phone: Phone) -> None:
    form = open_form(client, site, phone)
    assert client.post("/r/RTR_00000000/pagar", data=form).status_code == 404
