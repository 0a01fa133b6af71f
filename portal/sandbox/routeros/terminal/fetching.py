"""Fetch from a server, as the router's `/tool fetch` does."""

from __future__ import annotations

import ssl
from collections.abc import Collection
from http import HTTPStatus
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

FETCH_SECONDS = 15
# The simulated router is on this machine, and reaches no other.
NEAR = ("127.0.0.1", "localhost", "::1")
TOO_FAR = "failure: connecting: no route to host"
WEB = ("http", "https")


def fetch(
    url: str,
    method: str = "get",
    data: str = "",
    content_type: str = "",
    reaches: Collection[str] | None = NEAR,
) -> str:
    """Give what the server answers. Raises OSError with the router's words where it does not.

    Certificates are not checked, as RouterOS does by default.
    """
    parts = urlsplit(url)
    if parts.scheme not in WEB or (reaches is not None and parts.hostname not in reaches):
        raise OSError(TOO_FAR)
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    opener = build_opener(ProxyHandler({}), HTTPSHandler(context=trusting))
    headers = {"Content-Type": content_type} if content_type else {}
    asked = Request(url, data.encode() or None, headers, method=method.upper())  # noqa: S310
    try:
        with opener.open(asked, timeout=FETCH_SECONDS) as answer:
            return str(answer.read().decode())
    except HTTPError as error:
        said = f"{error.code} {HTTPStatus(error.code).phrase}"
        raise OSError(f"failure: closing connection: <{said}>") from None
