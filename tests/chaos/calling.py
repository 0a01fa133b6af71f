"""Talk to the portal as customers' phones do: raw HTTP, with time-outs and early good-byes."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.support.page_buyer import Page

BUY = "/api/v1/payments/pagar-conekta"
BUY_ANYWHERE = "/api/v1/payments/pagar"
ANSWER_SECONDS = 6.0


@dataclass(frozen=True)
class Answer:
    """What a phone was told; `at` is a moment of the monotonic clock."""

    status: int
    body: dict[str, Any] = field(repr=False)
    at: float = field(default_factory=time.monotonic)

    @property
    def detail(self) -> str:
        """The sentence of an error."""
        return str(self.body.get("detail", ""))


def call(
    port: int, method: str, path: str, headers: Mapping[str, str], body: object = None
) -> Answer | None:
    """None where no whole answer came."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)) as line:
        try:
            _send(line, method, path, headers, body)
            response = line.getresponse()
            return Answer(response.status, json.loads(response.read()))
        except (OSError, HTTPException, ValueError):
            return None


def call_and_leave(
    port: int, path: str, headers: Mapping[str, str], body: object, seconds: float
) -> None:
    """Ask, and hang up so many seconds later, answer or not."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)) as line:
        try:
            _send(line, "POST", path, headers, body)
        except OSError:
            return
        time.sleep(seconds)


def fetch(port: int, method: str, path: str, form: Mapping[str, str] | None = None) -> Page | None:
    """A page, as a browser that runs no script is given it; None where none came."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)) as line:
        try:
            _send_form(line, method, path, form)
            response = line.getresponse()
            location = response.getheader("Location", "")
            return Page(response.status, response.read().decode(), location)
        except (OSError, HTTPException, ValueError):
            return None


def fetch_and_leave(port: int, path: str, form: Mapping[str, str], seconds: float) -> None:
    """Send a form, and hang up so many seconds later."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)) as line:
        try:
            _send_form(line, "POST", path, form)
        except OSError:
            return
        time.sleep(seconds)


def type_code(url: str, code: str) -> None:
    """Answer the bank's question on its 3DS page; the bank may be out of reach."""
    where = urlsplit(url)
    with closing(HTTPConnection(where.netloc, timeout=ANSWER_SECONDS)) as line:
        try:
            _send_form(line, "POST", where.path, {"code": code})
            line.getresponse().read()
        except (OSError, HTTPException):
            return


def _send(
    line: HTTPConnection, method: str, path: str, headers: Mapping[str, str], body: object
) -> None:
    if body is None:
        line.request(method, path, headers=dict(headers))
    else:
        line.request(
            method, path, json.dumps(body), {"Content-Type": "application/json", **headers}
        )


def _send_form(
    line: HTTPConnection, method: str, path: str, form: Mapping[str, str] | None
) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    line.request(method, path, None if form is None else urlencode(form), kind if form else {})
