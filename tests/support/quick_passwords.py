"""Let a hash of a password cost next to nothing in the tests' own process; a pytest plugin.

What makes guessing dear makes each login of a test dear. Processes that tests start keep the real
cost, and so does a test that asks for `real_passwords`.
"""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from portal.operators.people import passwords

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
REAL = passwords._hasher


def pytest_configure() -> None:
    passwords._hasher = CHEAP


@pytest.fixture
def real_passwords(monkeypatch: pytest.MonkeyPatch) -> PasswordHasher:
    """Hash at the cost that operators' passwords have."""
    monkeypatch.setattr(passwords, "_hasher", REAL)
    return REAL
