"""Fetch from a server, as the router's `/tool fetch` does."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

import requests

FETCH_SECONDS = 15
# The simulated router is on this machine, and reaches no other.
NEAR = ("127.0.0.1", "localhost", "::1")
TOO_FAR = "failure: connecting: no route to host"


def fetch(
    url: str,
    method: str = "get",
    data: str = "",
    content_type: str = "",
    reaches: Collection[str] | None = NEAR,
) -> str:
    """What the server answers. Raises OSError with the router's words where it does not.

    Certificates are not checked, as RouterOS does by default.
    """
    if reaches is not None and urlsplit(url).hostname not in reaches:
        raise OSError(TOO_FAR)
    with requests.Session() as session:
        session.trust_env = False
        if content_type:
            session.headers["Content-Type"] = content_type
        session.verify = False
        body = data.encode() or None
        answer = session.request(method, url, data=body, timeout=FETCH_SECONDS)
    if not answer.ok:
        raise OSError(f"failure: closing connection: <{answer.status_code} {answer.reason}>")
    return answer.text
