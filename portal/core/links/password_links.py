"""Seal links by which somebody sets a new password: for one person, once, for 30 minutes.

A link is bound to the password's hash and to the e-mail address, and so dies as soon as either
changes: by the link itself, by another one, or by the owner's own hand. Nothing is stored for it.
"""

from __future__ import annotations

import hashlib
import hmac

from itsdangerous import BadData, URLSafeTimedSerializer

SECONDS = 30 * 60
SALT = "portal.core.password_links"
PATH, NAME = "/panel/olvide/nueva", "enlace"


def seal_link(secret_key: str, user_id: int, email: str, password_hash: str) -> str:
    """Make the part of the link that says who may set a password."""
    return _serializer(secret_key).dumps([user_id, _bond(email, password_hash)])


def address_of(public_url: str, sealed: str) -> str:
    """Write the whole link. What is sealed stands in its query, which no log of ours keeps."""
    return f"{public_url.rstrip('/')}{PATH}?{NAME}={sealed}"


def person_in(secret_key: str, sealed: str) -> int | None:
    """Tell whom a link is for; None where it is not ours, or is older than 30 minutes."""
    opened = _opened(secret_key, sealed)
    return None if opened is None else opened[0]


def is_still_good(secret_key: str, sealed: str, email: str, password_hash: str) -> bool:
    """Tell whether the person's address and password are those that it was made for."""
    opened = _opened(secret_key, sealed)
    return opened is not None and hmac.compare_digest(opened[1], _bond(email, password_hash))


def _opened(secret_key: str, sealed: str) -> tuple[int, str] | None:
    try:
        user_id, bond = _serializer(secret_key).loads(sealed, max_age=SECONDS)
    except (BadData, ValueError, TypeError):
        return None
    return (user_id, bond) if isinstance(user_id, int) and isinstance(bond, str) else None


def _bond(email: str, password_hash: str) -> str:
    return hashlib.sha256(f"{email}\0{password_hash}".encode()).hexdigest()


def _serializer(secret_key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key, salt=SALT)
