"""How a sale stands, for whoever may know: buyer, custom portal, operator."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, bindparam, or_, select

from portal.core.database import reading
from portal.models import Access, Sale

PUBLIC_STATES = {
    "opened": "pending",
    "prepared": "pending",
    "charging": "pending",
    "pending": "pending",
    "paid": "paid",
    "delivered": "paid",
    "refunding": "paid",
    "canceling": "canceled",
    "canceled": "canceled",
    "refunded": "refunded",
    "charged_back": "charged_back",
}
DECLINED = ("declined", "refused")
# Built once: that takes longer than asking.
BOTH = select(Sale, Access).select_from(Sale).join(Access, Access.id == Sale.access_id)
BY_ID = BOTH.where(Sale.id == bindparam("sale_id"))
BY_REFERENCE = BOTH.where(
    Sale.router_id == bindparam("router_id"),
    or_(Sale.id == bindparam("reference"), Sale.order_id == bindparam("reference")),
)


@dataclass(frozen=True)
class SaleStatus:
    """A sale and its access as they were read together."""

    sale: Sale
    access: Access

    @property
    def public_state(self) -> str:
        """pending, paid, declined, canceled, refunded or charged_back."""
        state = PUBLIC_STATES[self.sale.state]
        declined = state == "canceled" and self.sale.cancel_reason in DECLINED
        return "declined" if declined else state

    @property
    def is_open(self) -> bool:
        """Whether the credentials work now, as far as we know."""
        return self.sale.state == "delivered" and self.access.wanted == "enabled"

    @property
    def is_buyers_own(self) -> bool:
        """Whether the sale made its access: who only adds to one is told nothing of it."""
        return not self.sale.extends

    @property
    def is_decided(self) -> bool:
        """Whether the money is settled, one way or the other."""
        return self.public_state != "pending"


def status_of(sale_id: str) -> SaleStatus:
    """How this sale stands. One query."""
    return _read(BY_ID, sale_id=sale_id)[0]


def find_status(router_id: str, reference: str) -> SaleStatus | None:
    """The sale of this router with this id of ours, or this order id of the gateway."""
    found = _read(BY_REFERENCE, router_id=router_id, reference=reference)
    return found[0] if found else None


def _read(query: Select[Sale, Access], **values: str) -> list[SaleStatus]:
    with reading() as session:
        return [SaleStatus(sale, access) for sale, access in session.execute(query, values)]
