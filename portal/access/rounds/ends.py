"""Tell what a look at an access ends: when its clock began, and whether it is used up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portal.access.rounds.standing import Standing
from portal.access.rounds.storing import DUE_IN
from portal.models import utc_now


@dataclass(frozen=True)
class UsageSync:
    """Hold what a round came to: users read, accesses put back, begun, ended; leftovers gone.

    `logged_out`: sessions of devices beyond those that were bought. `online`: accesses by which
    somebody is online; `changed`: those of which something was written.
    """

    users: int = 0
    lost: int = 0
    begun: int = 0
    ended: int = 0
    removed: int = 0
    logged_out: int = 0
    online: int = 0
    changed: int = 0


def begun(access: Standing, at: datetime) -> dict[str, Any]:
    """Give what begins the clock of a plan that counts from a first use, which was then."""
    ends = at + timedelta(seconds=access.duration_seconds or 0)
    return {"started_at": at, "expires_at": ends, DUE_IN: until(ends)}


def waits_for_first_use(access: Standing) -> bool:
    """Tell whether its clock begins with its first use, which has not been seen yet."""
    return access.duration_from == "first_use" and access.expires_at is None


def used_up(access: Standing) -> dict[str, Any]:
    """Give what ends an access of which nothing is left; empty where something is."""
    time_limit = access.duration_seconds if access.duration_from == "connected" else None
    out_of_time = time_limit is not None and access.total_seconds >= time_limit
    out_of_data = access.data_limit is not None and access.total_bytes >= access.data_limit
    return {"wanted": "absent"} | due() if out_of_time or out_of_data else {}


def due() -> dict[str, Any]:
    """Give what has an access looked at at once."""
    return {DUE_IN: 0.0}


def until(moment: datetime) -> float:
    """Give the seconds until then; 0 where it is over."""
    return max(0.0, (moment - utc_now()).total_seconds())
