"""Say of each sale where its money is: delivered for, gone back, or before the operator."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import Self

from portal.models import Sale
from portal.models.sale_states import CancelReason


@dataclass(frozen=True)
class Books:
    """Where money is, in centavos: `refunded` through the gateway, `by_hand` past it.

    `before_operator` is of parked sales, and what came above the price of those that are not.
    """

    delivered: int = 0
    refunded: int = 0
    by_hand: int = 0
    before_operator: int = 0

    def __add__(self, other: Self) -> Books:
        both = zip(astuple(self), astuple(other), strict=True)
        return Books(*(mine + yours for mine, yours in both))

    @property
    def total(self) -> int:
        """All of it, which is what the gateways took."""
        return sum(astuple(self))


def is_returned_by_hand(sale: Sale) -> bool:
    """Whether the operator has given back past the gateway what came for it."""
    return sale.cancel_reason == CancelReason.RETURNED


def surplus_of(sale: Sale) -> int:
    """What came above the price, and is the operator's to give back."""
    kept = (sale.amount_received or 0) - (sale.amount_returned or 0)
    return max(0, kept - sale.amount) if sale.paid_at else 0


def books_of(sale: Sale, taken: int) -> Books:
    """As the sale's record tells it; `taken` is what its gateway took, which parked sales go by."""
    if sale.parked_reason:
        return Books(before_operator=taken)
    if is_returned_by_hand(sale):
        back = sale.amount_refunded + (sale.amount_returned or 0)
        return Books(by_hand=back, before_operator=surplus_of(sale))
    if sale.state in ("refunded", "charged_back"):
        part = sale.amount_returned or 0
        return Books(refunded=sale.amount, by_hand=part, before_operator=surplus_of(sale))
    if sale.state == "delivered":
        kept = sale.amount - sale.amount_refunded
        part = sale.amount_returned or 0
        return Books(kept, sale.amount_refunded, part, before_operator=surplus_of(sale))
    return Books()


def sum_of(books: Iterable[Books]) -> Books:
    """Of several."""
    return sum(books, Books())
