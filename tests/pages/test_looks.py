"""Test how every page looks: on narrow phones, in the dark, with large text.

Pages take turns at the two browsers; `PORTAL_CASES=all` shows each page in both.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect

from tests.pages.browser import Visitor
from tests.pages.coming_again import hold
from tests.pages.looks import faults, misplaced, unusable
from tests.pages.site import Phone, Site
from tests.pages.test_quality import MOVING, PAGES
from tests.pages.webkit import WebKitVisitor
from tests.support.browsers.webdriver import WebDriver
from tests.support.browsers.webkit import launched
from tests.support.pairs import ALL

# What moves by itself, and a bank, WebKit is not held at.
ELSEWHERE = [name for name in PAGES if name not in (*MOVING, "bank")]
IN_WEBKIT = ELSEWHERE if ALL else ELSEWHERE[::2]
IN_CHROMIUM = [name for name in PAGES if ALL or name not in IN_WEBKIT]
DARK = """const {color} = getComputedStyle(document.body);
return [matchMedia("(prefers-color-scheme: dark)").matches, color]"""


@pytest.fixture(scope="module")
def webkit() -> Iterator[WebDriver]:
    with launched(dark=True) as driver:
        yield driver


@pytest.fixture(autouse=True)
def _up(request: pytest.FixtureRequest, site: Site) -> Iterator[None]:
    """A page about a router that is away had it away."""
    yield
    if "away" in request.node.name:
        site.bring_router_back()


@pytest.mark.parametrize("name", IN_CHROMIUM)
def test_in_chromium(visitor: Visitor, site: Site, phone: Phone, name: str) -> None:
    address = site.url + PAGES[name](site, phone)
    if name in MOVING:
        visitor.page.route(address, hold)
    # A bank that answers nothing lets its page stay. One that does not answer leaves Chromium on
    # its way for ever, and then it may no longer hear that pages are wanted dark.
    visitor.page.route("**/3ds/**", lambda route: route.fulfill(status=204))
    visitor.sent.clear()
    visitor.page.goto(address)
    if name.startswith("pay"):
        visitor.await_form()
    assert len(visitor.sent) == 1
    # What is nowhere, or away, the console says too.
    assert [said for said in visitor.complaints if "with a status of" not in said] == []
    assert faults(visitor) == []
    visitor.shoot(f"page-{name}")
    visitor.complaints.clear()


@pytest.mark.parametrize("name", IN_WEBKIT)
def test_in_webkit(webkit: WebDriver, site: Site, phone: Phone, name: str) -> None:
    visitor = WebKitVisitor(site, webkit)
    webkit.go(site.url + PAGES[name](site, phone))
    if name.startswith("pay"):
        visitor.await_form()
    assert faults(visitor) == []
    visitor.shoot(f"page-{name}")


def test_a_phone_that_wants_pages_dark_has_them_dark(
    webkit: WebDriver, site: Site, phone: Phone
) -> None:
    webkit.go(site.address(phone))
    assert webkit.run(DARK) == [True, "rgb(238, 241, 244)"]


def test_text_is_as_large_as_the_phone_wants_it(visitor: Visitor, phone: Phone) -> None:
    """Chromium 156 lets the phone's own text size reach only pages that say they can take it."""
    visitor.arrive(phone)
    session = visitor.context.new_cdp_session(visitor.page)
    try:
        for scale, text in ((2, "34px"), (1, "17px")):
            session.send("Emulation.setEmulatedOSTextScale", {"scale": scale})
            # The page hears of it by another way than it is asked.
            expect(visitor.page.locator("body")).to_have_css("font-size", text)
    finally:
        session.detach()


MISPLACED = {
    "header>div{flex-wrap:nowrap;white-space:nowrap}": "leaves its box",
    "main{width:600px;max-width:none}": "scrolls sideways",
    ".button{min-height:0;height:30px;padding:0}": "no target for a thumb",
    "h2{max-height:1rem;overflow:hidden}": "is cut off",
    "h2+.price{margin-left:-9rem}": "stands on other text",
    "header b{display:none}": "the header has no name",
}
UNREADABLE = {
    ".quiet{color:#777!important}": "dark: color-contrast",
    ".plan{background:#fff!important}": "dark: color-contrast",
    "ul{background:#111}": "light: color-contrast",
}


SPOIL = """const sheet = document.styleSheets[0];
sheet.insertRule(arguments[0], sheet.cssRules.length)"""
MEND = "const sheet = document.styleSheets[0]; sheet.deleteRule(sheet.cssRules.length - 1)"


def test_what_is_wrong_is_seen(visitor: Visitor, phone: Phone) -> None:
    visitor.arrive(phone)
    for spoilt, look in ((MISPLACED, misplaced), (UNREADABLE, unusable)):
        for rule, said in spoilt.items():
            visitor.run(SPOIL, rule)
            assert any(said in fault for fault in look(visitor)), rule
            visitor.run(MEND)
    assert faults(visitor) == []


def test_the_switch_of_languages_is_shown(client: FlaskClient, site: Site, phone: Phone) -> None:
    header = client.get(site.path(phone)).text.partition("</header>")[0]
    assert 'lang="en" hreflang="en">English</a>' in header
    english = client.get(site.path(phone, lang="en")).text.partition("</header>")[0]
    assert 'lang="es" hreflang="es">Español</a>' in english
