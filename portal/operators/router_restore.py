"""A router made what our records say, at its operator's word."""

from __future__ import annotations

from dataclasses import asdict

from portal.access.router_restore import Restored, restore_router
from portal.core.database import writing
from portal.hotspot.errors import RouterError
from portal.operators import routers
from portal.operators.audit import Actor, record
from portal.operators.targets import problem_of


def restore(actor: Actor, company_id: str, router_id: str) -> Restored:
    """Make the router at once what our records say, as after a reset.

    Raises NotFound, and Unavailable with advice in Spanish.
    """
    router = routers.get(company_id, router_id)
    try:
        done = restore_router(router.id)
    except RouterError as error:
        raise problem_of(error) from error
    with writing() as session:
        record(session, actor, "router.restore", router_id, company_id, **asdict(done))
    return done
