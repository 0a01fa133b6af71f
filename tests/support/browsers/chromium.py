"""Launch the system's Chromium, which reaches nothing but this machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests.support.browsers import axe
from tests.support.patience import PATIENCE

WHOLE = ("chromium", "chromium-browser", "google-chrome")
# What draws no window takes two thirds of the time, but brings no page back alive.
QUICK = ("chromium-headless-shell", *WHOLE)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page lives too briefly to win back what these compilers of its scripts take.
    "--js-flags=--no-opt --no-maglev",
    # Whatever would leave the machine finds no address to go to.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
# What Playwright turns off, though every phone has it: pages that Back brings back alive.
UNLIKE_PHONES = ("--disable-back-forward-cache",)


PHONE_SIZE = {"width": 390, "height": 844}
PATIENCE_MS = 1000 * PATIENCE
# Five seconds else, which a busy machine may need to show a page.
expect.set_options(timeout=PATIENCE_MS)


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser of one's own. Skips where there is none, which in CI is a failure."""
    with sync_playwright() as playwright, launched_by(playwright) as browser:
        yield browser


@contextmanager
def launched_by(playwright: Playwright, *, whole: bool = False) -> Iterator[Browser]:
    """The same, of which a thread may have several; `whole` is one that brings pages back alive."""
    names = WHOLE if whole else QUICK
    executable = next(filter(None, map(shutil.which, names)), None)
    if executable is None:
        pytest.skip("no Chromium")
    browser = playwright.chromium.launch(
        executable_path=executable, args=list(QUIET), ignore_default_args=list(UNLIKE_PHONES)
    )
    with closing(browser):
        yield browser


@contextmanager
def page_of(browser: Browser, **options: Any) -> Iterator[Page]:
    """An empty page that shares nothing with others; `options` as Playwright's contexts take."""
    with closing(_patient(browser.new_context(**options))) as context:
        yield context.new_page()


@contextmanager
def open_page(**options: Any) -> Iterator[Page]:
    """Such a page of a browser of its own."""
    with launched() as browser, page_of(browser, **options) as page:
        yield page


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """A phone's browser with nothing in it; Spanish unless `locale` says else."""
    phone = {
        "viewport": PHONE_SIZE,
        "locale": "es-MX",
        "is_mobile": True,
        "has_touch": True,
        "device_scale_factor": 2,
    }
    return _patient(browser.new_context(**(phone | options)))


def _patient(context: BrowserContext) -> BrowserContext:
    context.set_default_timeout(PATIENCE_MS)
    return context


def inspect(page: Page) -> None:
    """Assert that everybody can use the page, whatever they see or press with (axe-core)."""
    assert axe.complaints(partial(run, page)) == []


def run(page: Page, script: str, *arguments: Any) -> Any:
    """Give what a function with this body returns in the page."""
    called = f"args => (function () {{ {script}\n }}).apply(null, args)"
    return page.evaluate(called, list(arguments))
