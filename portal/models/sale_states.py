"""Say as data which states a sale has, and which moves lie between them."""

from __future__ import annotations

GRAPH: dict[str, frozenset[str]] = {
    "opened": frozenset({"prepared", "cancelling"}),
    "prepared": frozenset({"charging", "cancelling"}),
    "charging": frozenset({"paid", "pending", "cancelling"}),
    "pending": frozenset({"paid", "cancelling"}),
    "cancelling": frozenset({"canceled", "paid", "pending"}),
    "canceled": frozenset({"paid"}),
    "paid": frozenset({"delivered", "refunding", "refunded", "charged_back"}),
    "delivered": frozenset({"refunding", "refunded", "charged_back"}),
    "refunding": frozenset({"refunded", "charged_back", "delivered"}),
    "refunded": frozenset(),
    "charged_back": frozenset(),
}
UNCHARGED = frozenset({"opened", "prepared"})
MONEY_IN = frozenset({"paid", "delivered", "refunding"})
MONEY_STANDS = frozenset({"paid", "delivered"})


class ForbiddenMove(Exception):
    """Say that the graph does not know a move: a mistake in the program."""


def check_move(before: str, after: str) -> None:
    """Raise ForbiddenMove unless the graph allows this move."""
    if after not in GRAPH[before]:
        raise ForbiddenMove(f"a sale cannot go from {before} to {after}")
