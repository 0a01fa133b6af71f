"""Draw identifiers shaped like Conekta's."""

from __future__ import annotations

import secrets

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_LENGTH = 16


def prefixed(prefix: str) -> str:
    """Draw `ord_2tVKxbhNzfUnGjnXG`, `tok_2toPJUcZ27AH5LsZk` and their like."""
    number = secrets.randbelow(58**_LENGTH)
    letters = []
    for _ in range(_LENGTH):
        number, letter = divmod(number, 58)
        letters.append(_BASE58[letter])
    return f"{prefix}_2{''.join(letters)}"


def hexadecimal() -> str:
    """Draw the 24 hex digits that name charges, refunds, events, webhooks, their keys and logs."""
    return secrets.token_hex(12)
