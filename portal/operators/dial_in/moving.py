"""Let a router that has an address dial in from now on, or the other way round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from portal.models import DialIn, Router
from portal.operators.dial_in import places


def dial_in_of(values: Mapping[str, Any]) -> DialIn | None:
    """Tell by what a router dials in of which this is said; None for one with an address."""
    said = values.get("dial_in")
    if said is not None:
        return DialIn(said)
    is_without_address = "host" in values and values["host"] is None
    return DialIn.WIREGUARD if is_without_address else None


def moved(session: Session, router: Router, values: Mapping[str, Any]) -> dict[str, Any]:
    """Give the values with the address that follows from them, and take or release its place.

    Raises Invalid, Unavailable.
    """
    others = {name: value for name, value in values.items() if name not in ("host", "dial_in")}
    kind = dial_in_of(values)
    said = values.get("dial_in")
    if kind is not None and router.dial_in is not None and said in (None, router.dial_in):
        return others
    if kind is not None:
        places.release(session, router.id)
        place = places.take(session, router.company_id, kind)
        places.settle(session, place, router)
        return others | {"host": place.address, "dial_in": kind.value}
    if "host" not in values:
        return others
    places.release(session, router.id)
    return others | {"host": values["host"], "dial_in": None}
