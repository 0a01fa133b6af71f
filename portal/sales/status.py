"""Tell how a sale stands, for whoever may know: buyer, custom portal, operator."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Select, bindparam, or_, select

from portal.core.database import reading
from portal.models import Access, Sale
from portal.models.access import AccessState
from portal.models.sale_states import CancelReason, SaleState


class PublicState(StrEnum):
    """Name how a sale stands for its buyer, as the contract spells it."""

    PENDING = "pending"
    PAID = "paid"
    DECLINED = "declined"
    CANCELED = "canceled"
    REFUNDED = "refunded"
    CHARGED_BACK = "charged_back"


PUBLIC_STATES: dict[str, PublicState] = {
    SaleState.OPENED: PublicState.PENDING,
    SaleState.PREPARED: PublicState.PENDING,
    SaleState.CHARGING: PublicState.PENDING,
    SaleState.PENDING: PublicState.PENDING,
    SaleState.PAID: PublicState.PAID,
    SaleState.DELIVERED: PublicState.PAID,
    SaleState.REFUNDING: PublicState.PAID,
    SaleState.CANCELING: PublicState.CANCELED,
    SaleState.CANCELED: PublicState.CANCELED,
    SaleState.REFUNDED: PublicState.REFUNDED,
    SaleState.CHARGED_BACK: PublicState.CHARGED_BACK,
}
DECLINED = (CancelReason.DECLINED, CancelReason.REFUSED)
# Built once: that takes longer than asking.
BOTH = select(Sale, Access).select_from(Sale).join(Access, Access.id == Sale.access_id)
BY_ID = BOTH.where(Sale.id == bindparam("sale_id"))
BY_REFERENCE = BOTH.where(
    Sale.router_id == bindparam("router_id"),
    or_(Sale.id == bindparam("reference"), Sale.order_id == bindparam("reference")),
)


@dataclass(frozen=True)
class SaleStatus:
    """Hold a sale and its access as they were read together."""

    sale: Sale
    access: Access

    @property
    def public_state(self) -> PublicState:
        """Tell how the sale stands for its buyer."""
        state = PUBLIC_STATES[self.sale.state]
        is_declined = state is PublicState.CANCELED and self.sale.cancel_reason in DECLINED
        return PublicState.DECLINED if is_declined else state

    @property
    def is_open(self) -> bool:
        """Tell whether the credentials work now, as far as we know."""
        return self.sale.state == SaleState.DELIVERED and self.access.wanted == AccessState.ENABLED

    @property
    def is_buyers_own(self) -> bool:
        """Tell whether the sale made its access: who only adds to one is told nothing of it."""
        return not self.sale.extends

    @property
    def is_decided(self) -> bool:
        """Tell whether the money is settled, one way or the other."""
        return self.public_state != PublicState.PENDING


def status_of(sale_id: str) -> SaleStatus:
    """Tell how this sale stands. One query."""
    return _read(BY_ID, sale_id=sale_id)[0]


def find_status(router_id: str, reference: str) -> SaleStatus | None:
    """Give the sale of this router with this id of ours, or this order id of the gateway."""
    found = _read(BY_REFERENCE, router_id=router_id, reference=reference)
    return found[0] if found else None


def _read(query: Select[Sale, Access], **values: str) -> list[SaleStatus]:
    with reading() as session:
        return [SaleStatus(sale, access) for sale, access in session.execute(query, values)]
