"""Give tests a browser of each kind, which those of a process share; a pytest plugin.

To launch one takes longer than most of them. While one is open, an event loop of its own stands
still in the main thread: whoever needs another runs it in a thread (`support/event_loops.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests.support.browsers import chromium
from tests.support.browsers import webkit as system_webkit
from tests.support.browsers.webdriver import WebDriver


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with chromium.launched_by(playwright) as browser:
        yield browser


@pytest.fixture(scope="session")
def lent(browser: Browser) -> Iterator[BrowserContext]:
    """A phone that people use one after another: to open a window takes long."""
    with closing(chromium.new_context(browser)) as context:
        yield context


@pytest.fixture(scope="session")
def whole_browser(playwright: Playwright) -> Iterator[Browser]:
    with chromium.launched_by(playwright, whole=True) as browser:
        yield browser


@pytest.fixture(scope="session")
def whole_lent(whole_browser: Browser) -> Iterator[BrowserContext]:
    """Such a phone, on which Back brings pages back alive."""
    with closing(chromium.new_context(whole_browser)) as context:
        yield context


@pytest.fixture(scope="session")
def lent_webkit() -> Iterator[WebDriver]:
    with system_webkit.launched() as driver:
        yield driver


@pytest.fixture(scope="module")
def webkit(lent_webkit: WebDriver) -> Iterator[WebDriver]:
    """The same phone for a module's tests, which hand it on as it was."""
    yield lent_webkit
    lent_webkit.delete_cookies()
    lent_webkit.resize(*system_webkit.SIZE)
