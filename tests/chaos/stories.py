"""Tell how a sale went, for whoever has to find out why it went wrong."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask
from sqlalchemy import inspect, or_, select

from portal.core.database import reading
from portal.models import Access, Sale, SaleMove
from tests.chaos.purchases import Purchase
from tests.support.ledgers import Finding

MOST = 5
TOLD_OF_SALE = ("id", "state", "customer_email", "order_id", "cancel_reason", "parked_reason")
TOLD_OF_WORK = ("attempts", "next_attempt_at", "lease", "lease_until", "updated_at")
TOLD_OF_ACCESS = ("id", "name", "wanted", "actual", *TOLD_OF_WORK)


def tell(app: Flask, findings: Iterable[Finding], purchases: Iterable[Purchase]) -> str:
    """Rows, moves and answers of the first few sales that something was found about."""
    subjects = list(dict.fromkeys(finding.subject for finding in findings))[:MOST]
    told = {purchase.scenario.email: purchase for purchase in purchases}
    lines: list[str] = []
    with app.app_context(), reading() as session:
        columns = (Sale.id, Sale.access_id, Sale.customer_email)
        named = or_(*(column.in_(subjects) for column in columns))
        for sale in session.scalars(select(Sale).where(named).order_by(Sale.created_at)):
            moves = select(SaleMove).where(SaleMove.sale_id == sale.id).order_by(SaleMove.id)
            lines.append(_row(sale, (*TOLD_OF_SALE, *TOLD_OF_WORK)))
            lines.append(_row(session.get_one(Access, sale.access_id), TOLD_OF_ACCESS))
            lines += [
                f"  {m.at:%T.%f} {m.to_state} {m.actor} {m.reason}" for m in session.scalars(moves)
            ]
            lines += _answers(told[sale.customer_email])
    return "\n".join(lines)


def _row(record: object, names: Iterable[str]) -> str:
    table = inspect(record).mapper.local_table.name
    return f"{table} " + " ".join(f"{name}={getattr(record, name)}" for name in names)


def _answers(purchase: Purchase) -> Iterable[str]:
    yield f"  {purchase.scenario}, {purchase.unanswered} unanswered"
    for answer in (*purchase.answers, *purchase.looks):
        yield f"  {answer.status} {answer.body}"
