"""Keep private and public keys, and the accounts they open."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Identity:
    """Hold whose call it is, and in which mode. `known` is False for a key nobody named."""

    account: str
    live: bool
    known: bool


@dataclass
class Keyring:
    """Hold the keys that are good.

    `test` and `live` map a key to the account it opens; several keys may open one account.
    With `strangers`, any other key that begins with `key_` opens a test account of its own.
    """

    test: Mapping[str, str] = field(default_factory=dict)
    live: Mapping[str, str] = field(default_factory=dict)
    strangers: bool = True
    refused: set[str] = field(default_factory=set)

    def identify(self, key: str | None) -> Identity | None:
        """Give the account that the key opens, or None where it is refused or unknown."""
        if not key or key in self.refused:
            return None
        if key in self.live:
            return Identity(self.live[key], live=True, known=True)
        if key in self.test:
            return Identity(self.test[key], live=False, known=True)
        if self.strangers and key.startswith("key_"):
            return Identity(account_of(key), live=False, known=False)
        return None


def account_of(key: str) -> str:
    """Give the name of the account that a key opens by default; the key cannot be told from it."""
    return "acc_" + hashlib.sha256(key.encode()).hexdigest()[:24]


def named(entries: Iterable[str]) -> dict[str, str]:
    """Read keys given as `key` or `key=account`, as a mapping from key to account."""
    pairs = (entry.partition("=") for entry in entries)
    return {key: account or account_of(key) for key, _, account in pairs}


def presented(authorization: str) -> str | None:
    """Give the key in an `Authorization` header: a bearer token, or the user of HTTP Basic."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(value.strip(), validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return None
