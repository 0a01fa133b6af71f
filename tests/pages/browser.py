"""A customer's phone: Chromium in a phone's size, noting all that a page complains of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.pages.site import Phone, Site
from tests.support.commands import CHECKOUT

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
SIZE = {"width": 390, "height": 844}
SCREENSHOTS = CHECKOUT / "screenshots"
PATIENCE = 15_000

APPROVED, DECLINED, CHALLENGED = "4242424242424242", "4000000000000002", "4000000000001091"


class Visitor:
    """Somebody at a site with a phone. `complaints`: what the console said."""

    def __init__(self, site: Site, context: BrowserContext) -> None:
        self.site, self.context = site, context
        self.complaints: list[str] = []
        self.page = self._open()

    def _open(self) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        ours = self.page.url.startswith(self.site.url)
        if ours and message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def come_back(self) -> None:
        """Close the page and open another, as when somebody changes to another app."""
        self.page.close()
        self.page = self._open()

    def arrive(self, phone: Phone | None = None, **query: str) -> None:
        """Be sent to the portal by the router."""
        self.page.goto(self.site.address(phone, **query))

    def choose(self, price: str = "$20") -> None:
        """Take the plan of this price, and wait for the card form."""
        self.page.locator(".plan", has_text=price).get_by_role("button").click()
        self.page.locator("#pay:enabled").wait_for()

    def fill(self, number: str = APPROVED, **fields: str) -> None:
        """Fill the form in, the card's in its frame."""
        values = {"nombre_cliente": "José Ñúñez Pérez", "email_cliente": "jose@example.com"}
        for name, value in (values | fields).items():
            self.page.locator(f"[name={name}]").fill(value)
        self.page.frame_locator("#card iframe").locator("#number").fill(number)

    def pay(self) -> None:
        """Press the button, and wait for what comes of it."""
        with self.page.expect_navigation(wait_until="load"):
            self.page.locator("#pay").click()

    def buy(self, phone: Phone | None, price: str = "$20", number: str = APPROVED) -> None:
        """All of it."""
        self.arrive(phone)
        self.choose(price)
        self.fill(number)
        self.pay()

    @property
    def title(self) -> str:
        """What the page says at its top."""
        return self.page.locator("h1").inner_text()

    @property
    def codes(self) -> list[str]:
        """The credentials that the page shows."""
        return self.page.locator(".code").all_inner_texts()

    def shoot(self, name: str) -> None:
        """Keep a picture of the page for people to look at."""
        SCREENSHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


@contextmanager
def visit(site: Site, browser: Browser, **options: Any) -> Iterator[Visitor]:
    """A phone's browser with nothing in it, at this site; Spanish unless `locale` says else."""
    phone = {
        "viewport": SIZE,
        "locale": "es-MX",
        "is_mobile": True,
        "has_touch": True,
        "device_scale_factor": 2,
    }
    context = browser.new_context(**(phone | options))
    try:
        yield Visitor(site, context)
    finally:
        context.close()
