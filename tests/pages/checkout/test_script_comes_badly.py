"""Test the card form where its script comes late, cut off, or more than once.

Guessed and seen alike with Chromium 156 (headless shell, Playwright), against the stand-in for
Conekta's component; what was not guessed is said where it is tested.

Of an answer that is cut between two of its chunks WebKitGTK 2.50.6 runs what has come, and tells
`load` (`findings/half_a_script_runs.sh`): the page asks for the component itself. Other halves, and
HTML with `nosniff`, a 503 or a 511 in the script's place, are an `error` in both browsers; HTML of
a router's login page is told as `load`.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.pages.browser import Visitor
from tests.pages.checkout.test_again import states
from tests.pages.conftest import Visit
from tests.pages.site import SCRIPT, Phone, Site

UNREACHABLE_MS = 8_000
# Conekta's own runs again where a page puts its tag in again, and may tell a thing twice.
TOLD_TWICE = """;(function () {
  var card = window.ConektaCheckoutComponents.Card;
  window.ConektaCheckoutComponents.Card = function (given) {
    Object.keys(given.callbacks).forEach(function (name) {
      var once = given.callbacks[name];
      given.callbacks[name] = function (said) { once(said); once(said); };
    });
    card(given);
  };
})();"""


def begin(visitor: Visitor, phone: Phone) -> None:
    visitor.arrive(phone)
    visitor.page.locator(".plan", has_text="$20").get_by_role("button").click()
    visitor.page.locator("#pay").wait_for()


def test_later_than_anybody_waits(open_browser: Visit, site: Site, phone: Phone) -> None:
    """The page has said that it cannot be reached, and takes that back by itself."""
    visitor, held = open_browser(), list[Route]()
    visitor.page.route(f"**{SCRIPT}", lambda route: held.append(route))
    visitor.stop_clock()
    begin(visitor, phone)
    with visitor.page.expect_response("**/sin-formulario"):
        visitor.page.clock.run_for(UNREACHABLE_MS)
    alert = visitor.page.get_by_role("alert")
    expect(alert).to_contain_text("No se hizo ningún cargo")
    held[0].continue_()
    visitor.page.locator("#pay:enabled").wait_for()
    expect(alert).to_be_hidden()
    assert not visitor.page.locator("#reload").is_visible()
    visitor.fill()
    visitor.pay()
    assert visitor.title == "¡Conectado!"
    assert states(site, phone) == ["delivered"]


@pytest.mark.parametrize("how", ["half", "twice"])
def test_cut_off_or_more_than_once(open_browser: Visit, site: Site, phone: Phone, how: str) -> None:
    visitor = open_browser()

    def answer(route: Route) -> None:
        whole = route.fetch()
        body = whole.text()
        told = body[: len(body) // 2] if how == "half" else body * 2 + TOLD_TWICE
        route.fulfill(response=whole, body=told)

    visitor.page.route(f"**{SCRIPT}", answer)
    visitor.stop_clock()
    begin(visitor, phone)
    if how == "half":
        # At once: the clock stands still.
        expect(visitor.page.get_by_role("alert")).to_contain_text("No se hizo ningún cargo")
        assert visitor.page.locator("#pay").is_disabled()
        return
    visitor.page.locator("#pay:enabled").wait_for()
    assert visitor.page.locator("#card iframe").count() == 1
    visitor.fill()
    visitor.pay()
    assert visitor.title == "¡Conectado!"
    assert states(site, phone) == ["delivered"]
