"""Answer again what was answered a moment ago, without waking the application for it.

A catalogue is asked for far more often than it changes, and its answer is the same for whoever asks
by the same key: all but the request's id is sent as it was, counted and logged as any other.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask, request

from portal.core.metrics import count_request
from portal.web.request_context import REQUEST_ID, id_for, log_request, start_log

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MARK = "portal.replay"
MOST = 1024
# What went wrong after all, once, is not to go wrong again and again.
GOOD = ("200", "304")
# All that an answer that is kept may depend on; the pages, which speak two languages, keep none.
ASKED = (
    "PATH_INFO",
    "QUERY_STRING",
    "HTTP_X_API_KEY",
    "HTTP_AUTHORIZATION",
    "HTTP_IF_NONE_MATCH",
    "HTTP_ORIGIN",
    "wsgi.url_scheme",
)


@dataclass(frozen=True)
class KeptAnswer:
    """Hold an answer as it was sent, good until a moment of the monotonic clock."""

    until: float
    route: str
    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def register(app: Flask) -> None:
    """Bind to the application."""
    app.wsgi_app = Replay(app.wsgi_app)  # type: ignore[method-assign,assignment]


def answer_again(until: float) -> None:
    """Have the answer to the request at hand sent again to whoever asks the same until then.

    Only for an answer that depends on nothing but what `ASKED` names.
    """
    route = request.url_rule.rule if request.url_rule else ""
    request.environ[MARK] = (until, route)


class Replay:
    """Stand before the application, and keep what it wants to be sent again."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self._kept: dict[bytes, KeptAnswer] = {}

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        if environ["REQUEST_METHOD"] != "GET":
            return self._application(environ, start)
        question = _question(environ)
        answer = self._kept.get(question)
        if answer is None or time.monotonic() >= answer.until:
            return self._ask(question, environ, start)
        return _send(answer, environ, start)

    def _ask(
        self, question: bytes, environ: WSGIEnvironment, start: StartResponse
    ) -> Iterable[bytes]:
        head: dict[str, Any] = {}

        def note(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            head["status"] = status
            head["headers"] = tuple(pair for pair in headers if pair[0] != REQUEST_ID)
            return start(status, headers, *error)

        parts = self._application(environ, note)
        if MARK not in environ or not head["status"].startswith(GOOD):
            return parts
        body = b"".join(parts)
        if callable(close := getattr(parts, "close", None)):
            close()
        if len(self._kept) >= MOST:
            self._kept.clear()
        until, route = environ[MARK]
        self._kept[question] = KeptAnswer(until=until, route=route, body=body, **head)
        return [body]


def _question(environ: WSGIEnvironment) -> bytes:
    # A digest, so that no key lies in memory as it came.
    asked = "\0".join([environ.get(name, "") for name in ASKED])
    return hashlib.sha256(asked.encode(errors="surrogatepass")).digest()


def _send(answer: KeptAnswer, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    began = time.perf_counter()
    request_id = id_for(environ.get("HTTP_X_REQUEST_ID", ""))
    start_log(request_id)
    start(answer.status, [*answer.headers, (REQUEST_ID, request_id)])
    status = int(answer.status[:3])
    count_request("GET", answer.route, status, began)
    log_request("GET", environ["PATH_INFO"], status, began)
    return [answer.body]
