"""Administrators' passwords, kept as Argon2 hashes."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10
LONGEST = 200

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """The hash to store. Takes tens of milliseconds and 64 MiB, on purpose."""
    return _hasher.hash(password)


def fits(password: str, stored: str) -> bool:
    """Whether this is the password behind the stored hash."""
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
