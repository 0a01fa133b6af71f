"""Tell how routers stand, as was heard of them last: nobody is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import formatting
from portal.core.database import reading
from portal.hotspot.setup.findings import State
from portal.hotspot.setup.release_checks import release_advice
from portal.models import Alert, Company, Router, RouterContact, utc_now
from portal.operators.dial_in.standing import standings_of
from portal.ports import time_zone_of

# Workers ask every four minutes at least, so that after this nobody asks any more.
FRESH = timedelta(minutes=5)
SILENT = "No responde desde el {}."
RELEASE = "La versión {}."


@dataclass(frozen=True)
class RouterState:
    """Hold how a router stands.

    `is_online` and `version` are None where nobody knows; `silent_since` is None unless it does
    not answer. `warnings` are sentences in Spanish.
    """

    is_online: bool | None = None
    version: str | None = None
    last_contact: datetime | None = None
    silent_since: datetime | None = None
    warnings: tuple[str, ...] = ()


UNHEARD_OF = RouterState()


def state_of(router: Router) -> RouterState:
    """Tell how one router stands."""
    return states_of([router]).get(router.id, UNHEARD_OF)


def states_of(routers: Sequence[Router]) -> dict[str, RouterState]:
    """Tell how routers of one company stand, by their ids. Three queries; four if some dial in."""
    if not routers:
        return {}
    ids = [router.id for router in routers]
    with reading() as session:
        zone = time_zone_of(session.get(Company, routers[0].company_id))
        known = select(RouterContact).where(RouterContact.router_id.in_(ids))
        contacts = {contact.router_id: contact for contact in session.scalars(known)}
        alerts = _alerts(session, routers[0].company_id, ids)
    for router_id, standing in standings_of(routers).items():
        if standing.state is State.MISSING:
            alerts.setdefault(router_id, []).append(standing.said)
    return {
        router.id: _state(contacts.get(router.id), alerts.get(router.id, ()), zone)
        for router in routers
    }


def _alerts(session: Session, company_id: str, ids: Sequence[str]) -> dict[str, list[str]]:
    """Give what is said of each router and waits for a person."""
    query = select(Alert.subject, Alert.message).where(
        Alert.company_id == company_id, Alert.subject.in_(ids), Alert.resolved_at.is_(None)
    )
    said: dict[str, list[str]] = defaultdict(list)
    for subject, message in session.execute(query.order_by(Alert.id)):
        said[subject].append(message)
    return said


def _state(contact: RouterContact | None, alerts: Sequence[str], zone: ZoneInfo) -> RouterState:
    said = () if contact is None else _warnings(contact, zone)
    return replace(state_heard(contact), warnings=(*said, *alerts))


def state_heard(contact: RouterContact | None) -> RouterState:
    """Tell how a router stands by what was heard of it, without a word of what to do."""
    if contact is None:
        return UNHEARD_OF
    return RouterState(
        is_online=_is_online(contact),
        version=contact.version,
        last_contact=contact.answered_at,
        silent_since=contact.silent_since,
    )


def _is_online(contact: RouterContact) -> bool | None:
    if contact.silent_since is not None:
        return False
    is_fresh = contact.answered_at is not None and utc_now() - contact.answered_at < FRESH
    return True if is_fresh else None


def _warnings(contact: RouterContact, zone: ZoneInfo) -> Iterator[str]:
    if contact.silent_since is not None:
        yield SILENT.format(formatting.moment(contact.silent_since, zone))
    if said := release_advice(contact.version or ""):
        yield RELEASE.format(said)
