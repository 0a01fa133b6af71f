"""Steer a customer's phone with WebKit in it, the ways that `Visitor` goes with Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.pages.browser import APPROVED, FIRST_LOOK, keep
from tests.pages.site import Phone, Site
from tests.support.browsers.webdriver import WebDriver
from tests.support.browsers.webkit import SIZE

# As the protocol names them.
KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Control": "\ue009"}
# Nothing in the protocol says what the phone wants, so the page's own rules are told.
SCHEME = """
const isDark = "(prefers-color-scheme: dark)";
window.darkRules ||= [...document.styleSheets].flatMap(sheet => [...sheet.cssRules]).filter(
  rule => rule.media && rule.media.mediaText === isDark);
window.darkRules.forEach(rule => { rule.media.mediaText = arguments[0] ? "all" : "not all"; });
document.documentElement.style.colorScheme = arguments[0] ? "dark" : "light";
"""


class WebKitVisitor:
    """Somebody at a site with a phone."""

    def __init__(self, site: Site, driver: WebDriver) -> None:
        self.site, self.driver = site, driver

    def join(self, phone: Phone) -> None:
        """Open the WiFi's page as a phone does: by asking for something else."""
        self.driver.go(self.site.hotspot.phone_url(phone.mac, FIRST_LOOK))

    def arrive(self, phone: Phone | None = None, **query: str) -> None:
        """Be sent to the portal by the router."""
        self.driver.go(self.site.address(phone, **query))

    def go(self, url: str) -> None:
        """Open this address."""
        self.driver.go(url)

    def choose(self, price: str = "$20") -> None:
        """Take the plan of this price, and wait for the card form."""
        plan = f"//section[contains(@class, 'plan')][contains(., '{price}')]"
        self.driver.click(f"{plan}//button")
        self.await_form()

    def fill(self, number: str = APPROVED, **fields: str) -> None:
        """Fill the form in, the card's in its frame."""
        values = {"email_cliente": "jose.nunez@example.com"}
        for name, value in (values | fields).items():
            self.enter(name, value)
        self.driver.enter_frame("#card iframe")
        # The driver cannot give the focus to a field in a frame of another origin.
        self.driver.run("document.getElementById('number').value = arguments[0]", number)
        self.driver.leave_frame()

    def pay(self) -> None:
        """Press the button, and wait for what comes of it."""
        with self.leaving():
            self.driver.click("#pay")

    @contextmanager
    def leaving(self) -> Iterator[None]:
        """Wait until what the block does has led to another page."""
        self.driver.run("window.old = true")
        yield
        self._await_other_page()

    def key(self, name: str) -> None:
        """Press a key of the keyboard, `Tab` or `Enter`."""
        self.driver.press(KEYS[name])

    def type(self, text: str) -> None:
        """Type this in place of what the field holds."""
        self.driver.press("a", held=KEYS["Control"])
        self.driver.press(*text)

    def buy(self, phone: Phone | None, price: str = "$20", number: str = APPROVED) -> None:
        """All of it."""
        self.arrive(phone)
        self.choose(price)
        self.fill(number)
        self.pay()

    def back(self) -> None:
        """Press the browser's own button."""
        self.driver.back()

    def press(self, name: str) -> None:
        """Press what is called so, a button or a link."""
        called = f"normalize-space()='{name}'"
        self.driver.click(f"//*[self::a or self::button][{called}]")

    def enter(self, field: str, text: str) -> None:
        """Type into the field of this name."""
        self.driver.fill(f"[name={field}]", text)

    def value(self, field: str) -> str:
        """What stands in the field of this name."""
        return str(self.driver.run(f"return document.querySelector('[name={field}]').value"))

    def await_title(self, title: str) -> None:
        """Wait until the page says this at its top."""
        self.driver.wait_for(lambda: self.title == title, f"the title {title!r}")

    def await_text(self, text: str) -> None:
        """Wait until the page says this somewhere."""
        self.driver.wait_for(lambda: text in self.text, repr(text))

    def await_form(self) -> None:
        """Wait until the card form can be sent."""
        enabled = "return Boolean(document.querySelector('#pay:enabled'))"
        self.driver.wait_for(lambda: self.driver.run(enabled), "the card form")

    def await_fresh_page(self) -> None:
        """Wait until the page has come again by itself."""
        with self.leaving():
            pass

    def _await_other_page(self) -> None:
        other = "return !window.old && document.readyState === 'complete'"
        self.driver.wait_for(lambda: self.driver.run(other), "another page")

    @property
    def address(self) -> str:
        """Where the browser is."""
        return self.driver.url

    @property
    def text(self) -> str:
        """All that the page says."""
        return str(self.driver.run("return document.body.innerText"))

    @property
    def title(self) -> str:
        """What the page says at its top."""
        return str(self.driver.run("return document.querySelector('h1').innerText"))

    @property
    def codes(self) -> list[str]:
        """The credentials that the page shows."""
        script = "return [...document.querySelectorAll('.code')].map(code => code.innerText)"
        return list(self.driver.run(script))

    def run(self, script: str, *arguments: Any) -> Any:
        """What a function with this body returns in the page."""
        return self.driver.run(script, *arguments)

    def resize(self, width: int) -> None:
        """Let the phone be as wide, in pixels."""
        self.driver.resize(width, SIZE[1])
        there = "return innerWidth === arguments[0]"
        self.driver.wait_for(lambda: self.driver.run(there, width), f"a width of {width} px")

    def darken(self, dark: bool) -> None:
        """Let the page be as those see it who want it dark, or light."""
        self.driver.run(SCHEME, dark)

    def shoot(self, name: str) -> None:
        """Keep a picture of the window for people to look at."""
        keep(f"webkit-{name}", self.driver.screenshot)
