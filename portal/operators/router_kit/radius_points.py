"""Check of a router that asks us whether it does: what was heard of it, and whether it hears us."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from portal.access.radius.errors import SILENT
from portal.access.radius.sessions import is_fresh, is_open, stale_seconds
from portal.access.radius.wire import hears
from portal.core import formatting
from portal.core.database import reading
from portal.hotspot.setup import Finding, State
from portal.models import Company, RadiusRouter, RadiusSession, Router, utc_now
from portal.ports import time_zone_of

REPORTS, LOGIN, HEARS = "Informes por RADIUS", "Última entrada", "Oye desconexiones (CoA)"
LOOK = "/radius print detail; /ip hotspot profile print detail"
INCOMING = "/radius incoming set accept=yes port={}"
NEVER = "Nunca se ha oído nada de este router: le falta su kit, o no llega a este servidor por UDP."
LAST = "Informó por última vez el {}."
QUIET = "Informó por última vez el {}; desde entonces nadie está en línea."
NOBODY = "Nadie ha entrado todavía por RADIUS."
ENTERED = "El {}."
DEAF = (
    "No contesta en {}:{} por UDP: un reembolso o una desconexión esperan a que la sesión termine "
    "sola."
)
PLACELESS = "Todavía no se sabe con qué dirección llega."
ANSWERS = "Contesta en {}:{}."


def radius_points(router: Router) -> list[Finding]:
    """Give what there is to say; the router is asked one thing, within 3 s at most."""
    with reading() as session:
        zone = time_zone_of(session.get(Company, router.company_id))
        known = session.get(RadiusRouter, router.id)
        here = RadiusSession.router_id == router.id
        entered = session.scalar(select(func.max(RadiusSession.started_at)).where(here))
        overdue = session.scalar(select(RadiusSession.id).where(here, is_open(), ~is_fresh()))

    def told(moment: datetime) -> str:
        return formatting.moment(moment, zone)

    heard = known.heard_at if known else None
    is_late = heard is None or (utc_now() - heard).total_seconds() > stale_seconds()
    if heard is None:
        reports = Finding(REPORTS, State.MISSING, NEVER, LOOK)
    elif is_late and overdue is not None:
        reports = Finding(REPORTS, State.MISSING, SILENT, LOOK)
    else:
        reports = Finding(REPORTS, State.OK, (QUIET if is_late else LAST).format(told(heard)))
    login = (
        Finding(LOGIN, State.OK, ENTERED.format(told(entered)))
        if entered
        else Finding(LOGIN, State.ADVICE, NOBODY)
    )
    return [reports, login, _hearing(router, known)]


def _hearing(router: Router, known: RadiusRouter | None) -> Finding:
    host = router.host or (known.heard_from if known else None)
    if known is None or host is None:
        return Finding(HEARS, State.UNKNOWN, PLACELESS)
    if hears(router, known):
        return Finding(HEARS, State.OK, ANSWERS.format(host, router.coa_port))
    state = State.ADVICE if router.has_api else State.MISSING
    return Finding(
        HEARS, state, DEAF.format(host, router.coa_port), INCOMING.format(router.coa_port)
    )
