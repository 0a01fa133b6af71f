"""Write the trail as a table for a spreadsheet, each entry with the digest that chains it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from portal.models import AuditEntry
from portal.web.spreadsheets.cells import date_cell, lines_of, text_cell
from portal.web.trail_words import about, told

COLUMNS = (
    *("numero", "fecha", "quien", "accion", "descripcion", "objeto", "antes", "despues"),
    *("detalles", "ip", "solicitud", "huella"),
)


def table(entries: Iterable[AuditEntry], zone: ZoneInfo) -> Iterator[str]:
    """Write the lines, headed by the names of the columns, dates in the zone given."""
    return lines_of(COLUMNS, (_cells(entry, zone) for entry in entries))


def _cells(entry: AuditEntry, zone: ZoneInfo) -> Sequence[Any]:
    who = (text_cell(entry.actor), entry.action, about(entry.action), text_cell(entry.target))
    sides = (_json(told(entry.before)), _json(told(entry.after)), _json(entry.details))
    where = (text_cell(entry.ip), text_cell(entry.request_id), text_cell(entry.digest))
    return (entry.position, date_cell(entry.at, zone), *who, *sides, *where)


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True) if values else ""
