"""Seal links by which somebody sets a new password: for one person, once, for 30 minutes.

A link is bound to the password's hash and to the e-mail address, and so dies as soon as either
changes: by the link itself, by another one, or by the owner's own hand. Nothing is stored for it.
"""

from __future__ import annotations

import hmac

from portal.core.links import sealing
from portal.core.links.sealing import NAME

__all__ = ["NAME", "PATH", "address_of", "is_still_good", "person_in", "seal_link"]

SALT = "portal.core.password_links"
PATH = "/panel/olvide/nueva"


def seal_link(secret_key: str, user_id: int, email: str, password_hash: str) -> str:
    """Make the part of the link that says who may set a password."""
    return sealing.seal(secret_key, SALT, [user_id, sealing.bond(email, password_hash)])


def address_of(public_url: str, sealed: str) -> str:
    """Write the whole link."""
    return sealing.address_of(public_url, PATH, sealed)


def person_in(secret_key: str, sealed: str) -> int | None:
    """Tell whom a link is for; None where it is not ours, or is older than 30 minutes."""
    opened = _opened(secret_key, sealed)
    return None if opened is None else opened[0]


def is_still_good(secret_key: str, sealed: str, email: str, password_hash: str) -> bool:
    """Tell whether the person's address and password are those that it was made for."""
    opened = _opened(secret_key, sealed)
    return opened is not None and hmac.compare_digest(opened[1], sealing.bond(email, password_hash))


def _opened(secret_key: str, sealed: str) -> tuple[int, str] | None:
    match sealing.opened(secret_key, SALT, sealed):
        case [int(user_id), str(bond)]:
            return user_id, bond
    return None
