"""Steer a customer's phone: Chromium in a phone's size, noting all that a page complains of."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    expect,
)

from tests.pages.site import Phone, Site
from tests.support.browsers import chromium as browser
from tests.support.browsers.chromium import PATIENCE_MS, PHONE_SIZE, new_context
from tests.support.processes.commands import CHECKOUT

SCREENSHOTS = CHECKOUT / "screenshots"
# What a page that comes anew by itself makes of a way back that has begun.
ABORTED = "net::ERR_ABORTED"
# What is said of a page in whose place another one is brought back alive at that moment.
REPLACED = "Not attached to an active page"
FIRST_LOOK = "http://captive.apple.com/hotspot-detect.html"

APPROVED, DECLINED, CHALLENGED = "4242424242424242", "4000000000000002", "4000000000001091"
CARDS = (APPROVED, DECLINED, CHALLENGED)
SOLE = """const [selector, property] = arguments, found = document.querySelectorAll(selector);
return found.length === 1 ? found[0][property] : null"""
CODES = "return [...document.querySelectorAll('.code')].map(code => code.innerText)"


def keep(name: str, take: Callable[[], bytes]) -> None:
    """Keep a picture for whoever asked for them; to take one takes long."""
    if os.environ.get("PORTAL_SCREENSHOTS"):
        SCREENSHOTS.mkdir(exist_ok=True)
        (SCREENSHOTS / f"{name}.png").write_bytes(take())


class Visitor:
    """Somebody at a site with a phone.

    `complaints`: what the console said; `sent`: what the site was sent, address and body.
    """

    def __init__(self, site: Site, context: BrowserContext) -> None:
        self.site, self.context = site, context
        self.complaints: list[str] = []
        self.sent: list[str] = []
        self._has_scheme = False
        self._ears = {"console": self._hear, "pageerror": self._fail, "request": self._see}
        self.page = self._listen(context.pages[0] if context.pages else context.new_page())

    def _listen(self, page: Page) -> Page:
        page.set_default_timeout(PATIENCE_MS)
        for event, ear in self._ears.items():
            page.on(event, ear)
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        ours = self.page.url.startswith(self.site.url)
        if ours and message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def _fail(self, error: Error) -> None:
        self.complaints.append(str(error))

    def _see(self, request: Request) -> None:
        if request.url.startswith(self.site.url):
            self.sent.append(f"{request.method} {request.url} {request.post_data or ''}")

    def leave(self) -> None:
        """Hand the phone on, with nothing left in its browser."""
        for event, ear in self._ears.items():
            self.page.remove_listener(event, ear)
        self.page.unroute_all()
        self.context.set_offline(False)
        self.context.clear_permissions()
        if self.page.viewport_size != PHONE_SIZE:
            self.page.set_viewport_size(PHONE_SIZE)
        # The page is painted anew each time, whatever it wanted before.
        if self._has_scheme:
            self.page.emulate_media(color_scheme="null")
        # Of the same site: another one would take a new process.
        self.page.goto(f"{self.site.url}/healthz")
        session = self.context.new_cdp_session(self.page)
        session.send("Network.clearBrowserCache")
        session.detach()
        self.context.clear_cookies()

    def check(self) -> None:
        """What holds for every customer, whatever they do."""
        assert self.complaints == [], self.complaints
        assert not any(number in said for number in CARDS for said in self.sent)
        assert self.context.cookies() == []
        assert self.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]

    def come_back(self) -> None:
        """Close the page and open another, as when somebody changes to another app."""
        self.page.close()
        self.page = self._listen(self.context.new_page())

    def arrive(self, phone: Phone | None = None, **query: str) -> None:
        """Be sent to the portal by the router."""
        self.page.goto(self.site.address(phone, **query))

    def go(self, url: str) -> None:
        """Open this address."""
        self.page.goto(url)

    def choose(self, price: str = "$20") -> None:
        """Take the plan of this price, and wait for the card form."""
        self.page.locator(".plan", has_text=price).get_by_role("button").click()
        self.page.locator("#pay:enabled").wait_for()

    def fill(self, number: str = APPROVED, **fields: str) -> None:
        """Fill the form in, the card's in its frame."""
        values = {"email_cliente": "jose.nunez@example.com"}
        for name, value in (values | fields).items():
            self.page.locator(f"[name={name}]").fill(value)
        self.page.frame_locator("#card iframe").locator("#number").fill(number)

    def pay(self) -> None:
        """Press the button, and wait for what comes of it."""
        with self.leaving():
            self.page.locator("#pay").click()

    @contextmanager
    def leaving(self) -> Iterator[None]:
        """Wait until what the block does has led to another page."""
        with self.page.expect_navigation(wait_until="load"):
            yield

    def stop_clock(self) -> None:
        """Let no time pass in pages but what `page.clock` is told; for a phone of one's own."""
        now = datetime.now(UTC)
        self.page.clock.install(time=now)
        self.page.clock.pause_at(now + timedelta(seconds=1))

    def key(self, name: str) -> None:
        """Press a key of the keyboard, `Tab` or `Enter`."""
        self.page.keyboard.press(name)

    def type(self, text: str) -> None:
        """Type this in place of what the field holds."""
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def buy(self, phone: Phone | None, price: str = "$20", number: str = APPROVED) -> None:
        """All of it."""
        self.arrive(phone)
        self.choose(price)
        self.fill(number)
        self.pay()

    def join(self, phone: Phone) -> None:
        """Open the WiFi's page as a phone does: by asking for something else."""
        self.page.goto(self.site.hotspot.phone_url(phone.mac, FIRST_LOOK))

    def back(self) -> None:
        """Press the browser's own button, again where the page came anew at that moment."""
        stood_at = self._place_in_history()
        assert stood_at > 0, "there is no page to go back to"
        while self._place_in_history() == stood_at:
            self._go_back()

    def _place_in_history(self) -> int:
        while True:
            session = self.context.new_cdp_session(self.page)
            try:
                return int(session.send("Page.getNavigationHistory")["currentIndex"])
            except Error as error:
                if REPLACED not in str(error):
                    raise
            finally:
                session.detach()

    def _go_back(self) -> None:
        try:
            self.page.go_back(wait_until="commit")
        except Error as error:
            if ABORTED not in str(error):
                raise

    def press(self, name: str) -> None:
        """Press what is called so, a button or a link."""
        button, link = (self.page.get_by_role(role, name=name) for role in ("button", "link"))
        button.or_(link).click()

    def enter(self, field: str, text: str) -> None:
        """Type into the field of this name."""
        self.page.locator(f"[name={field}]").fill(text)

    def value(self, field: str) -> str:
        """What stands in the field of this name."""
        found = self._sole(f"[name={field}]", "value")
        return found if found is not None else self.page.locator(f"[name={field}]").input_value()

    def _sole(self, selector: str, prop: str) -> str | None:
        """A property of the one element there is; None where one has to be waited for.

        What Playwright looks for elements with is brought into each page anew, and is large.
        """
        try:
            found = self.run(SOLE, selector, prop)
        except Error:
            return None
        return None if found is None else str(found)

    def await_title(self, title: str) -> None:
        """Wait until the page says this at its top."""
        expect(self.page.locator("h1").first).to_have_text(title, timeout=PATIENCE_MS)

    def await_text(self, text: str) -> None:
        """Wait until the page says this somewhere."""
        expect(self.page.locator("body")).to_contain_text(text, timeout=PATIENCE_MS)

    def await_form(self) -> None:
        """Wait until the card form can be sent."""
        self.page.locator("#pay:enabled").wait_for()

    def await_fresh_page(self) -> None:
        """Wait until the page has come again by itself."""
        with self.page.expect_navigation():
            pass

    @property
    def address(self) -> str:
        """Where the browser is."""
        return self.page.url

    @property
    def text(self) -> str:
        """All that the page says."""
        found = self._sole("body", "innerText")
        return found if found is not None else self.page.locator("body").inner_text()

    @property
    def title(self) -> str:
        """What the page says at its top."""
        found = self._sole("h1", "innerText")
        return found if found is not None else self.page.locator("h1").inner_text()

    @property
    def codes(self) -> list[str]:
        """The credentials that the page shows."""
        return list(self.run(CODES))

    def run(self, script: str, *arguments: Any) -> Any:
        """What a function with this body returns in the page."""
        return browser.run(self.page, script, *arguments)

    def resize(self, width: int) -> None:
        """Let the phone be as wide, in pixels."""
        self.page.set_viewport_size({"width": width, "height": PHONE_SIZE["height"]})

    def darken(self, dark: bool) -> None:
        """Want pages dark, or light."""
        self._has_scheme = True
        self.page.emulate_media(color_scheme="dark" if dark else "light")

    def inspect(self) -> None:
        """Whether everybody can use the page."""
        said = list(self.complaints)
        browser.inspect(self.page)
        # Without what the inspector itself left on the console.
        self.complaints[:] = said

    def shoot(self, name: str) -> None:
        """Keep a picture of the page for people to look at."""
        keep(name, lambda: self.page.screenshot(full_page=True))


@contextmanager
def visit(site: Site, browser: Browser, **options: Any) -> Iterator[Visitor]:
    """Somebody at this site with a phone of their own."""
    with closing(new_context(browser, **options)) as context:
        yield Visitor(site, context)
