"""Seal what a link says, so that it is ours, and lasts so long and no longer."""

from __future__ import annotations

import hashlib
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

SECONDS = 30 * 60
NAME = "enlace"


def seal(secret_key: str, salt: str, said: list[Any]) -> str:
    """Make the part of a link that says what it is for; `salt` names the kind of link."""
    return URLSafeTimedSerializer(secret_key, salt=salt).dumps(said)


def opened(secret_key: str, salt: str, sealed: str) -> list[Any] | None:
    """Read it; None where it is not ours, of another kind, or older than 30 minutes."""
    try:
        said = URLSafeTimedSerializer(secret_key, salt=salt).loads(sealed, max_age=SECONDS)
    except (BadData, ValueError, TypeError):
        return None
    return said if isinstance(said, list) else None


def bond(*parts: str) -> str:
    """Digest what a link must not outlive: it dies as soon as any of it changes."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def address_of(public_url: str, path: str, sealed: str) -> str:
    """Write the whole link. What is sealed stands in its query, which no log of ours keeps."""
    return f"{public_url.rstrip('/')}{path}?{NAME}={sealed}"
