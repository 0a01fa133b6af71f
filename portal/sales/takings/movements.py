"""Write down what moves besides a charge: money that goes back, a fee that is told later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.statements import add_rows
from portal.models import MoneyBack, Sale, utc_now
from portal.models.reporting.money_back import BackBy
from portal.models.sale_states import SaleState
from portal.sales.takings.summing import reopen

GONE = (SaleState.REFUNDED, SaleState.CHARGED_BACK)


def record_back(
    session: Session, sale: Sale, changes: Mapping[str, Any], by_hand: bool = False
) -> None:
    """Write what went back by these changes, beside what had before; `sale` is as it was."""
    state = changes.get("state", sale.state)
    told = sale.amount if state in GONE else changes["amount_refunded"]
    before = select(func.coalesce(func.sum(MoneyBack.amount), 0))
    amount = told - int(session.scalar(before.where(MoneyBack.sale_id == sale.id)) or 0)
    if amount <= 0:
        return
    line = {
        "sale_id": sale.id,
        "company_id": sale.company_id,
        "router_id": sale.router_id,
        "at": utc_now(),
        "kind": BackBy.BY_HAND if by_hand else _kind(sale.state, state),
        "amount": amount,
        "currency": sale.currency,
        "vat_rate": sale.vat_rate,
    }
    add_rows(session, MoneyBack, line)


def record_late_fee(session: Session, sale: Sale) -> None:
    """Have the day of a sale summed again whose fee was told after it was paid."""
    if sale.paid_at is not None:
        reopen(session, sale.company_id, sale.paid_at)


def _kind(before: str, after: str) -> BackBy:
    if after == SaleState.CHARGED_BACK:
        return BackBy.CHARGEBACK
    # A part never goes back by our refund, which is whole.
    is_ours = (before, after) == (SaleState.REFUNDING, SaleState.REFUNDED)
    return BackBy.REFUND if is_ours else BackBy.OUTSIDE
