"""Call Conekta over HTTP: one call in, one value out. Owns deadlines, size limits and timing."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Literal

import requests
from urllib3 import Timeout
from urllib3.exceptions import HTTPError, ReadTimeoutError

from portal.payments.wire import never_sent, new_session

MAX_ANSWER_BYTES = 4 * 1024 * 1024  # a page of 250 orders is about 1 MiB
USER_AGENT = "Portal"

logger = logging.getLogger(__name__)

Observe = Callable[[str, float, str], None]


@dataclass(frozen=True)
class ConektaSettings:
    """Say how to reach Conekta. Timeouts in seconds; `read_timeout` is for a whole answer.

    `charge_form` says whether an order is opened before its charge (`order_first`) or along
    with it (`in_order`). `pool_size` is the idle connections kept in a process: not fewer
    than its threads. `ca_bundle` is a PEM file's path, certifi's where None.
    """

    base_url: str = "https://api.conekta.io"
    connect_timeout: float = 3.05
    read_timeout: float = 15.0
    charge_form: Literal["order_first", "in_order"] = "order_first"
    pool_size: int = 32
    ca_bundle: str | None = None


@dataclass(frozen=True)
class ApiRequest:
    """Hold a request: `kind` names it to the observer, `repeatable` lets a dropped one go again."""

    kind: str
    method: Literal["GET", "POST", "PUT"]
    path: str
    body: object = field(default=None, repr=False)
    repeatable: bool = False


@dataclass(frozen=True)
class ApiResponse:
    """Hold what came back: the HTTP status and the JSON, None where it was no JSON."""

    status: int
    body: object = field(repr=False)


@dataclass(frozen=True)
class NoAnswer:
    """Say that no whole answer came. `unreachable` and `no_time`: certainly nothing was sent."""

    reason: Literal["unreachable", "no_time", "timeout", "dropped", "too_big"]

    @property
    def never_sent(self) -> bool:
        return self.reason in ("unreachable", "no_time")


def _ignore(kind: str, seconds: float, outcome: str) -> None:
    pass


class ConektaClient:
    """Hold the line to Conekta that all threads and all companies of a process share.

    `observe` is told of every request: its kind, seconds, and status or reason of loss.
    The session is made at the first call and anew after a fork, since two processes that
    write to one connection would read each other's answers.
    """

    def __init__(self, settings: ConektaSettings, observe: Observe = _ignore) -> None:
        self.settings = settings
        self._observe = observe
        self._lock = threading.Lock()
        self._session: requests.Session | None = None
        self._session_pid = 0

    def call(self, call: ApiRequest, private_key: str, deadline: float) -> ApiResponse | NoAnswer:
        """Send a request and read the whole answer before `deadline` (monotonic seconds).

        Never raises for what the network does. Only a `repeatable` call that was dropped
        is sent a second time. The deadline holds for connecting, sending and the answer,
        byte by byte; a slow name look-up, or a second address of the same name, can overrun
        it before anything is sent, and then nothing is.
        """
        result = self._timed(call, private_key, deadline)
        if call.repeatable and result == NoAnswer("dropped"):
            result = self._timed(call, private_key, deadline)
        return result

    def close(self) -> None:
        """Close the kept connections; the next call opens new ones."""
        with self._lock:
            session, self._session = self._session, None
        if session is not None:
            session.close()

    def _timed(self, call: ApiRequest, private_key: str, deadline: float) -> ApiResponse | NoAnswer:
        started = monotonic()
        result = self._send(call, private_key, deadline - started)
        outcome = str(result.status) if isinstance(result, ApiResponse) else result.reason
        try:
            self._observe(call.kind, monotonic() - started, outcome)
        except Exception:
            # An observer that fails must not cost us the answer to a charge.
            logger.exception("observer failed")
        return result

    def _send(self, call: ApiRequest, private_key: str, seconds: float) -> ApiResponse | NoAnswer:
        if seconds <= 0:
            return NoAnswer("no_time")
        # requests takes urllib3's Timeout, of which its published types do not know.
        timeout: Any = Timeout(seconds, self.settings.connect_timeout, self.settings.read_timeout)
        request = self._prepare(call, private_key)
        # An exception of requests holds the request, and so the key: none leaves this function.
        try:
            with self._shared_session().send(
                request, timeout=timeout, stream=True, allow_redirects=False
            ) as response:
                return _read(response)
        except (requests.Timeout, ReadTimeoutError) as error:
            return NoAnswer("unreachable" if never_sent(error) else "timeout")
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            return NoAnswer("unreachable" if never_sent(error) else "dropped")

    def _prepare(self, call: ApiRequest, private_key: str) -> requests.PreparedRequest:
        headers = {
            "Accept": "application/vnd.conekta-v2.3.0+json",
            "Accept-Encoding": "identity",
            "Accept-Language": "es",
            "Authorization": f"Bearer {_in_header(private_key)}",
            "User-Agent": USER_AGENT,
        }
        body = None
        if call.method != "GET":
            headers["Content-Type"] = "application/json"
            body = json.dumps(call.body or {}, ensure_ascii=False).encode()
        url = self.settings.base_url.rstrip("/") + call.path
        return requests.Request(call.method, url, headers=headers, data=body).prepare()

    def _shared_session(self) -> requests.Session:
        with self._lock:
            if self._session is None or self._session_pid != os.getpid():
                self._session = new_session(self.settings.pool_size, self.settings.ca_bundle)
                self._session_pid = os.getpid()
            return self._session


def _read(response: requests.Response) -> ApiResponse | NoAnswer:
    raw = response.raw.read(MAX_ANSWER_BYTES + 1, decode_content=True)
    if len(raw) > MAX_ANSWER_BYTES:
        return NoAnswer("too_big")
    try:
        return ApiResponse(response.status_code, json.loads(raw))
    except (ValueError, RecursionError):
        return ApiResponse(response.status_code, None)


def _in_header(private_key: str) -> str:
    """Cripple a key that cannot stand in a header: it is refused as any wrong key is."""
    return "".join(c if "!" <= c <= "~" else "?" for c in private_key.strip())
