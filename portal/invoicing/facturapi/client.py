"""Speak HTTP to Facturapi: one question, one answer read whole within its time."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from urllib3.exceptions import HTTPError
from urllib3.util import Timeout

from portal.payments.session import new_session

CONNECT_SECONDS = 3.05
MAX_ANSWER_BYTES = 512 * 1024
IDLE_LINES = 4


@dataclass(frozen=True)
class InvoiceAnswer:
    """Hold what was answered; `body` is None where it is no JSON."""

    status: int
    body: object = field(repr=False)


class FacturapiClient:
    """Hold the line that all companies of a process share; made anew after a fork."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._lock = threading.Lock()
        self._session: requests.Session | None = None
        self._session_pid = 0

    def call(
        self, method: str, path: str, key: str, body: Mapping[str, object] | None, timeout: float
    ) -> InvoiceAnswer | None:
        """Ask; None where no whole answer came in so many seconds. Never raises for the network."""
        if timeout <= 0:
            return None
        limits: Any = Timeout(timeout, CONNECT_SECONDS, timeout)
        request = self._request(method, path, key, body)
        # An exception of requests holds the request, and so the key: none leaves this function.
        try:
            with self._shared().send(
                request, timeout=limits, stream=True, allow_redirects=False
            ) as response:
                raw = response.raw.read(MAX_ANSWER_BYTES + 1, decode_content=True)
                return _read(response.status_code, raw)
        except (requests.RequestException, HTTPError, OSError, ValueError):
            return None

    def close(self) -> None:
        """Close the kept connections; the next call opens new ones."""
        with self._lock:
            session, self._session = self._session, None
        if session is not None:
            session.close()

    def _request(
        self, method: str, path: str, key: str, body: Mapping[str, object] | None
    ) -> requests.PreparedRequest:
        headers = {"Accept": "application/json", "Authorization": f"Bearer {_in_header(key)}"}
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body, ensure_ascii=False).encode()
        url = f"{self._base_url}{path}"
        return requests.Request(method, url, headers=headers, data=data).prepare()

    def _shared(self) -> requests.Session:
        with self._lock:
            if self._session is None or self._session_pid != os.getpid():
                self._session, self._session_pid = new_session(IDLE_LINES), os.getpid()
            return self._session


def _read(status: int, raw: bytes) -> InvoiceAnswer | None:
    if len(raw) > MAX_ANSWER_BYTES:
        return None
    try:
        return InvoiceAnswer(status, json.loads(raw))
    except (ValueError, RecursionError):
        return InvoiceAnswer(status, None)


def _in_header(key: str) -> str:
    """Cripple a key that cannot stand in a header: it is refused as any wrong key is."""
    return "".join(c if "!" <= c <= "~" else "?" for c in key.strip())
