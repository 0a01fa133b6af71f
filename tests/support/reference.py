"""Find the data of the real Conekta and RouterOS with which the sandboxes are compared."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.commands import CHECKOUT

VARIABLE = "PORTAL_REFERENCE_DATA"
MISSING = "reference data missing"
BESIDE = CHECKOUT.parent / "shared" / "data"


def folder() -> Path:
    """Where the data lies: as the variable says, else beside the checkout."""
    return Path(os.environ.get(VARIABLE) or BESIDE)


def expected() -> bool:
    """Whether the data was promised, or is there."""
    return bool(os.environ.get(VARIABLE)) or BESIDE.is_dir()


def require() -> Path:
    """The folder; skips the test that asks where the data is missing."""
    if not folder().is_dir():
        pytest.skip(f"{MISSING}: name its folder in {VARIABLE}")
    return folder()
