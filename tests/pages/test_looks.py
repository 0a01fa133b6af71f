"""Test how every page looks, on narrow phones, in the dark and with large text, in both browsers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Request, Route

from tests.pages.browser import Visitor
from tests.pages.looks import faults
from tests.pages.site import Phone, Site
from tests.pages.test_quality import PAGES
from tests.pages.webkit import WebKitVisitor
from tests.support.webdriver import WebDriver
from tests.support.webkit import launched

# They come back by themselves.
MOVING = ("plans-while-undecided", "waiting", "activating")


@pytest.fixture(scope="module")
def webkit() -> Iterator[WebDriver]:
    with launched(dark=True) as driver:
        yield driver


def hold(route: Route) -> None:
    """Let a page that would move on by itself stay."""
    answer = route.fetch()
    headers = {name: value for name, value in answer.headers.items() if name != "refresh"}
    route.fulfill(response=answer, headers=headers)


@pytest.mark.parametrize("name", PAGES)
def test_in_chromium(visitor: Visitor, site: Site, phone: Phone, name: str) -> None:
    address = site.url + PAGES[name](site, phone)
    if name in MOVING:
        visitor.page.route(address, hold)
    # A bank that does not answer lets its page stay.
    visitor.page.route("**/3ds/**", lambda route: None)
    visitor.page.goto(address)
    if name.startswith("pay"):
        visitor.await_form()
    # That an address is known to nobody, the console says too.
    assert [said for said in visitor.complaints if "404" not in said] == []
    assert faults(visitor) == []
    visitor.shoot(f"page-{name}")
    visitor.complaints.clear()
