"""Challenge by CHAP in the login form (RouterOS documentation, hotspot customisation)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

LIFETIME = 3600.0
_CHALLENGE_BYTES = 16


@dataclass(frozen=True)
class Challenge:
    """Hold an id of one byte and a challenge, drawn at a time in seconds since 1970."""

    id: bytes
    challenge: bytes
    drawn: float

    @classmethod
    def draw(cls, now: float) -> Challenge:
        """Give a new one."""
        return cls(secrets.token_bytes(1), secrets.token_bytes(_CHALLENGE_BYTES), now)

    def is_fresh(self, now: float) -> bool:
        """Tell whether it may still be answered."""
        return now - self.drawn < LIFETIME


def octal(raw: bytes) -> str:
    """Give bytes as the router writes them into pages: `\\371\\015`."""
    return "".join(f"\\{byte:03o}" for byte in raw)
