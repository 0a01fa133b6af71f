"""Read from an address which sales are meant, and write it into another one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, cast

from flask import request

from portal.operators.transactions import PUBLIC_WORDS, Filters
from portal.sales.search.finding import Place

LONGEST_TEXT = 100
PARKED = "por_atender"
FIRST_YEAR, LAST_YEAR = 2000, 2999
PLAN = re.compile(r"[1-9][0-9]{0,8}")
PLACE = re.compile(r"([0-9]{1,17})-(sal_[0-9a-f]{32})")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class SaleFilters:
    """Hold what was typed and chosen, as the address spells it; "" is anything."""

    q: str = ""
    estado: str = ""
    router: str = ""
    plan: str = ""
    desde: str = ""
    hasta: str = ""

    @property
    def is_any(self) -> bool:
        """Tell whether anything narrows the list."""
        return any(self.in_address().values())

    def in_address(self) -> dict[str, str]:
        """Give what an address says; nothing of what means anything."""
        return {name: value for name, value in vars(self).items() if value}

    def asked(self) -> Filters:
        """Give it as the list of sales is asked for."""
        known: dict[str, Any] = {
            "text": self.q,
            "state": self.estado if self.estado in PUBLIC_WORDS else None,
            "parked": self.estado == PARKED,
            "router_id": self.router,
            "plan_id": int(self.plan) if PLAN.fullmatch(self.plan) else None,
            "since": _day(self.desde),
            "until": _day(self.hasta),
        }
        said = {name: value for name, value in known.items() if value}
        return cast(Filters, said)


def filters_asked() -> SaleFilters:
    """Read them from the address at hand; what makes no sense is as if it were not there."""
    said = {name: request.args.get(name, "").strip() for name in SaleFilters.__annotations__}
    said["q"] = said["q"].replace("\0", "")[:LONGEST_TEXT]
    for name in ("desde", "hasta"):
        if _day(said[name]) is None:
            said[name] = ""
    if said["estado"] not in (*PUBLIC_WORDS, PARKED):
        said["estado"] = ""
    if not PLAN.fullmatch(said["plan"]):
        said["plan"] = ""
    return SaleFilters(**said)


def place_asked() -> Place | None:
    """Read where the list goes on."""
    found = PLACE.fullmatch(request.args.get("despues", ""))
    if found is None:
        return None
    microseconds = int(found[1])
    return datetime.fromtimestamp(microseconds // 10**6, UTC).replace(
        microsecond=microseconds % 10**6
    ), found[2]


def in_address(place: Place | None) -> str | None:
    """Write where it goes on."""
    if place is None:
        return None
    whole = int((place[0] - EPOCH).total_seconds())
    return f"{whole * 10**6 + place[0].microsecond}-{place[1]}"


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
