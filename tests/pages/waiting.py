"""Wait in a page until it says something, told by the page itself.

Playwright's own expectations first bring into every page what finds elements in it, 300 KB.
"""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Error, Page

from tests.support.browsers.chromium import run
from tests.support.patience import PATIENCE

# What is said of a page that is left while it is asked.
LEFT = ("Execution context was destroyed", "Cannot find context")
UNTIL = """
const [patience, ...asked] = arguments;
const said = element => element ? element.textContent.replace(/\\s+/g, " ").trim() : "";
const holds = () => (%s);
return new Promise(tell => {
  const changes = new MutationObserver(() => look());
  const look = () => { if (holds()) { changes.disconnect(); tell(true); } };
  const all = {subtree: true, childList: true, characterData: true, attributes: true};
  changes.observe(document, all);
  addEventListener("load", look);
  setTimeout(() => tell(false), patience);
  look();
});"""
TITLE = 'said(document.querySelector("h1")) === asked[0]'
TEXT = "said(document.body).includes(asked[0])"
FORM = 'document.querySelector("#pay:enabled")?.checkVisibility()'


def until(page: Page, holds: str, *asked: Any) -> None:
    """Return as soon as this holds in the page, or in one that comes in its place."""
    end = time.monotonic() + PATIENCE
    while (left := end - time.monotonic()) > 0:
        try:
            if run(page, UNTIL % holds, 1000 * left, *asked):
                return
        except Error as error:
            if not any(sentence in str(error) for sentence in LEFT):
                raise
    text = page.locator("body").inner_text()
    raise AssertionError(f"waited in vain for {holds} {asked} at {page.url}:\n{text}")
