"""Tell a customer of a sale: the truth, and what there is to do."""

from __future__ import annotations

from datetime import timedelta

from portal import ports
from portal.hotspot.errors import RouterError
from portal.models import Access, Router, Sale, utc_now
from portal.models.sale_states import SaleState
from portal.pages.visits.login_hosts import read_url
from portal.pages.visits.visit import Visit
from portal.sales.deferred.part_payment import part_held

FRESH = timedelta(seconds=60)
ROUTER_SECONDS = 2.0
# After how many seconds of waiting a page comes back every so many seconds.
PATIENCE = ((60, 3), (300, 6), (1800, 15))
LONGEST_PAUSE = 60


def was_just_connected(sale: Sale, visit: Visit) -> bool:
    """Tell whether we saw this very device online a moment ago: nobody need be asked again."""
    delivered = sale.delivered_at
    fresh = delivered is not None and utc_now() - delivered < FRESH
    same = visit.mac is not None and (visit.mac, visit.ip) == (sale.mac, sale.session_ip)
    return fresh and same and sale.session_id is not None


def is_online(router: Router, access: Access, mac: str | None, ip: str | None) -> bool | None:
    """Tell whether the router has the device online at its address now; None when it does not say.

    Without `mac` it cannot be said of anybody: somebody else's session is not this device's.
    `ip` is only a hint. Nothing of the database is held meanwhile.
    """
    if mac is None:
        return None
    presence = ports.presence_of(router)
    try:
        return presence.session_of(access.name, mac, ROUTER_SECONDS, address=ip) is not None
    except RouterError:
        return None


def bank_url(sale: Sale) -> str | None:
    """Give the address where the buyer's bank waits for an answer, if it does.

    Not where the gateway's own frame asks for the bank.
    """
    is_elsewhere = sale.checkout_id is None and not sale.is_deferred
    return _action_url(sale) if is_elsewhere else None


def ticket_url(sale: Sale) -> str | None:
    """Give the gateway's own page that says how it is paid, where we were not told ourselves."""
    return _action_url(sale) if sale.is_deferred else None


def _action_url(sale: Sale) -> str | None:
    waits = sale.state == SaleState.PENDING
    return sale.action_url if waits and read_url(sale.action_url) else None


def waits_for_buyer(sale: Sale) -> bool:
    """Tell whether nothing but a deferred payment is waited for."""
    return sale.is_deferred and sale.state == SaleState.PENDING and sale.parked_reason is None


def is_part_paid(sale: Sale) -> bool:
    """Tell whether too little came, later and elsewhere, and a person has to decide."""
    return sale.state == SaleState.PENDING and part_held(sale) > 0


def pause(sale: Sale) -> int:
    """Give the seconds until a page about something undecided should come back."""
    waited = (utc_now() - sale.created_at).total_seconds()
    return next((seconds for limit, seconds in PATIENCE if waited < limit), LONGEST_PAUSE)
