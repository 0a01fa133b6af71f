"""Give a module's tests a browser in which Back brings pages back alive, as on every phone.

A test module imports both fixtures, in place of those of its folder.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext


@pytest.fixture
def browser(whole_browser: Browser) -> Browser:
    return whole_browser


@pytest.fixture
def lent(whole_lent: BrowserContext) -> BrowserContext:
    return whole_lent
