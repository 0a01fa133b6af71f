"""Browsers that somebody has logged in from: told by a signed cookie, which lets nobody in.

It only gives them tries of their own at the password, so that whoever shares their network (an
operator's own customers behind the café's one address) cannot use those up.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeTimedSerializer

from portal.ports import settings

SECONDS = 180 * 86400


@dataclass(frozen=True)
class KnownBrowser:
    """A browser of this user's."""

    user_id: int
    name: str

    @property
    def origin(self) -> str:
        """As whom its tries are counted."""
        return f"browser:{self.name}"


def sealed(user_id: int) -> str:
    """The cookie for a browser that has just logged in."""
    return _serializer().dumps([user_id, secrets.token_hex(12)])


def unsealed(cookie: str | None) -> KnownBrowser | None:
    """Whose browser it is; None for anything that we did not seal in the last 180 days."""
    try:
        user_id, name = _serializer().loads(cookie or "", max_age=SECONDS)
    except (BadData, ValueError, TypeError):
        return None
    return KnownBrowser(user_id, name)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret_key, salt="portal.operators.known_browser")
