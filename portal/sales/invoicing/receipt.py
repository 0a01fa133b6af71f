"""Register the receipt of a sale, once, when its buyer asks for an invoice."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import ports
from portal.core.database import reading, writing
from portal.core.errors import Conflict, Unavailable
from portal.core.logs import log
from portal.core.rows.inserting import insert_new
from portal.core.vault import VaultError
from portal.invoicing.invoicer import Invoiced, InvoiceRefused, InvoiceUnknown, Issued
from portal.models import InvoiceAccount, InvoiceReceipt, Sale, utc_now
from portal.models.sale_states import MONEY_STANDS
from portal.payments.methods import Method
from portal.sales.missing_keys import tell_of_lost_key

# Others need a rate of exchange, which the buyer's accountant has to choose.
CURRENCY = "MXN"
PAYMENT_FORMS = {Method.CARD: "04", Method.TRANSFER: "03", Method.CASH: "01"}
SECONDS = 8.0


class NoInvoice(Conflict):
    detail = "De esta compra no se puede hacer una factura."


class InvoiceLate(Conflict):
    detail = "El plazo para hacer la factura de esta compra ya pasó."


class InvoiceUnavailable(Unavailable):
    detail = "La factura no se puede hacer en este momento. Intenta de nuevo en unos minutos."


def offers_invoice(session: Session, sale: Sale) -> bool:
    """Tell whether its buyer is offered one. One query."""
    return _may_be_invoiced(sale) and _account(session, sale.company_id) is not None


def invoice_address(sale_id: str) -> str:
    """Give the address at which the invoice is made. Nothing is held while it is asked for.

    Raises NoInvoice, InvoiceLate, InvoiceUnavailable.
    """
    with reading() as session:
        sale = session.get_one(Sale, sale_id)
        account = _account(session, sale.company_id)
        known = session.get(InvoiceReceipt, sale_id)
    if account is None or not _may_be_invoiced(sale):
        raise NoInvoice
    return _address(known or _register(sale, account))


def _address(receipt: InvoiceReceipt) -> str:
    if receipt.withdrawn_at is not None:
        raise NoInvoice
    if receipt.expires_at is not None and receipt.expires_at <= utc_now():
        raise InvoiceLate
    return receipt.url


def _account(session: Session, company_id: str) -> InvoiceAccount | None:
    mine = select(InvoiceAccount).where(InvoiceAccount.company_id == company_id)
    usable = InvoiceAccount.key_sealed.is_not(None)
    return session.scalar(mine.where(InvoiceAccount.active, usable))


def _may_be_invoiced(sale: Sale) -> bool:
    return sale.state in MONEY_STANDS and not sale.amount_refunded and sale.currency == CURRENCY


def _register(sale: Sale, account: InvoiceAccount) -> InvoiceReceipt:
    form = PAYMENT_FORMS[Method(sale.method)]
    sold = Invoiced(sale.id, sale.plan_name, sale.amount, sale.currency, sale.vat_rate, form)
    try:
        answer = ports.invoicer_of(account).issue(sold, SECONDS)
    except VaultError as error:
        tell_of_lost_key(error)
        raise InvoiceUnavailable from None
    match answer:
        case Issued():
            return _kept(sale, answer)
        case InvoiceRefused(key_refused=True):
            _note_refusal(account)
        case InvoiceRefused(reason) | InvoiceUnknown(reason):
            log().warning("no invoice", sale=sale.id, reason=reason)
    raise InvoiceUnavailable


def _kept(sale: Sale, issued: Issued) -> InvoiceReceipt:
    """Keep it; of two that asked at once both were given the same."""
    values = {
        "sale_id": sale.id,
        "company_id": sale.company_id,
        "receipt_id": issued.receipt_id,
        "url": issued.url,
        "expires_at": issued.expires_at,
        "created_at": utc_now(),
    }
    with writing() as session:
        insert_new(session, InvoiceReceipt, values)
        return session.get_one(InvoiceReceipt, sale.id)


def _note_refusal(account: InvoiceAccount) -> None:
    with writing() as session:
        session.get_one(InvoiceAccount, account.id).refused_at = utc_now()
