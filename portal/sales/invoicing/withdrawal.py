"""Cancel receipts of sales whose money went back: nobody may make an invoice of them any more."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from portal import ports
from portal.core.database import reading, writing
from portal.core.logs import log
from portal.invoicing.invoicer import InvoiceRefused, InvoiceUnknown
from portal.models import InvoiceAccount, InvoiceReceipt, Sale, utc_now
from portal.models.sale_states import SaleState

GONE = (SaleState.REFUNDED, SaleState.CHARGED_BACK)
AT_ONCE = 20
SECONDS = 8.0


def withdraw_receipts(company_id: str) -> int:
    """Cancel those of the company that are to be; how many. Raises VaultError."""
    with reading() as session:
        mine = select(InvoiceAccount).where(InvoiceAccount.company_id == company_id)
        account = session.scalar(mine.where(InvoiceAccount.key_sealed.is_not(None)))
        receipts = _waiting(company_id) if account else []
    if account is None:
        return 0
    invoicer, done = ports.invoicer_of(account), 0
    for receipt in receipts:
        answer = invoicer.withdraw(receipt.receipt_id, SECONDS)
        if isinstance(answer, InvoiceUnknown):
            break
        if isinstance(answer, InvoiceRefused):
            if answer.key_refused:
                break
            # An invoice was made of it already: to cancel that is the operator's and the buyer's.
            log().warning("receipt stays", sale=receipt.sale_id, reason=answer.reason)
        _note(receipt.sale_id)
        done += 1
    return done


def _waiting(company_id: str) -> Sequence[InvoiceReceipt]:
    query = (
        select(InvoiceReceipt)
        .join(Sale, Sale.id == InvoiceReceipt.sale_id)
        .where(
            InvoiceReceipt.company_id == company_id,
            InvoiceReceipt.withdrawn_at.is_(None),
            Sale.state.in_(GONE),
        )
        .limit(AT_ONCE)
    )
    with reading() as session:
        return session.scalars(query).all()


def _note(sale_id: str) -> None:
    withdrawn = update(InvoiceReceipt).where(InvoiceReceipt.sale_id == sale_id)
    with writing() as session:
        session.execute(withdrawn.values(withdrawn_at=utc_now()))
