"""Tell of a deferred payment of which less came than its price."""

from __future__ import annotations

from portal.models import Sale
from portal.models.sale_states import CancelReason, ParkReason


def part_received(sale: Sale) -> int:
    """Give the centavos that came of its price, where they are too few; 0 where none came."""
    came = sale.amount_received or 0
    return came if sale.paid_at is None and 0 < came < sale.amount else 0


def part_went_back(sale: Sale) -> bool:
    """Tell whether the operator gave back by hand all that came of its price."""
    return sale.cancel_reason == CancelReason.RETURNED and not holds_part(sale)


def holds_part(sale: Sale) -> bool:
    """Tell whether too little came for it, which has not gone back, and a person has to decide.

    Too much is told of by the same column, and a part that went back stands there still.
    """
    is_parked = sale.parked_reason is not None and sale.paid_at is None
    went_back = sale.cancel_reason == CancelReason.RETURNED
    is_new = not went_back or sale.parked_reason == ParkReason.AMOUNT_MISMATCH
    return is_parked and is_new and sale.amount_received is not None
