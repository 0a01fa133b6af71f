"""Take apart the settings that hold several values, or name a file."""

from __future__ import annotations

import base64
import binascii
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from sqlalchemy.engine import make_url

from portal.core.errors import SettingsError


def networks(variable: str, listed: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Read networks with commas between. Raises SettingsError."""
    try:
        return tuple(ip_network(part.strip()) for part in listed.split(",") if part.strip())
    except ValueError:
        raise SettingsError(
            f"Set {variable} to networks such as 127.0.0.0/8, separated by commas."
        ) from None


def listed_keys(listed: str) -> list[str]:
    """List keys with commas between, as they are spelt."""
    return [text.strip() for text in listed.split(",") if text.strip()]


def encryption_keys(variable: str, listed: str) -> list[bytes]:
    """Read the keys that secrets are encrypted with, 32 bytes each; the first one writes.

    Raises SettingsError.
    """
    keys = [_key(variable, text) for text in listed_keys(listed)]
    if not keys:
        raise SettingsError(
            f"Set {variable} to the url-safe base64 of 32 random bytes, "
            "for example the output of: openssl rand -base64 32 | tr '+/' '-_'"
        )
    return keys


def _key(variable: str, text: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32 or len(set(key)) < 8:
        raise SettingsError(f"Each of {variable} must be the url-safe base64 of 32 random bytes.")
    return key


def with_driver(url: str) -> str:
    """Name the driver that we use in a database's address, where it names none."""
    for bare in ("postgresql://", "postgres://"):
        if url.startswith(bare):
            return "postgresql+psycopg2://" + url.removeprefix(bare)
    return url


def sqlite_file(url: str) -> Path | None:
    """Give the file of a SQLite database; None for any other, or one in memory."""
    if not url.startswith("sqlite:"):
        return None
    name = make_url(url).database
    return Path(name).absolute() if name and name != ":memory:" else None
