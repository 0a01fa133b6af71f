"""Limit the addresses of the router's login page: a form with a code goes nowhere else."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

LONGEST = 500
PORTS = {"http": 80, "https": 443}
PATH = re.compile(r"(/[A-Za-z0-9._~-]*)*")
BLANK_OR_CONTROL = re.compile(r"[\x00-\x20\x7f-\xa0\\]")


def read_url(text: str | None) -> SplitResult | None:
    """Read an http(s) address with a host and without a user; None for anything else."""
    if not text or len(text) > LONGEST or BLANK_OR_CONTROL.search(text):
        return None
    try:
        url = urlsplit(text)
        good = url.scheme in PORTS and url.hostname and url.port != 0 and "@" not in url.netloc
    except ValueError:
        return None
    return url if good else None


def read_login_url(text: str | None, login_hosts: Collection[str]) -> str | None:
    """Read the login page's address if it lies on one of the router's hosts, without its query."""
    url = read_url(text)
    if url is None or not PATH.fullmatch(url.path):
        return None
    if _place(url) not in {_listed(host, url.scheme) for host in login_hosts}:
        return None
    return f"{url.scheme}://{url.netloc}{url.path or '/login'}"


def default_login_url(login_hosts: Collection[str]) -> str | None:
    """Give where a device without an address of its own finds the login page."""
    for host in login_hosts:
        if found := read_login_url(f"http://{host}/login", login_hosts):
            return found
    return None


def origin_of(url: str) -> str:
    """Give scheme, host and port of an address, as a Content-Security-Policy names them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _place(url: SplitResult) -> tuple[str | None, int]:
    return url.hostname, url.port or PORTS[url.scheme]


def _listed(host: str, scheme: str) -> tuple[str | None, int] | None:
    url = read_url(f"{scheme}://{host}")
    return _place(url) if url else None
