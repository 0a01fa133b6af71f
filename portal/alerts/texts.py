"""Write what a person reads: one message of what happened once or many times, in plain text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from portal.alerts.events import AlertEvent
from portal.core import formatting
from portal.models import AlertMessage, Company
from portal.ports import time_zone_of

SHOWN = 5
ID = re.compile(r"(?:sal|ord)_\w+")
ID_SHOWN = 12


def heading_of(event: AlertEvent, count: int) -> str:
    """Write what stands above: `Venta`, or `Venta ×5`."""
    return f"{event.heading} ×{count}" if count > 1 else event.heading


def text_of(company: Company, event: AlertEvent, items: Sequence[AlertMessage]) -> str:
    """Write the message, `items` in the order in which they happened."""
    lines = [f"{heading_of(event, len(items))} · {company.name}"]
    if len(items) > 1:
        lines.append(_span(items[0].created_at, items[-1].created_at, time_zone_of(company)))
        lines += _totals(items)
    lines += ["", *(_line(company, event, item) for item in items[:SHOWN])]
    if len(items) > SHOWN:
        lines.append(f"… y {len(items) - SHOWN} más")
    return "\n".join(lines)


def _line(company: Company, event: AlertEvent, item: AlertMessage) -> str:
    if event is AlertEvent.DAILY_SUMMARY:
        return item.message
    when = formatting.moment(item.created_at, time_zone_of(company))
    about = f" ({_shortened(item.subject)})" if ID.fullmatch(item.subject) else ""
    return f"{when}: {item.message}{about}"


def _shortened(subject: str) -> str:
    """Write the beginning, by which it is found: the whole id of a sale opens its code."""
    return f"{subject[:ID_SHOWN]}…"


def _span(first: datetime, last: datetime, zone: ZoneInfo) -> str:
    begun, ended = formatting.moment(first, zone), formatting.moment(last, zone)
    return begun if begun == ended else f"De {begun} a {ended}"


def _totals(items: Sequence[AlertMessage]) -> list[str]:
    totals: Counter[str] = Counter()
    for item in items:
        if item.amount is not None and item.currency is not None:
            totals[item.currency] += item.amount
    written = [formatting.price_in_full(total, name) for name, total in sorted(totals.items())]
    return ["Total: " + " · ".join(written)] if written else []
