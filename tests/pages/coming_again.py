"""Read when, and where, a page of ours goes on by itself."""

from __future__ import annotations

import re
from html import unescape

from playwright.sync_api import Route
from werkzeug.test import TestResponse

ELEMENT = re.compile(r'<meta http-equiv="refresh" content="([^"]*)">')
SECONDS = re.compile(r'(?<=data-seconds=")\d+')
LONG = "3600"


def next_look(answer: TestResponse) -> str | None:
    """When and where the page goes, as the element says it; None where it stays."""
    if said := answer.headers.get("Refresh"):
        return said
    found = ELEMENT.search(answer.text)
    return unescape(found[1]) if found else None


def next_address(answer: TestResponse) -> str:
    """Where it goes; empty where it stays, or comes anew where it is."""
    return (next_look(answer) or "").partition(";url=")[2]


def hold(route: Route) -> None:
    """Let a page that would move on by itself stay."""
    answer = route.fetch()
    route.fulfill(response=answer, body=SECONDS.sub(LONG, answer.text()))
