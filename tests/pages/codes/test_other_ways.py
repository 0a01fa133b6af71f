"""Test the ways of those who come back, by keyboard alone, as they go in both browsers.

They are gone in English: what pages say in Spanish is others' to test.
"""

from __future__ import annotations

import pytest

from tests.pages.browser import Visitor
from tests.pages.checkout.test_results import buy
from tests.pages.codes.test_comeback import codes_of, users_online
from tests.pages.conftest import Customer
from tests.pages.looks import faults
from tests.pages.site import Phone, Site
from tests.support.browsers.whole import browser, lent

__all__ = ["browser", "lent"]

DONE, CODE, LOST = "Connected!", "I have a code", "I lost my code"


def refused(customer: Customer) -> None:
    """It is said so that everybody hears it, and can be read in every look."""
    alert = "return document.querySelector('[role=alert]').innerText"
    assert customer.run(alert)
    assert faults(customer) == []
    # That the answer was no, the console says too.
    if isinstance(customer, Visitor):
        customer.complaints.clear()


def own(site: Site, phone: Phone, path: str) -> str:
    """A page of the shop, in this phone's visit."""
    return site.address(phone, lang="en").replace("?", f"{path}?")


@pytest.mark.each_browser
def test_a_wrong_code_then_a_lost_one(customer: Customer, site: Site, phone: Phone) -> None:
    sale = buy(site, phone, email_cliente="perdida@example.com")
    other = site.new_phone()
    customer.arrive(other, lang="en")
    customer.press(CODE)
    customer.enter("usuario", "ZZZZZZ")
    customer.press("Connect")
    refused(customer)
    customer.press(LOST)
    customer.await_title(LOST)
    for last4 in ("1111", "4242"):
        customer.enter("correo", "perdida@example.com")
        customer.enter("tarjeta", last4)
        customer.press("Show my code")
        if last4 != "4242":
            refused(customer)
    assert tuple(customer.codes) == codes_of(site, sale)
    site.end(sale)


def test_the_router_is_away_and_comes_back(customer: Customer, site: Site, phone: Phone) -> None:
    pin, _ = codes_of(site, buy(site, phone, tipo_usuario="pin"))
    other = site.new_phone()
    customer.arrive(other, lang="en")
    customer.press(CODE)
    customer.enter("usuario", pin)
    site.shop.router.go_down()
    try:
        customer.press("Connect")
        customer.await_text("in a minute")
        assert faults(customer) == []
    finally:
        site.bring_router_back()
    if isinstance(customer, Visitor):
        customer.complaints.clear()
    customer.back()
    customer.await_title("Type your code")
    customer.enter("usuario", pin)
    customer.press("Connect")
    customer.await_title(DONE)
    assert users_online(site, other) == [pin]


def test_what_is_over_is_bought_again(customer: Customer, site: Site, phone: Phone) -> None:
    sale = buy(site, phone)
    site.end(sale)
    site.disconnect(phone)
    customer.go(own(site, phone, f"/pago/{sale.id}"))
    customer.await_title("Your time is over")
    customer.press("See the plans")
    customer.choose("$50")
    customer.fill()
    customer.pay()
    customer.await_title(DONE)


def test_more_time_is_added(customer: Customer, site: Site, phone: Phone) -> None:
    first = buy(site, phone)
    customer.go(own(site, phone, f"/pago/{first.id}"))
    customer.press("Buy more time")
    customer.await_text("Your Internet is still active")
    customer.choose()
    customer.fill()
    customer.pay()
    customer.await_title(DONE)
    assert tuple(customer.codes) == codes_of(site, first)


def test_from_the_routers_status_page(customer: Customer, site: Site, phone: Phone) -> None:
    sale = buy(site, phone, tipo_usuario="pin")
    customer.go(site.hotspot.phone_url(phone.mac, "/status"))
    customer.go_by(".first")
    assert customer.address.startswith(site.url)
    assert customer.title
    assert faults(customer) == []
    assert users_online(site, phone) == [codes_of(site, sale)[0]]
