"""What a customer is told of a sale: the truth, and what there is to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from portal import ports
from portal.hotspot.router import RouterError
from portal.models import Access, Router, utc_now
from portal.sales.standing import Standing

# Just logged in by us, a device need not be looked for.
FRESH = timedelta(seconds=60)
ROUTER_SECONDS = 2.0
# After how many seconds of waiting a page comes back every so many seconds.
PATIENCE = ((60, 3), (300, 6), (1800, 15))
LONGEST_PAUSE = 60


@dataclass(frozen=True)
class Online:
    """Whether a device is online; None when the router did not say."""

    known: bool | None

    @property
    def certainly(self) -> bool:
        return self.known is True


def ask_router(standing: Standing, router: Router, mac: str | None) -> Online:
    """Ask the router whether the buyer is online. Nothing of the database is held."""
    sale = standing.sale
    just_now = sale.delivered_at is not None and utc_now() - sale.delivered_at < FRESH
    if sale.session_id is not None and just_now:
        return Online(True)
    try:
        sessions = ports.hotspot_of(router).sessions(ROUTER_SECONDS, user=standing.access.name)
    except RouterError:
        return Online(None)
    return Online(any(mac in (None, session.mac) for session in sessions))


def seconds_left(access: Access) -> float | None:
    """The time that remains of what was bought; None without a limit, or not begun yet."""
    if access.expires_at is not None:
        return max(0.0, (access.expires_at - utc_now()).total_seconds())
    if access.duration_seconds is None or access.duration_from != "connected":
        return None
    return max(0.0, access.duration_seconds - access.used_seconds - access.seen_seconds)


def pause(standing: Standing) -> int:
    """Seconds until a page about something undecided should come back."""
    waited = (utc_now() - standing.sale.created_at).total_seconds()
    return next((seconds for limit, seconds in PATIENCE if waited < limit), LONGEST_PAUSE)
