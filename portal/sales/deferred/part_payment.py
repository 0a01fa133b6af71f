"""Tell of a deferred payment of which less came than its price."""

from __future__ import annotations

from portal.models import Sale


def part_held(sale: Sale) -> int:
    """Give the centavos that came of its price and did not go back; 0 where they are none."""
    held = _held(sale)
    return held if held < sale.amount else 0


def part_returned(sale: Sale) -> int:
    """Give the centavos that came of its price and went back by hand, where that is all of it."""
    is_over = sale.paid_at is None and _held(sale) == 0
    return (sale.amount_returned or 0) if is_over else 0


def holds_part(sale: Sale) -> bool:
    """Tell whether what came for it does not do, has not gone back, and a person has to decide."""
    return sale.parked_reason is not None and _held(sale) > 0


def amount_to_return(sale: Sale) -> int:
    """Give the centavos that go back where all does: the price, or what came of too little."""
    return _held(sale) if holds_part(sale) else sale.amount


def _held(sale: Sale) -> int:
    """Give the centavos that stand for a sale that was never paid."""
    if sale.paid_at is not None:
        return 0
    return max(0, (sale.amount_received or 0) - (sale.amount_returned or 0))
