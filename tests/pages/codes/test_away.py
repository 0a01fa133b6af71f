"""Test a router that does not answer: pages say so, try again by themselves, and lose nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.core.errors import LockedAway, Problem, Unavailable
from portal.pages import problem_page, retries
from tests.pages.checkout.test_again import filled, send
from tests.pages.checkout.test_results import look, visit_in
from tests.pages.codes.test_comeback import ask, buy, codes_of, enter, sealed, users_online
from tests.pages.codes.test_own_access import show, status_page
from tests.pages.coming_again import next_look
from tests.pages.conftest import Visit
from tests.pages.site import Phone, Site

TITLE = "El WiFi no responde en este momento"
DONE = "¡Conectado!"


@contextmanager
def away(site: Site) -> Iterator[None]:
    """The router does not answer while the block lasts."""
    site.shop.router.go_down()
    try:
        yield
    finally:
        site.bring_router_back()


def onward(answer: TestResponse) -> str:
    """Where the page goes by itself; it says that it does."""
    assert answer.status_code == 503
    assert TITLE in answer.text
    assert "esta página lo intenta otra vez sola" in answer.text
    seconds, _, url = (next_look(answer) or "").partition(";url=")
    assert 5 <= int(seconds) <= 60
    return url


def test_a_code_is_tried_again_by_itself(client: FlaskClient, site: Site, phone: Phone) -> None:
    name, password = codes_of(site, buy(site, phone))
    other = site.new_phone()
    with away(site):
        url = onward(enter(client, site, other, name, password))
        # From then on under one address, so that Back leads to what stood before.
        assert onward(client.get(url)) == ""
    assert name not in url
    assert DONE in client.get(url, follow_redirects=True).text
    assert users_online(site, other) == [name]


def test_a_wrong_code_is_still_told(client: FlaskClient, site: Site, phone: Phone) -> None:
    with away(site):
        url = onward(enter(client, site, phone, "NADIE2", "0000"))
    answer = client.get(url)
    assert "El código no es correcto" in answer.text
    assert 'value="NADIE2"' in answer.text


def test_what_one_visit_sent_is_no_others(client: FlaskClient, site: Site, phone: Phone) -> None:
    name, password = codes_of(site, buy(site, phone))
    thief = site.new_phone()
    with away(site):
        url = onward(enter(client, site, site.new_phone(), name, password))
    query = dict(part.split("=") for part in urlsplit(url).query.split("&"))
    query["v"] = sealed(client, site, thief)
    answer = client.get(urlsplit(url).path, query_string=query)
    assert "Escribe tu código" in answer.text
    assert name not in answer.text
    assert users_online(site, thief) == []


@pytest.mark.parametrize("spoilt", ["", "x", "é", "x" * 5000])
def test_what_we_have_not_sealed_is_not_tried(
    client: FlaskClient, site: Site, phone: Phone, spoilt: str
) -> None:
    query = {"v": sealed(client, site, phone), "otra": spoilt}
    for path in ("codigo", "recuperar", "acceso", "reconectar", "conectado"):
        answer = client.get(f"/r/{site.router_id}/{path}", query_string=query)
        assert answer.status_code in (200, 303)


def test_a_lost_code_is_looked_for_again(client: FlaskClient, site: Site, phone: Phone) -> None:
    sale = buy(site, phone, email_cliente="lejos.router@example.com")
    with away(site):
        url = onward(ask(client, site, phone, "lejos.router@example.com"))
    assert "lejos" not in url
    answer = client.get(url, follow_redirects=True)
    assert answer.request.path == f"/r/{site.router_id}/pago/{sale.id}"


def test_who_comes_back_is_connected_when_the_router_is(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    sale = buy(site, phone)
    site.disconnect(phone)
    visit = visit_in(look(client, sale))
    with away(site):
        url = onward(client.post(f"/r/{site.router_id}/reconectar", data={"v": visit}))
    assert users_online(site, phone) == []
    assert DONE in client.get(url, follow_redirects=True).text
    assert users_online(site, phone) == [codes_of(site, sale)[0]]


def test_that_a_phone_is_online_is_said_later(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    visit = visit_in(look(client, buy(site, phone)))
    with away(site):
        url = onward(client.get(f"/r/{site.router_id}/conectado", query_string={"v": visit}))
    assert DONE in client.get(url).text


def test_an_access_is_shown_later(client: FlaskClient, site: Site, phone: Phone) -> None:
    pin, _ = codes_of(site, buy(site, phone, tipo_usuario="pin"))
    with away(site):
        url = onward(show(client, site, phone, pin))
    assert pin not in url
    assert pin in client.get(url, follow_redirects=True).text


def test_by_itself_without_javascript(
    open_browser: Visit, site: Site, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "PATIENCE", ((900, 1),))
    visitor = open_browser(java_script_enabled=False)
    pin, _ = codes_of(site, buy(site, phone, tipo_usuario="pin"))
    status_page(visitor, phone)
    with away(site):
        visitor.press("Ver mi acceso")
        visitor.await_title(TITLE)
        visitor.shoot("5-away")
        visitor.await_fresh_page()
        visitor.await_title(TITLE)
    visitor.await_title("Tu acceso")
    assert visitor.codes == [pin]


def test_after_a_long_while_a_person_has_to_press(
    client: FlaskClient, site: Site, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "PATIENCE", ((0, 10),))
    pin, _ = codes_of(site, buy(site, phone, tipo_usuario="pin"))
    with away(site):
        answer = enter(client, site, phone, pin)
    assert next_look(answer) is None
    assert "Ya lo intentamos varias veces" in answer.text
    (link,) = (part.partition('"')[0] for part in answer.text.split('after" href="')[1:])
    assert DONE in client.get(link.replace("&amp;", "&"), follow_redirects=True).text


def test_nothing_is_paid_by_itself(client: FlaskClient, site: Site, phone: Phone) -> None:
    form = filled(client, site, phone)
    with away(site):
        answer = send(client, site, form)
    assert "El WiFi no responde en este momento. No se realizó ningún cargo" in answer.text
    assert "intenta otra vez en un minuto" in answer.text
    assert next_look(answer) is None
    assert 'value="ana@example.com"' in answer.text


@pytest.mark.parametrize(
    ("method", "problem", "comes_again"),
    [
        ("GET", Unavailable(), True),
        ("POST", Unavailable(), False),
        ("GET", LockedAway(), False),
        ("GET", Problem(), False),
    ],
)
def test_a_short_trouble_is_asked_about_again(
    site: Site, method: str, problem: Problem, comes_again: bool
) -> None:
    with site.shop.app.test_request_context(f"/r/{site.router_id}", method=method):
        shown = problem_page(problem)
    assert ("data-seconds=" in shown.get_data(as_text=True)) is comes_again
    assert ("otra vez sola en un minuto" in shown.get_data(as_text=True)) is comes_again


def test_a_closed_shop_does_not_open_by_itself(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    with site.closed():
        answer = client.get(site.path(phone))
    assert answer.status_code == 503
    assert next_look(answer) is None
    assert "encargado" not in answer.text
