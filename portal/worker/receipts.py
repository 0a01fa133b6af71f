"""Tell buyers by e-mail, where a mail server is configured, how to pay, and their code then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import and_, or_

from portal.core.database import reading
from portal.core.logs import log
from portal.core.mail import MailDelayed, MailRefused, send_mail
from portal.core.vault import VaultError
from portal.hotspot.deadline import Deadline
from portal.models import Access, Sale, utc_now
from portal.models.access import AccessState
from portal.models.sale_states import SaleState
from portal.payments.methods import Method
from portal.ports import settings
from portal.sales.receipts.message import Receipt, receipts, written
from portal.sales.receipts.reference import Reference
from portal.sales.receipts.sent import note_sent, note_told

# A receipt that could not be sent by then comes too late to be of use.
LATEST = timedelta(hours=2)
# Who pays elsewhere may have no page open: whenever router and mail server are back, it is of use.
LATEST_OF_DEFERRED = timedelta(days=7)
LATEST_REFERENCE = timedelta(days=1)
AT_ONCE = 20
# Receipts are sent under a lease, which must not end before they are noted.
SECONDS = 20.0


def send_receipts(company_id: str) -> int:
    """Send the receipts of the company that are due; how many went out.

    One process at a time does this for a company. Nothing of the database is held while the
    mail server is spoken to; a crash in between may send a receipt twice, never not at all.
    Raises VaultError, once the others are sent, where a code cannot be read.
    """
    if not settings().smtp_host:
        return 0
    sent, deadline, unreadable = 0, Deadline(SECONDS), None
    for receipt in due(company_id):
        if deadline.passed:
            break
        try:
            send_mail(written(receipt), settings())
            sent += 1
        except VaultError as error:
            unreadable = error
            continue
        except MailRefused as refused:
            log().warning("receipt refused", sale=receipt.sale.id, code=str(refused))
        except MailDelayed as delayed:
            log().warning("receipts wait", company=company_id, why=str(delayed))
            break
        note = note_told if isinstance(receipt, Reference) else note_sent
        note(receipt.sale.id)
    if unreadable is not None:
        raise unreadable
    return sent


def due(company_id: str) -> Sequence[Receipt]:
    """Read what is to be told by now, and how it is to be paid before what was paid."""
    return [*_references_due(company_id), *_receipts_due(company_id)]


def _receipts_due(company_id: str) -> Sequence[Receipt]:
    now = utc_now()
    # What is paid later may have been asked for long ago.
    lately = or_(Sale.created_at > now - LATEST, Sale.paid_at > now - LATEST)
    paid_elsewhere = and_(Sale.method != Method.CARD, Sale.paid_at > now - LATEST_OF_DEFERRED)
    query = (
        receipts()
        .where(
            Sale.company_id == company_id,
            Sale.state == SaleState.DELIVERED,
            # Said once more for all, so that an index serves whatever is known of the table.
            Sale.paid_at > now - LATEST_OF_DEFERRED,
            or_(lately, paid_elsewhere),
            Sale.receipt_sent_at.is_(None),
            Sale.erased_at.is_(None),
            Access.wanted == AccessState.ENABLED,
        )
        .order_by(Sale.paid_at)
        .limit(AT_ONCE)
    )
    with reading() as session:
        return [Receipt(*row) for row in session.execute(query)]


def _references_due(company_id: str) -> Sequence[Reference]:
    query = (
        receipts()
        .where(
            Sale.company_id == company_id,
            Sale.state == SaleState.PENDING,
            Sale.created_at > utc_now() - LATEST_REFERENCE,
            or_(Sale.payable_until.is_(None), Sale.payable_until > utc_now()),
            Sale.instructions.is_not(None),
            Sale.instructions_sent_at.is_(None),
            # Of what a part came nobody is to pay the rest.
            Sale.amount_received.is_(None),
        )
        .order_by(Sale.created_at)
        .limit(AT_ONCE)
    )
    with reading() as session:
        return [Reference(*row) for row in session.execute(query)]
