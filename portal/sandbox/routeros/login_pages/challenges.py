"""CHAP in the hotspot's login form (RouterOS documentation, hotspot customisation)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

LIFETIME = 3600.0
_CHALLENGE_BYTES = 16


@dataclass(frozen=True)
class Challenge:
    """An id of one byte and a challenge, drawn at a time in seconds since 1970."""

    id: bytes
    challenge: bytes
    drawn: float

    @classmethod
    def draw(cls, now: float) -> Challenge:
        """A new one."""
        return cls(secrets.token_bytes(1), secrets.token_bytes(_CHALLENGE_BYTES), now)

    def is_fresh(self, now: float) -> bool:
        """Whether it may still be answered."""
        return now - self.drawn < LIFETIME


def octal(raw: bytes) -> str:
    """Bytes as the router writes them into pages: `\\371\\015`."""
    return "".join(f"\\{byte:03o}" for byte in raw)
