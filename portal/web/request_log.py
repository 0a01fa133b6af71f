"""A request id on every answer, and one log line a request."""

from __future__ import annotations

import re
import time

import structlog
from flask import Flask, Response, g, request

from portal.core.logs import log
from portal.core.records import new_id

SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")


def register(app: Flask) -> None:
    """Bind to the application."""
    app.before_request(_begin)
    app.after_request(_end)


def request_id() -> str:
    """The id of the request at hand."""
    found: str = g.request_id
    return found


def _begin() -> None:
    sent = request.headers.get("X-Request-ID", "")
    g.request_id = sent if SANE.fullmatch(sent) else new_id("", 16, upper=False)
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.request_id
    milliseconds = round((time.perf_counter() - g.began) * 1000, 1)
    log().info(
        "request",
        method=request.method,
        path=request.path,
        status=response.status_code,
        ms=milliseconds,
    )
    return response
