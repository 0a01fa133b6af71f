"""Give a folder's tests a browser of each kind; its `conftest.py` imports those that it needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests.support.browsers import chromium
from tests.support.browsers import webkit as system_webkit
from tests.support.browsers.webdriver import WebDriver


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with chromium.launched_by(playwright) as browser:
        yield browser


@pytest.fixture(scope="package")
def lent(browser: Browser) -> Iterator[BrowserContext]:
    """A phone that people use one after another: to open a window takes long."""
    with closing(chromium.new_context(browser)) as context:
        yield context


@pytest.fixture(scope="package")
def whole_browser(playwright: Playwright) -> Iterator[Browser]:
    with chromium.launched_by(playwright, whole=True) as browser:
        yield browser


@pytest.fixture(scope="package")
def whole_lent(whole_browser: Browser) -> Iterator[BrowserContext]:
    """Such a phone, on which Back brings pages back alive."""
    with closing(chromium.new_context(whole_browser)) as context:
        yield context


@pytest.fixture(scope="package")
def webkit() -> Iterator[WebDriver]:
    with system_webkit.launched() as driver:
        yield driver
