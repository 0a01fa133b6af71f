"""Give one site and one browser to all tests of pages; each test is another customer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext

from portal.pages import result
from tests.pages.browser import Visitor, visit
from tests.pages.keyboard import KeyboardVisitor, KeyboardWebKitVisitor
from tests.pages.site import Phone, Site, open_site

Visit = Callable[..., Visitor]
Customer = KeyboardVisitor | KeyboardWebKitVisitor
Lent = TypeVar("Lent", bound=Visitor)


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("site")) as opened:
        yield opened


@pytest.fixture
def client(site: Site) -> FlaskClient:
    """A browser that only reads."""
    return site.shop.app.test_client()


@pytest.fixture
def phone(site: Site) -> Phone:
    return site.new_phone()


@pytest.fixture
def open_browser(site: Site, browser: Browser) -> Iterator[Visit]:
    """Opens a phone's browser with options of the test's own, `site` among them."""
    with ExitStack() as stack:

        def open_one(**options: Any) -> Visitor:
            where = options.pop("site", site)
            return stack.enter_context(visit(where, browser, **options))

        yield open_one


@pytest.fixture
def visitor(site: Site, lent: BrowserContext) -> Iterator[Visitor]:
    """A customer, on whose console nothing must appear, and in whose browser nothing stays."""
    with lent_to(Visitor(site, lent)) as customer:
        yield customer


@contextmanager
def lent_to(customer: Lent) -> Iterator[Lent]:
    """Look after a customer with a lent phone, and hand it on with nothing left in it."""
    yield customer
    try:
        customer.check()
    finally:
        customer.leave()


@pytest.fixture
def typist(site: Site, lent: BrowserContext) -> Iterator[KeyboardVisitor]:
    """A customer with a small phone that wants pages dark."""
    with lent_to(KeyboardVisitor(site, lent)) as customer:
        customer.resize(320)
        customer.darken(True)
        yield customer


@pytest.fixture(params=["chromium", "webkit"])
def customer(request: pytest.FixtureRequest, site: Site) -> Customer:
    """Somebody with a phone of either kind, who has nothing but its keys."""
    if request.param == "webkit":
        return KeyboardWebKitVisitor(site, request.getfixturevalue("webkit"))
    typist: KeyboardVisitor = request.getfixturevalue("typist")
    return typist


@pytest.fixture
def soon_at_the_bank(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let who is back from the bank within a second, as no person is, be told at once."""
    monkeypatch.setattr(result, "BETWEEN_LOOKS", timedelta(0))


@pytest.fixture(autouse=True)
def _healthy(site: Site) -> Iterator[None]:
    """What a test did to the sandboxes is its own."""
    yield
    site.shop.gateway.heal()
    site.shop.router.faults.clear()
