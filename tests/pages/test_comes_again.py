"""Test that a page which comes again by itself outlasts a WiFi that is gone for a while.

Measured: of a `Refresh` that finds no network WebKitGTK 2.50.6 and a headless Chromium 156 leave
an error in the page's place and never ask again; a Chromium with a window does, by itself.
"""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Request, Route

from tests.pages.browser import Visitor
from tests.pages.checkout.test_results import CHALLENGED, buy
from tests.pages.coming_again import next_look
from tests.pages.conftest import Visit
from tests.pages.site import Phone, Site

WAITS, DONE = "Verificando tu pago", "¡Conectado!"
FIRST_MS, NEXT_MS, LONGEST_MS = 3_000, 3_000, 10_000


def is_look(request: Request) -> bool:
    return request.url.endswith("/healthz")


def wait(visitor: Visitor, site: Site, phone: Phone) -> str:
    """Come to the page of a payment that is not decided; its sale's order."""
    sale = buy(site, phone, token_tarjeta=site.mint(CHALLENGED))
    visitor.page.clock.install()
    visitor.go(f"{site.url}/r/{site.router_id}/pago/{sale.id}")
    visitor.await_title(WAITS)
    return str(sale.order_id)


@pytest.mark.usefixtures("soon_at_the_bank")
@pytest.mark.parametrize("how", ["gone", "silent", "broken"])
def test_it_stays_and_comes_once_it_can(
    open_browser: Visit, site: Site, phone: Phone, how: str
) -> None:
    """Without a network, where nothing answers, and where a proxy says that we are down."""
    visitor, silent = open_browser(), list[Route]()
    page = visitor.page
    ways = {
        "gone": lambda route: route.abort("internetdisconnected"),
        "silent": lambda route: silent.append(route),
        "broken": lambda route: route.fulfill(status=502, body="Bad Gateway"),
    }
    # No look may have begun to lead on by the time that all is gone.
    page.route("**/healthz", ways[how])
    order = wait(visitor, site, phone)
    page.route("**/*", ways[how])
    for pause in (FIRST_MS, NEXT_MS):
        with page.expect_event("requestfinished" if how == "broken" else "requestfailed", is_look):
            page.clock.run_for(pause)
            if how == "silent":
                page.clock.run_for(LONGEST_MS)
        assert visitor.title == WAITS
    page.unroute_all()
    if how == "broken":
        # A proxy that serves us again may keep to itself how we are.
        page.route("**/healthz", lambda route: route.fulfill(status=403, body="Forbidden"))
    site.shop.gateway.challenge(order, True)
    page.clock.run_for(NEXT_MS)
    visitor.await_title(DONE)


def test_without_javascript_too(client: FlaskClient, site: Site, phone: Phone) -> None:
    sale = buy(site, phone, token_tarjeta=site.mint(CHALLENGED))
    answer = client.get(f"/r/{site.router_id}/pago/{sale.id}")
    assert (
        f'<noscript><meta http-equiv="refresh" content="{next_look(answer)}"></noscript>'
        in answer.text
    )
    assert "Refresh" not in answer.headers
