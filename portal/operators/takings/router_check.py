"""Ask a router whether it is there, and close what was open about its silence."""

from __future__ import annotations

from dataclasses import dataclass

from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import resolve_alerts
from portal.core.database import writing
from portal.operators import routers
from portal.operators.targets import count_try, forgive_try


@dataclass(frozen=True)
class RouterAnswer:
    """Name a router that answered, and the release that it runs."""

    name: str
    version: str


def ask(user_id: int, company_id: str, router_id: str) -> RouterAnswer:
    """Ask it now, as this administrator. Nothing of the database is held meanwhile.

    Raises NotFound, TooManyRequests, and with advice Invalid and Unavailable.
    """
    router = routers.get(company_id, router_id)
    count_try(user_id)
    info = routers.test_connection(company_id, router_id)
    forgive_try(user_id)
    with writing() as session:
        resolve_alerts(session, company_id, AlertKind.ROUTER_AWAY, router.id)
    return RouterAnswer(router.name, info.version)
