"""Call Conekta over HTTP: one call in, one value out. Owns deadlines, size limits and timing."""

from __future__ import annotations

import json
import logging
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Literal

from portal.payments.gateway import Meanwhile
from portal.payments.line.exchange import Lines, Patience, TooBig, WholeAnswer, exchange
from portal.payments.line.host import HttpHost, NotConnected

MAX_ANSWER_BYTES = 4 * 1024 * 1024  # a page of 250 orders is about 1 MiB
HEADERS = (
    "Accept: application/vnd.conekta-v2.3.0+json",
    "Accept-Encoding: identity",
    "Accept-Language: es",
    "User-Agent: Portal",
)

logger = logging.getLogger(__name__)

Observe = Callable[[str, float, str], None]


@dataclass(frozen=True)
class ConektaSettings:
    """Say how to reach Conekta. Timeouts in seconds; `read_timeout` is for a whole answer.

    `charge_form` says whether an order is opened before its charge (`order_first`, and `component`,
    where Conekta's own charges it) or along with it (`in_order`). `pool_size` is the idle
    connections kept in a process: not fewer than its threads. `ca_bundle` is a PEM file's path,
    certifi's where None.
    """

    base_url: str = "https://api.conekta.io"
    connect_timeout: float = 3.05
    read_timeout: float = 15.0
    charge_form: Literal["order_first", "in_order", "component"] = "order_first"
    pool_size: int = 32
    ca_bundle: str | None = None


@dataclass(frozen=True)
class ApiRequest:
    """Hold a request: `kind` names it to the observer, `repeatable` lets a dropped one go again.

    `meanwhile` is done each time while its answer is on its way.
    """

    kind: str
    method: Literal["GET", "POST", "PUT"]
    path: str
    body: object = field(default=None, repr=False)
    repeatable: bool = False
    meanwhile: Meanwhile | None = None


@dataclass(frozen=True)
class ApiResponse:
    """Hold what came back: the HTTP status and the JSON, None where it was no JSON.

    `lay` is for how many seconds it was there before it was read.
    """

    status: int
    body: object = field(repr=False)
    lay: float = field(default=0.0, compare=False)


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
    """Hold the lines to Conekta that all threads and all companies of a process share.

    `observe` is told of every request: its kind, the seconds until its answer had come, and status
    or reason of loss.
    """

    def __init__(self, settings: ConektaSettings, observe: Observe = _ignore) -> None:
        self.settings = settings
        self._observe = observe
        self._host = HttpHost(settings.base_url, settings.ca_bundle)
        self._lines = Lines(self._host, settings.pool_size)

    def call(self, call: ApiRequest, private_key: str, deadline: float) -> ApiResponse | NoAnswer:
        """Send a request and read the whole answer before `deadline` (monotonic seconds).

        Never raises for what the network does. Only a `repeatable` call that was dropped
        is sent a second time. The deadline holds for connecting, sending and the answer,
        byte by byte; a slow name look-up, or a second address of the same name, can overrun
        it before anything is sent, and then nothing is.
        """
        result = self._timed(call, private_key, deadline)
        if not call.repeatable or result != NoAnswer("dropped"):
            return result
        again = self._timed(call, private_key, deadline)
        # The first one has left us, whatever became of the second.
        return result if isinstance(again, NoAnswer) and again.never_sent else again

    def close(self) -> None:
        """Close the kept connections; the next call opens new ones."""
        self._lines.close()

    def _timed(self, call: ApiRequest, private_key: str, deadline: float) -> ApiResponse | NoAnswer:
        started = monotonic()
        result = self._send(call, private_key, deadline - started)
        seconds, outcome = monotonic() - started, _outcome(result)
        if isinstance(result, ApiResponse):
            # What else was done in the time is none of the gateway's.
            seconds = max(0.0, seconds - result.lay)
        try:
            self._observe(call.kind, seconds, outcome)
        except Exception:
            # An observer that fails must not cost us the answer to a charge.
            logger.exception("observer failed")
        return result

    def _send(self, call: ApiRequest, private_key: str, seconds: float) -> ApiResponse | NoAnswer:
        if seconds <= 0:
            return NoAnswer("no_time")
        numbers = self.settings
        patience = Patience(numbers.connect_timeout, numbers.read_timeout, seconds)
        request = self._written(call, private_key)
        try:
            return _read(exchange(self._lines, request, patience, MAX_ANSWER_BYTES, call.meanwhile))
        except NotConnected:
            return NoAnswer("unreachable")
        except TimeoutError:
            return NoAnswer("timeout")
        except TooBig:
            return NoAnswer("too_big")
        except (OSError, EOFError, ValueError, zlib.error):
            return NoAnswer("dropped")

    def _written(self, call: ApiRequest, private_key: str) -> bytes:
        lines = [
            f"{call.method} {self._host.path}{call.path} HTTP/1.1",
            f"Host: {self._host.header}",
            *HEADERS,
            f"Authorization: Bearer {_in_header(private_key)}",
        ]
        body = b""
        if call.method != "GET":
            body = json.dumps(call.body or {}, ensure_ascii=False).encode()
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "\r\n"]).encode() + body


def _outcome(result: ApiResponse | NoAnswer) -> str:
    return str(result.status) if isinstance(result, ApiResponse) else result.reason


def _read(answer: WholeAnswer) -> ApiResponse:
    try:
        body: object = json.loads(answer.body)
    except (ValueError, RecursionError):
        body = None
    return ApiResponse(answer.status, body, answer.lay)


def _in_header(private_key: str) -> str:
    """Cripple a key that cannot stand in a header: it is refused as any wrong key is."""
    return "".join(c if "!" <= c <= "~" else "?" for c in private_key.strip())
