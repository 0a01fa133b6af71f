"""Seal links by which somebody shows that a new address is theirs: once, for 30 minutes.

A link is bound to the address before and to the password: who changes either kills it.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from portal.core.links import sealing
from portal.core.links.sealing import NAME

__all__ = ["NAME", "PATH", "SealedEmail", "address_of", "is_still_good", "opened", "seal_link"]

SALT = "portal.core.email_links"
PATH = "/panel/correo/confirmar"


@dataclass(frozen=True)
class SealedEmail:
    """Hold whose address becomes which."""

    user_id: int
    new_email: str
    bond: str


def seal_link(secret_key: str, user_id: int, new: str, email: str, password_hash: str) -> str:
    """Make the part of the link that says whose address becomes which."""
    said = [user_id, new, sealing.bond(new, email, password_hash)]
    return sealing.seal(secret_key, SALT, said)


def address_of(public_url: str, sealed: str) -> str:
    """Write the whole link."""
    return sealing.address_of(public_url, PATH, sealed)


def opened(secret_key: str, sealed: str) -> SealedEmail | None:
    """Read it; None where it is not ours, or is older than 30 minutes."""
    match sealing.opened(secret_key, SALT, sealed):
        case [int(user_id), str(new), str(bond)]:
            return SealedEmail(user_id, new, bond)
    return None


def is_still_good(said: SealedEmail, email: str, password_hash: str) -> bool:
    """Tell whether the person's address and password are those that it was made for."""
    return hmac.compare_digest(said.bond, sealing.bond(said.new_email, email, password_hash))
