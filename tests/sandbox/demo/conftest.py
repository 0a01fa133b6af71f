"""Give the tests of a file one demo and one window, which take longer to open than most of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.sandbox.demo.running import demo
from tests.support.browsers.chromium import page_of


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What a demo of this module says of itself."""
    with demo(tmp_path_factory.mktemp("demo") / "instance", "--json") as running:
        yield running.wait_for_json()


@pytest.fixture(scope="module")
def lent_page(browser: Browser) -> Iterator[Page]:
    """A window for all of them, one after another."""
    with page_of(browser, locale="es-MX") as page:
        yield page
