"""Give time without service back: an access ends when it has run as long as was bought.

Its clock stands still while its router is out. So the order in which outages are declared does
not matter, nor whether they overlap; and an access that would have ended during an outage goes
on after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.access.desired_state import NAME_DRAWS, draw_credentials
from portal.access.spans import Span, joined, running, runs_out
from portal.access.usage import keep_counted
from portal.core.leases import is_held
from portal.core.records import from_now
from portal.models import Access, Outage, Router, Sale, utc_now
from portal.models.access import AccessState
from portal.models.sale_states import MONEY_STANDS


class AccessBusy(Exception):
    """Say that somebody works on one of the accesses at this moment: try again shortly."""


@dataclass(frozen=True)
class GivenBack:
    """Hold how many accesses got time, how much in all, and how many of them had ended already.

    `renamed`: accesses that came back under another name, since theirs was sold meanwhile.
    """

    accesses: int = 0
    seconds: int = 0
    reopened: int = 0
    renamed: tuple[str, ...] = ()


def declare_outage(
    session: Session, router_id: str, starts_at: datetime, ends_at: datetime
) -> GivenBack:
    """Record an outage that is over, and give its time back. Raises AccessBusy.

    All or nothing, in the caller's transaction, which must be rolled back when it raises.
    """
    _one_at_a_time(session, router_id)
    known = _outages(session, router_id)
    session.add(Outage(router_id=router_id, starts_at=starts_at, ends_at=ends_at))
    session.flush()
    before, after = joined(known), joined([*known, Span(starts_at, ends_at)])
    accesses = session.scalars(_touched(router_id, starts_at, ends_at)).all()
    if any(is_held(access) for access in accesses):
        raise AccessBusy
    return _total([_extend(session, access, before, after) for access in accesses])


def _one_at_a_time(session: Session, router_id: str) -> None:
    """Lock the router: two declarations at once would each give back what they have in common."""
    lock = select(Router.id).where(Router.id == router_id).with_for_update(key_share=True)
    session.execute(lock)


def _outages(session: Session, router_id: str) -> list[Span]:
    query = select(Outage.starts_at, Outage.ends_at).where(Outage.router_id == router_id)
    return [Span(starts, ends) for starts, ends in session.execute(query)]


def _touched(router_id: str, starts_at: datetime, ends_at: datetime) -> Select[Access]:
    """Select the router's accesses that ran into the outage, but for those whose money went."""
    of_access = Sale.access_id == Access.id
    money_went = and_(
        exists().where(of_access, ~Sale.extends, Sale.state.not_in(MONEY_STANDS)),
        ~exists().where(of_access, Sale.state.in_(MONEY_STANDS)),
    )
    query = select(Access).where(
        Access.router_id == router_id,
        Access.started_at < ends_at,
        Access.expires_at > starts_at,
        ~money_went,
    )
    return query.order_by(Access.id).with_for_update()


def _extend(
    session: Session, access: Access, before: Sequence[Span], after: Sequence[Span]
) -> GivenBack:
    """Move the access' end to when it will have run as long as it would have without the outage."""
    start, end = access.started_at, access.expires_at
    if start is None or end is None:
        raise ValueError("an access without an end is given nothing back")
    later = runs_out(start, running(start, end, before), after)
    if later <= end:
        return GivenBack()
    access.expires_at = later
    reopens = _had_ended(access, end) and later > utc_now()
    renamed = reopens and reopen(session, access)
    return GivenBack(
        accesses=1,
        seconds=int((later - end).total_seconds()),
        reopened=int(reopens),
        renamed=(access.id,) if renamed else (),
    )


def _had_ended(access: Access, end: datetime) -> bool:
    """Tell whether it was taken away because its time was over, and not for what it had used."""
    has_data = access.data_limit is None or access.total_bytes < access.data_limit
    return access.wanted == AccessState.ABSENT and end <= utc_now() and has_data


def reopen(session: Session, access: Access) -> bool:
    """Want it on the router again, in the caller's transaction, which holds the row.

    Gives True where it got a new name, since its own is sold.
    """
    if access.actual == AccessState.ABSENT:
        keep_counted(access)
    session.flush()
    for draw in range(NAME_DRAWS):
        try:
            with session.begin_nested():
                if draw:
                    access.name, access.password = draw_credentials(access.kind, access.pin_digits)
                access.wanted, access.attempts, access.next_attempt_at = (
                    AccessState.ENABLED,
                    0,
                    from_now(),
                )
        except IntegrityError:
            continue
        return draw > 0
    raise RuntimeError("no free hotspot name could be drawn")


def _total(parts: Sequence[GivenBack]) -> GivenBack:
    return GivenBack(
        accesses=sum(part.accesses for part in parts),
        seconds=sum(part.seconds for part in parts),
        reopened=sum(part.reopened for part in parts),
        renamed=tuple(access_id for part in parts for access_id in part.renamed),
    )
