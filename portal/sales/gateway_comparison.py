"""Lay our sales beside the gateway's orders, one by one and both ways; change nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import ColumnElement, and_, or_, select

from portal import ports
from portal.access.provisioning import owner_of
from portal.core.database import reading
from portal.core.leases import is_held
from portal.core.vault import VaultError
from portal.models import GatewayAccount, Sale, utc_now
from portal.payments.gateway import Order
from portal.sales.gateway_differences import Difference, differences
from portal.sales.missing_keys import KEY_LOST

BATCH = 250
# Our clock and the gateway's may differ: an order may seem older than its sale.
CLOCK_SKEW = timedelta(minutes=15)


@dataclass(frozen=True)
class Compared:
    """Hold a sale and its order; one of them may be missing. Without `differences` they agree.

    `under_way`: the sale was being worked on meanwhile, so nothing is said of it.
    """

    sale: Sale | None
    order: Order | None
    differences: tuple[Difference, ...] = ()
    under_way: bool = False


@dataclass(frozen=True)
class Unread:
    """Name an account whose orders could not all be read: its sales cannot be compared."""

    account: GatewayAccount
    reason: str


def compare(company_id: str, since: datetime) -> Iterator[Compared | Unread]:
    """Yield every order of the company's since then beside its sale, then every sale without one.

    No connection is held while the gateway is asked.
    """
    comparison = _Comparison(company_id, since)
    for account in comparison.accounts():
        yield from comparison.of_account(account)
    yield from comparison.without_order()


def comparable_companies() -> Sequence[str]:
    """Give the companies that have a key to compare with, by id."""
    usable = GatewayAccount.private_key_sealed.is_not(None)
    query = select(GatewayAccount.company_id).where(usable).distinct()
    with reading() as session:
        return session.scalars(query.order_by(GatewayAccount.company_id)).all()


class _Comparison:
    """Hold one run, and what it has seen so far."""

    def __init__(self, company_id: str, since: datetime) -> None:
        self._company_id, self._since = company_id, since
        self._owner = owner_of(company_id)
        self._began = utc_now()
        self._seen: set[str] = set()
        self._unread: set[str] = set()

    def accounts(self) -> Sequence[GatewayAccount]:
        """Give the current credentials, and older ones that sales since then were opened with."""
        used = select(Sale.gateway_account_id).where(self._is_ours())
        query = select(GatewayAccount).where(
            GatewayAccount.company_id == self._company_id,
            GatewayAccount.private_key_sealed.is_not(None),
            or_(GatewayAccount.current, GatewayAccount.id.in_(used)),
        )
        with reading() as session:
            return session.scalars(query.order_by(GatewayAccount.version.desc())).all()

    def of_account(self, account: GatewayAccount) -> Iterator[Compared | Unread]:
        """Give the orders that these credentials see and newer ones did not."""
        listed = self._orders(account)
        while batch := list(islice(listed, BATCH)):
            yield from self._beside_sales([item for item in batch if isinstance(item, Order)])
            yield from (item for item in batch if isinstance(item, Unread))

    def without_order(self) -> Iterator[Compared]:
        """Yield sales that should have an order, and the gateway lists none."""
        last = ""
        while sales := self._sales_after(last):
            for sale in sales:
                if sale.order_id not in self._seen and sale.gateway_account_id not in self._unread:
                    yield self._judged(sale, None, Difference("missing_there"))
            last = sales[-1].id

    def _orders(self, account: GatewayAccount) -> Iterator[Order | Unread]:
        try:
            gateway, timeout = ports.gateway_of(account), ports.settings().gateway_timeout
        except VaultError:
            self._unread.add(account.id)
            yield Unread(account, KEY_LOST)
            return
        for answer in gateway.orders(self._since - CLOCK_SKEW, timeout):
            if not isinstance(answer, Order):
                self._unread.add(account.id)
                yield Unread(account, answer.reason)
            elif answer.id not in self._seen:
                self._seen.add(answer.id)
                yield answer

    def _beside_sales(self, orders: Sequence[Order]) -> Iterator[Compared]:
        known = self._sales_of(orders)
        for order in orders:
            sale, mode = known.get(order.id) or known.get(order.reference or "") or (None, "")
            if sale is not None and sale.created_at >= self._since:
                yield self._judged(sale, order, *differences(sale, mode == "live", order))
            elif sale is None and self._is_astray(order):
                yield Compared(None, order, (Difference("missing_here"),))

    def _is_astray(self, order: Order) -> bool:
        recent = order.created_at is None or order.created_at >= self._since
        return recent and order.owner == self._owner

    def _judged(self, sale: Sale, order: Order | None, *found: Difference) -> Compared:
        """Judge nothing that moved meanwhile: sale and order were not read at one moment."""
        moved = sale.updated_at >= self._began or is_held(sale)
        return Compared(sale, order, () if moved else found, under_way=moved)

    def _is_ours(self) -> ColumnElement[bool]:
        return and_(Sale.company_id == self._company_id, Sale.created_at >= self._since)

    def _sales_of(self, orders: Sequence[Order]) -> dict[str, tuple[Sale, str]]:
        """Find sales, with their account's mode, by their order's id and by their own."""
        named = [order.id for order in orders]
        referred = [order.reference for order in orders if order.reference]
        query = (
            select(Sale, GatewayAccount.mode)
            .join(GatewayAccount, GatewayAccount.id == Sale.gateway_account_id)
            .where(
                Sale.company_id == self._company_id,
                or_(Sale.order_id.in_(named), Sale.id.in_(referred)),
            )
        )
        with reading() as session:
            rows = [(sale, mode) for sale, mode in session.execute(query)]
        by_id = {sale.id: (sale, mode) for sale, mode in rows}
        return by_id | {sale.order_id: (sale, mode) for sale, mode in rows if sale.order_id}

    def _sales_after(self, last: str) -> Sequence[Sale]:
        query = (
            select(Sale)
            .where(
                self._is_ours(),
                Sale.created_at < self._began,
                or_(Sale.order_id.is_not(None), Sale.paid_at.is_not(None)),
                Sale.id > last,
            )
            .order_by(Sale.id)
            .limit(BATCH)
        )
        with reading() as session:
            return session.scalars(query).all()
