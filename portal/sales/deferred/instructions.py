"""Keep with a sale how its deferred payment is made, as text that is read back whole."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from portal.payments.methods import (
    CashInstructions,
    CashReference,
    Instructions,
    Method,
    TransferInstructions,
)


def written(instructions: Instructions) -> str:
    """Write them as JSON; times in ISO 8601."""
    return json.dumps(asdict(instructions), default=datetime.isoformat)


def read(method: str, text: str | None) -> Instructions | None:
    """Read what `written` made of those of this method; None where there are none yet."""
    if text is None:
        return None
    told: dict[str, Any] = json.loads(text)
    ends = told.pop("expires_at")
    expires_at = None if ends is None else datetime.fromisoformat(ends)
    if method == Method.TRANSFER:
        return TransferInstructions(**told, expires_at=expires_at)
    references = tuple(_reference(each) for each in told["references"])
    return CashInstructions(references, expires_at)


def _reference(told: dict[str, Any]) -> CashReference:
    return CashReference(**told | {"stores": tuple(told["stores"])})
