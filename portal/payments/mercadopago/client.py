"""Call Mercado Pago over HTTP: one call in, one value out. Owns deadlines, size limits and timing.

Its own SDK draws a new idempotency key for every call and repeats some of them by itself, so that
a lost answer could charge twice; here each write names what it is, and says so again if repeated.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any, Literal

import requests
from urllib3 import Timeout
from urllib3.exceptions import HTTPError, ReadTimeoutError

from portal.payments.session import never_sent, new_session

MAX_ANSWER_BYTES = 4 * 1024 * 1024
# What makes a UUID, as the key's format is, of the words that name a write.
NAMESPACE = uuid.UUID("6a1f3a52-54a0-5c0b-9d6f-3f6d3f0b7f11")
HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": "Portal",
}

logger = logging.getLogger(__name__)

Observe = Callable[[str, float, str], None]
Security = Literal["supported", "required", "never"]


@dataclass(frozen=True)
class MercadoPagoSettings:
    """Say how to reach Mercado Pago. Timeouts in seconds; `read_timeout` is for a whole answer.

    `security` says when a card's bank is asked to confirm (3DS). `pool_size` is the idle
    connections kept in a process: not fewer than its threads. `ca_bundle` is a PEM file's path,
    certifi's where None.
    """

    base_url: str = "https://api.mercadopago.com"
    connect_timeout: float = 3.05
    read_timeout: float = 15.0
    security: Security = "supported"
    pool_size: int = 32
    ca_bundle: str | None = None


@dataclass(frozen=True)
class HttpCall:
    """Hold a call. `kind` names it to the observer; `key` names a write, and None a question.

    A call that was dropped goes once more: a question costs nothing, and a write with the same
    key is answered with the first one's result.
    """

    kind: str
    method: Literal["GET", "POST"]
    path: str
    key: str | None = None
    body: object = field(default=None, repr=False)


@dataclass(frozen=True)
class HttpAnswer:
    """Hold what came back: the HTTP status and the JSON, None where it was no JSON.

    `after_loss`: it was sent before, and what became of that is not known. The first one may be
    under way still, so that a refusal of this one proves nothing.
    """

    status: int
    body: object = field(repr=False)
    after_loss: bool = False


@dataclass(frozen=True)
class LostAnswer:
    """Say that no whole answer came. `unreachable` and `no_time`: certainly nothing was sent."""

    reason: Literal["unreachable", "no_time", "timeout", "dropped", "too_big"]

    @property
    def never_sent(self) -> bool:
        return self.reason in ("unreachable", "no_time")


def after(
    first: HttpAnswer | LostAnswer, again: HttpAnswer | LostAnswer
) -> HttpAnswer | LostAnswer:
    """Give what the second sending of a call says, the first one having left us for certain."""
    if isinstance(again, LostAnswer):
        return first if again.never_sent else again
    return replace(again, after_loss=True)


def key_of(*words: str) -> str:
    """Give the idempotency key of a write: the same for the same words, as a UUID."""
    return str(uuid.uuid5(NAMESPACE, "\0".join(words)))


def _ignore(kind: str, seconds: float, outcome: str) -> None:
    pass


class MercadoPagoClient:
    """Hold the line to Mercado Pago that all threads and all companies of a process share.

    `observe` is told of every request: its kind, seconds, and status or reason of loss. The
    session is made at the first call and anew after a fork, since two processes that write to
    one connection would read each other's answers.
    """

    def __init__(self, settings: MercadoPagoSettings, observe: Observe = _ignore) -> None:
        self.settings = settings
        self._observe = observe
        self._lock = threading.Lock()
        self._session: requests.Session | None = None
        self._session_pid = 0

    def call(self, call: HttpCall, access_token: str, deadline: float) -> HttpAnswer | LostAnswer:
        """Send a call and read the whole answer before `deadline` (monotonic seconds).

        Never raises for what the network does. One that was dropped is sent a second time.
        """
        result = self._timed(call, access_token, deadline)
        if result != LostAnswer("dropped"):
            return result
        return after(result, self._timed(call, access_token, deadline))

    def close(self) -> None:
        """Close the kept connections; the next call opens new ones."""
        with self._lock:
            session, self._session = self._session, None
        if session is not None:
            session.close()

    def _timed(self, call: HttpCall, access_token: str, deadline: float) -> HttpAnswer | LostAnswer:
        started = monotonic()
        result = self._send(call, access_token, deadline - started)
        outcome = str(result.status) if isinstance(result, HttpAnswer) else result.reason
        try:
            self._observe(call.kind, monotonic() - started, outcome)
        except Exception:
            # An observer that fails must not cost us the answer to a charge.
            logger.exception("observer failed")
        return result

    def _send(self, call: HttpCall, access_token: str, seconds: float) -> HttpAnswer | LostAnswer:
        if seconds <= 0:
            return LostAnswer("no_time")
        # requests takes urllib3's Timeout, of which its published types do not know.
        timeout: Any = Timeout(seconds, self.settings.connect_timeout, self.settings.read_timeout)
        request = self._prepared(call, access_token)
        # An exception of requests holds the request, and so the token: none leaves this function.
        try:
            with self._shared_session().send(
                request, timeout=timeout, stream=True, allow_redirects=False
            ) as response:
                return _read(response)
        except (requests.Timeout, ReadTimeoutError) as error:
            return LostAnswer("unreachable" if never_sent(error) else "timeout")
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            return LostAnswer("unreachable" if never_sent(error) else "dropped")

    def _prepared(self, call: HttpCall, access_token: str) -> requests.PreparedRequest:
        headers = HEADERS | {"Authorization": f"Bearer {_in_header(access_token)}"}
        body = None
        if call.key is not None:
            headers |= {"Content-Type": "application/json", "X-Idempotency-Key": call.key}
            body = json.dumps(call.body or {}, ensure_ascii=False).encode()
        url = self.settings.base_url.rstrip("/") + call.path
        return requests.Request(call.method, url, headers=headers, data=body).prepare()

    def _shared_session(self) -> requests.Session:
        with self._lock:
            if self._session is None or self._session_pid != os.getpid():
                self._session = new_session(self.settings.pool_size, self.settings.ca_bundle)
                self._session_pid = os.getpid()
            return self._session


def _read(response: requests.Response) -> HttpAnswer | LostAnswer:
    raw = response.raw.read(MAX_ANSWER_BYTES + 1, decode_content=True)
    if len(raw) > MAX_ANSWER_BYTES:
        return LostAnswer("too_big")
    try:
        return HttpAnswer(response.status_code, json.loads(raw))
    except (ValueError, RecursionError):
        return HttpAnswer(response.status_code, None)


def _in_header(access_token: str) -> str:
    """Cripple a token that cannot stand in a header: it is refused as any wrong one is."""
    return "".join(c if "!" <= c <= "~" else "?" for c in access_token.strip())
