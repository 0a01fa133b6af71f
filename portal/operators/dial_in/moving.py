"""Let a router that has an address dial in from now on, or the other way round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from portal.models import DialIn, Router
from portal.operators.dial_in import places


def moved(session: Session, router: Router, values: Mapping[str, Any]) -> dict[str, Any]:
    """Give the values with the address that follows from them, and take or release its place.

    A router that dials in has no address to be told, so that None for `host` leaves it as it is.
    Raises Invalid, Unavailable.
    """
    others = {name: value for name, value in values.items() if name != "dial_in"}
    kind = values.get("dial_in")
    if router.dial_in is None and kind is None:
        return others
    host = others.pop("host", None)
    if kind is None and "dial_in" not in values and host is None:
        return others
    return others if kind == router.dial_in else others | _place(session, router, kind, host)


def _place(
    session: Session, router: Router, kind: str | None, host: str | None
) -> dict[str, str | None]:
    if router.dial_in is not None:
        places.release(session, router.id)
    if kind is None:
        return {"host": host, "dial_in": None}
    place = places.take(session, router.company_id, DialIn(kind))
    places.settle(session, place, router)
    return {"host": place.address, "dial_in": kind}
