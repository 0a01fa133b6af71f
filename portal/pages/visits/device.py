"""Read what stands under a visitor's name: by ids that were proven, or by a device's MAC."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from portal.access.usage import seconds_left
from portal.core.database import reading
from portal.models import Access, Plan, Sale, SaleVisit, utc_now
from portal.models.access import AccessState
from portal.models.sale_states import UNDECIDED, SaleState
from portal.pages.outcome import bank_url, is_part_paid, waits_for_buyer
from portal.sales.creation import can_grow

Row = TypeVar("Row", Sale, Access)


@dataclass(frozen=True)
class KnownDevice:
    """Hold a visitor's purchase under way, and the access that is theirs.

    `bought`: the purchase that made the access, where it is proven as well.
    """

    sale: Sale | None = None
    access: Access | None = None
    bought: Sale | None = None

    @property
    def is_paid(self) -> bool:
        """Tell whether the money of the purchase under way is in."""
        return self.sale is not None and self.sale.state == SaleState.PAID

    @property
    def is_undecided(self) -> bool:
        """Tell whether money may still move for the purchase under way."""
        return self.sale is not None and self.sale.state in UNDECIDED

    @property
    def waits_for_buyer(self) -> bool:
        """Tell whether nothing but a deferred payment of theirs is waited for."""
        return self.sale is not None and waits_for_buyer(self.sale)

    @property
    def is_part_paid(self) -> bool:
        """Tell whether too little came for that purchase, and its seller has to decide."""
        return self.sale is not None and is_part_paid(self.sale)

    @property
    def bank_url(self) -> str | None:
        """Give the address where the bank of that purchase waits for an answer."""
        return bank_url(self.sale) if self.sale else None

    @property
    def left(self) -> float | None:
        """Give the seconds that remain of the access; None without a limit."""
        return seconds_left(self.access) if self.access else None

    def can_grow(self, plan: Plan) -> bool:
        """Tell whether what this plan gives is added to what is left."""
        return self.access is not None and can_grow(self.access, plan)


def read_known(
    router_id: str, visit_id: str | None, sale_ids: Sequence[str], access_ids: Sequence[str]
) -> KnownDevice:
    """Read the latest sale under way of these and of the visit, and the latest access that lasts.

    An access is reached by its own id, or by the sale that made it: not by one that added to it.
    """
    with reading() as session:
        begun = session.scalars(_begun_in(visit_id)).all() if visit_id else ()
        sales = _in_order(session, Sale, router_id, [*sale_ids, *begun])
        made = [sale.access_id for sale in sales if not sale.extends]
        accesses = _in_order(session, Access, router_id, [*made, *access_ids])
    under_way = (sale for sale in reversed(sales) if sale.state in (*UNDECIDED, SaleState.PAID))
    access = next(filter(lasts, reversed(accesses)), None)
    made_by = (sale for sale in sales if access and sale.access_id == access.id)
    bought = next((sale for sale in made_by if not sale.extends), None)
    return KnownDevice(next(under_way, None), access, bought)


def paid_for(router_id: str, mac: str) -> list[Access]:
    """Find the accesses in the name of this MAC that last, the one that cost most first.

    A cheap one, which anybody may have bought for this MAC, takes no better one's place.
    """
    made_by = and_(Sale.access_id == Access.id, Sale.extends.is_(False))
    query = (
        select(Access)
        .outerjoin(Sale, made_by)
        .where(
            Access.router_id == router_id,
            Access.mac == mac,
            Access.wanted == AccessState.ENABLED,
            or_(Access.expires_at.is_(None), Access.expires_at > utc_now()),
        )
        .order_by(func.coalesce(Sale.amount, 0).desc(), Access.created_at)
    )
    with reading() as session:
        found = session.scalars(query).all()
    return list(filter(lasts, found))


def sale_that_made(access: Access) -> Sale | None:
    """Find the purchase that made an access; None where it was not sold so."""
    query = select(Sale).where(Sale.access_id == access.id, Sale.extends.is_(False))
    with reading() as session:
        return session.scalar(query.order_by(Sale.created_at.desc()).limit(1))


def find_access(router_id: str, access_id: str) -> Access | None:
    """Find the router's access of this id, if it lasts."""
    with reading() as session:
        found = _in_order(session, Access, router_id, [access_id])
    return next(filter(lasts, found), None)


def lasts(access: Access) -> bool:
    """Tell whether it lets a device online, and something of it is left."""
    return access.wanted == AccessState.ENABLED and seconds_left(access) != 0.0


def _begun_in(visit_id: str) -> Select[str]:
    """Who goes back to an earlier page of a visit has an address that does not know them yet."""
    query = select(Sale.id).join(SaleVisit, SaleVisit.id == Sale.id)
    return query.where(SaleVisit.visit_id == visit_id).order_by(Sale.created_at)


def _in_order(session: Session, record: type[Row], router_id: str, ids: Iterable[str]) -> list[Row]:
    """The router's records of these ids, in the order of the ids."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return []
    query = select(record).where(record.id.in_(wanted), record.router_id == router_id)
    return sorted(session.scalars(query), key=lambda row: wanted.index(row.id))
