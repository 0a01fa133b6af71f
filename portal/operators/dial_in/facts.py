"""Gather what a kit says of the tunnel."""

from __future__ import annotations

from portal.core.database import reading, writing
from portal.core.errors import Conflict
from portal.hotspot.setup.dial_in.commands import TunnelFacts
from portal.models import DialIn, Router
from portal.operators.dial_in import places
from portal.operators.dial_in.enrolment import new_enrolment
from portal.operators.lookup import owned_in
from portal.ports import settings

NO_PLACE = (
    "Este router no tiene lugar en el túnel: en sus datos, elija otra vez cómo se llega a él."
)


def tunnel_facts(router: Router) -> TunnelFacts | None:
    """Give them for a kit that is handed out now; None for a router that does not dial in.

    The address to which it posts its key is made with them. Raises Invalid where this deployment
    lets none dial in, Conflict.
    """
    if router.dial_in is None:
        return None
    places.check_offered(DialIn(router.dial_in))
    with writing() as session:
        locked = owned_in(session, Router, router.id, router.company_id, lock=True)
        post_to = new_enrolment(session, locked)
    with reading() as session:
        place = places.place_of(session, router.id)
    if place is None:
        raise Conflict(NO_PLACE)
    return TunnelFacts(
        router_id=router.id,
        address=place.address,
        ours=str(places.own_address()),
        endpoint=settings().wireguard_endpoint,
        port=settings().wireguard_port,
        public_key=settings().wireguard_public_key,
        post_to=post_to,
        secret=place.secret or "",
        ipsec_secret=settings().l2tp_ipsec_secret,
    )
