"""Check of a router that asks us whether it does: what was heard of it, and whether it hears us."""

from __future__ import annotations

from datetime import datetime, tzinfo

from sqlalchemy import Select, exists, func, select

from portal.access.radius.errors import SILENT
from portal.access.radius.keys import radius_keys
from portal.access.radius.routers import ports_of
from portal.access.radius.sessions import is_fresh, is_open, stale_seconds
from portal.access.radius.wire import hears
from portal.core import formatting
from portal.core.database import reading
from portal.core.records import from_now
from portal.hotspot.setup import Finding, State
from portal.models import Company, RadiusGrant, RadiusRouter, RadiusSession, Router, utc_now
from portal.ports import time_zone_of

REPORTS, LOGIN, HEARS = "Informes por RADIUS", "Última entrada", "Oye desconexiones (CoA)"
# A Start comes within a second, and its repetitions within some more.
LATE_SECONDS = 60.0
LOOK = "/radius print detail; /ip hotspot profile print detail"
INCOMING = "/radius incoming set accept=yes port={}"
NEVER = "Nunca se ha oído nada de este router: le falta su kit, o no llega a este servidor por UDP."
NEVER_OWN = (
    "Nunca se ha oído nada de este router: le falta su kit, o el servidor RADIUS no tiene todavía "
    "su secreto. Escriba otra vez sus archivos con «flask radius kit» y reinícielo."
)
UNREPORTED = (
    "Dejó entrar a alguien y no informó: abra UDP {} hasta el servidor RADIUS. Mientras, el tiempo "
    "se cuenta desde cada entrada, y los datos no se cuentan."
)
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
        is_unreported = session.scalar(_unreported(router.id))
        is_overdue = session.scalar(select(exists().where(here, is_open(), ~is_fresh())))
    if is_unreported:
        closed = UNREPORTED.format(_accounting_port(known))
        reports = Finding(REPORTS, State.MISSING, closed, LOOK)
    else:
        reports = _reports(known, bool(is_overdue), zone)
    return [reports, _login(entered, zone), _hearing(router, known)]


def _reports(known: RadiusRouter | None, is_overdue: bool, zone: tzinfo) -> Finding:
    if known is None or known.heard_at is None:
        said = NEVER_OWN if known and known.address else NEVER
        return Finding(REPORTS, State.MISSING, said, LOOK)
    is_late = (utc_now() - known.heard_at).total_seconds() > stale_seconds()
    if is_late and is_overdue:
        return Finding(REPORTS, State.MISSING, SILENT, LOOK)
    told = formatting.moment(known.heard_at, zone)
    return Finding(REPORTS, State.OK, (QUIET if is_late else LAST).format(told))


def _accounting_port(known: RadiusRouter | None) -> int:
    keys = radius_keys()
    return ports_of((keys.of(known) if known else keys.first).slot)[1]


def _login(entered: datetime | None, zone: tzinfo) -> Finding:
    if entered is None:
        return Finding(LOGIN, State.ADVICE, NOBODY)
    return Finding(LOGIN, State.OK, ENTERED.format(formatting.moment(entered, zone)))


def _unreported(router_id: str) -> Select[bool]:
    """Ask for somebody who was let in a minute ago or earlier, where nothing was heard since."""
    asking, told = RadiusRouter, RadiusGrant
    silent = asking.heard_at.is_(None) | (asking.heard_at < told.granted_at)
    late = told.granted_at < from_now(-LATE_SECONDS)
    mine = (told.router_id == router_id, asking.router_id == told.router_id)
    return select(exists().where(*mine, silent, late))


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
