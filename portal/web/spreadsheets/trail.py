"""Give the trail as a table for a spreadsheet, each entry with the digest that chains it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from portal.models import AuditEntry
from portal.web.spreadsheets.table import Cell, Table, clock
from portal.web.trail_words import about, told

COLUMNS = (
    *("numero", "fecha", "quien", "accion", "descripcion", "objeto", "antes", "despues"),
    *("detalles", "ip", "solicitud", "huella"),
)


def trail_table(entries: Iterable[AuditEntry], zone: ZoneInfo) -> Table:
    """Give the lines, headed by the names of the columns, dates in the zone given."""
    return Table(COLUMNS, (_cells(entry, zone) for entry in entries))


def _cells(entry: AuditEntry, zone: ZoneInfo) -> Sequence[Cell]:
    who = (entry.actor, entry.action, about(entry.action), entry.target)
    sides = (_json(told(entry.before)), _json(told(entry.after)), _json(entry.details))
    where = (entry.ip, entry.request_id, entry.digest)
    return (entry.position, clock(entry.at, zone), *who, *sides, *where)


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True) if values else ""
