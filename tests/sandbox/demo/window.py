"""Look at a demo through one window, which a file's tests use one after another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import ConsoleMessage, Page


@contextmanager
def watched(page: Page) -> Iterator[Page]:
    """Let nothing appear on a console, and hand the window on with no other one beside it."""
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        complaints.append(message.text)

    page.context.on("console", hear)
    try:
        yield page
    finally:
        page.context.remove_listener("console", hear)
        for other in page.context.pages[1:]:
            other.close()
        page.context.clear_cookies()
    assert complaints == []
