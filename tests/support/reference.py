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
MENUS = ("routeros_menus.json", "routeros_tunnel_menus.json")
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
    first, second = (
        json.loads((Path(__file__).parent / name).read_text(encoding="utf-8")) for name in MENUS
    )
    commands = {
        version: {**first["commands"][version], **second["commands"][version]}
        for version in first["commands"]
    }
    return {"commands": commands, "properties": {**first["properties"], **second["properties"]}}


def require() -> Path:
    """The folder; skips the test that asks where the data is missing."""
    if not folder().is_dir():
        pytest.skip(f"{MISSING}: name its folder in {VARIABLE}")
    return folder()
