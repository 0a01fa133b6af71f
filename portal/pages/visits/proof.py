"""Decide who may see or change what on the customer's pages: the rules, in one place.

A MAC address is no proof, nor is the IP address beside it: both stand in an address that anybody
may write, and behind the router's NAT all phones come from one place. What is taken for proof:

- a sale's own address, which nobody can guess: shows that sale, cancels it, and shows the code
  of the access that it has made. What it was only added to shows nothing there.
- the visit, sealed for one router, in which a sale was begun or its address opened: the same,
  on its earlier pages too.
- a code that was entered in the visit: its access, code and what is left, and what was bought
  when and for how much. Not the card, nor the reference, which opens who paid to programs: a
  code may be shared. A router's status page enters a PIN for its own customer.
- the router's word that this MAC is at this IP address now: connects that very device, and
  shows nothing to whoever asked. What is used up by being online alone is not begun by it.
"""

from __future__ import annotations

from portal import ports
from portal.hotspot.errors import RouterError
from portal.models import Access, Router
from portal.pages.visits.device import KnownDevice, paid_for, read_known
from portal.pages.visits.visit import Visit
from portal.sales.purchase import SaleStatus

ROUTER_SECONDS = 2.0
MOST_TRIED = 3


def proven(visit: Visit) -> KnownDevice:
    """Read what is proven in this visit to be the visitor's own."""
    if visit.scope is None or not (visit.goes_on or visit.sales or visit.codes):
        return KnownDevice()
    begun_in = visit.id if visit.goes_on else None
    return read_known(visit.scope.router_id, begun_in, visit.sales, visit.codes)


def may_see_access(sale_status: SaleStatus, visit: Visit) -> bool:
    """Tell whether code, time and device of the sale's access are shown to this visitor."""
    if sale_status.is_buyers_own:
        return True
    access = proven(visit).access
    return access is not None and access.id == sale_status.access.id


def is_confirmed(router: Router, visit: Visit) -> bool:
    """Tell whether the router has this MAC at this IP address now; False when it does not say.

    Nothing of the database is held meanwhile.
    """
    if visit.mac is None or visit.ip is None:
        return False
    try:
        hosts = ports.presence_of(router).hosts(ROUTER_SECONDS, mac=visit.mac)
    except RouterError:
        return False
    return any(host.address == visit.ip for host in hosts)


def accesses_of_device(router: Router, visit: Visit) -> list[Access]:
    """Find what may connect the device, if the router confirms it; to be shown to nobody.

    Several: what somebody else bought in its name may let it in no more.
    """
    # The router is asked in any case: an answer that comes sooner would tell who has bought.
    confirmed = is_confirmed(router, visit)
    found = paid_for(router.id, visit.mac) if visit.mac else []
    return list(filter(_runs_anyhow, found))[:MOST_TRIED] if confirmed else []


def _runs_anyhow(access: Access) -> bool:
    """Whether being online costs nothing of it: else who knows two addresses could use it up."""
    has_limit = access.duration_seconds is not None or access.data_limit is not None
    return access.expires_at is not None or not has_limit
