"""Make a router known to RADIUS."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.access.radius.keys import RadiusKeys
from portal.core.database import insert_new
from portal.models import RadiusRouter, Router


def enrol(session: Session, keys: RadiusKeys, router: Router) -> None:
    """Let the RADIUS server know the router, in the transaction that gives it to RADIUS.

    May be repeated.
    """
    values = {
        "router_id": router.id,
        "company_id": router.company_id,
        "proof": keys.proof_of(router.id),
        "secret_generation": 1,
        "boots": 0,
    }
    insert_new(session, RadiusRouter, values)
