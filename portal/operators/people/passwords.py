"""Keep administrators' passwords as Argon2 hashes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.core.errors import TooManyRequests

SHORTEST = 10
LONGEST = 200

MEMORY_KIB = 32 * 1024
AT_ONCE = 2
WAITING = 6
PATIENCE_SECONDS = 1.5
RETRY_SECONDS = 2
BUSY = "Hay muchos inicios de sesión en este momento. Intente de nuevo en unos segundos."

_hasher = PasswordHasher(time_cost=3, memory_cost=MEMORY_KIB, parallelism=1)
_at_work = BoundedSemaphore(AT_ONCE)
_in_line = BoundedSemaphore(AT_ONCE + WAITING)


@contextmanager
def turn() -> Iterator[None]:
    """Take a turn at Argon2: two a process at once, six wait for 1.5 seconds at most.

    So logins hold 64 MiB and eight threads of a process, however many come. Raises
    TooManyRequests.
    """
    if not _in_line.acquire(blocking=False):
        raise TooManyRequests(RETRY_SECONDS, BUSY)
    try:
        if not _at_work.acquire(timeout=PATIENCE_SECONDS):
            raise TooManyRequests(RETRY_SECONDS, BUSY)
        try:
            yield
        finally:
            _at_work.release()
    finally:
        _in_line.release()


def hash_password(password: str) -> str:
    """Hash what is to be stored: some 100 milliseconds of one core and 32 MiB, on purpose.

    Waits for its turn. Raises TooManyRequests.
    """
    with turn():
        return hash_now(password)


def hash_now(password: str) -> str:
    """Hash at once, for who has a turn."""
    return _hasher.hash(password)


def fits(password: str, stored: str) -> bool:
    """Tell whether this is the password behind the stored hash; asked by who has a turn."""
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Tell whether the hash was made at another cost than today's."""
    return _hasher.check_needs_rehash(stored)
