"""Check one setting each, and say in a sentence how to mend it.

Each is given the setting's variable and its value, which the sentence never tells: it may be a
secret. Each raises SettingsError.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv4Network
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from portal.core.errors import SettingsError

SHORTEST_SECRET = 32
DATABASES = ("sqlite", "postgresql")


def one_of(*words: str) -> Callable[[str, str], None]:
    """Give the check that it is one of these words."""

    def check(variable: str, value: str) -> None:
        if value not in words:
            raise SettingsError(f"Set {variable} to one of {', '.join(words)}.")

    return check


def spelt(form: str, as_told: str) -> Callable[[str, str], None]:
    """Give the check that it is unset or matches `form` whole; `as_told` says so to people."""

    def check(variable: str, value: str) -> None:
        if value and not re.fullmatch(form, value, re.ASCII):
            raise SettingsError(f"Set {variable} to {as_told}.")

    return check


def port(variable: str, value: int) -> None:
    """Check that it is a port."""
    if not 1 <= value <= 65535:
        raise SettingsError(f"Set {variable} to a port between 1 and 65535.")


def at_least_one(variable: str, value: float) -> None:
    """Check that there is one at least."""
    if value < 1:
        raise SettingsError(f"Set {variable} to one or more.")


def secret(variable: str, value: str) -> None:
    """Check that it is long, and no one letter over and over."""
    if len(value) < SHORTEST_SECRET or len(set(value)) < SHORTEST_SECRET // 4:
        raise SettingsError(
            f"Set {variable} to a random text of at least {SHORTEST_SECRET} characters, "
            "for example the output of: openssl rand -hex 32"
        )


def address(variable: str, value: str) -> None:
    """Check that it is an address on the web."""
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError(f"Set {variable} to an address such as https://example.com.")


def database(variable: str, value: str) -> None:
    """Check that it names a database of a kind that we know."""
    try:
        url = make_url(value)
        known, host = url.get_backend_name() in DATABASES, url.host or ""
    except (ArgumentError, ValueError):
        known, host = False, ""
    if "@" in host:
        # A part of the password would be taken for the host, and shown wherever that is.
        raise SettingsError(
            f"Write each @ in the password of {variable} as %40, each : as %3A and each / as %2F."
        )
    if not known:
        raise SettingsError(
            f"Set {variable} to postgresql://user:password@host/database, or leave it unset."
        )


def time_zone(variable: str, value: str) -> None:
    """Check that this machine knows the zone."""
    try:
        ZoneInfo(value)
    except (KeyError, OSError, ValueError):
        raise SettingsError(
            f"Set {variable} to a zone of the IANA, such as America/Mexico_City."
        ) from None


def private_network(variable: str, value: str) -> None:
    """Check that it is a private IPv4 network that has room, and is none of all there are."""
    try:
        network = IPv4Network(value)
    except ValueError:
        network = None
    if network is None or not network.is_private or not 8 <= network.prefixlen <= 29:
        raise SettingsError(
            f"Set {variable} to a private IPv4 network between /8 and /29, as 10.77.0.0/16."
        )
