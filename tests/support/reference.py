"""Find the data of the real Conekta and RouterOS with which the sandboxes are compared."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.processes.commands import CHECKOUT

VARIABLE = "PORTAL_REFERENCE_DATA"
MISSING = "reference data missing"
BESIDE = CHECKOUT.parent / "shared" / "data"


def folder() -> Path:
    """Where the data lies: as the variable says, else beside the checkout."""
    return Path(os.environ.get(VARIABLE) or BESIDE)


def expected() -> bool:
    """Whether the data was promised, or is there."""
    return bool(os.environ.get(VARIABLE)) or BESIDE.is_dir()


def more_menus() -> dict[str, Any]:
    """What real routers have of the menus that the data leaves out: `commands` of each version,
    and `properties`.
    """
    files = sorted(Path(__file__).parent.glob("routeros_menus*.json"))
    first, *others = (json.loads(file.read_text(encoding="utf-8")) for file in files)
    found: dict[str, Any] = first
    for other in others:
        found["properties"] |= other["properties"]
        for version, commands in other["commands"].items():
            found["commands"][version] |= commands
    return found


def require() -> Path:
    """The folder; skips the test that asks where the data is missing."""
    if not folder().is_dir():
        pytest.skip(f"{MISSING}: name its folder in {VARIABLE}")
    return folder()
