"""Identifiers shaped like Conekta's."""

from __future__ import annotations

import random
import secrets

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_source = random.SystemRandom()


def prefixed(prefix: str) -> str:
    """`ord_2tVKxbhNzfUnGjnXG`, `tok_2toPJUcZ27AH5LsZk` and their like."""
    return f"{prefix}_2" + "".join(_source.choices(_BASE58, k=16))


def hexadecimal() -> str:
    """The 24 hex digits that name charges, refunds, events, webhooks, webhook keys and logs."""
    return secrets.token_hex(12)
