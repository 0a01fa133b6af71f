"""Enter the account with which a company's buyers make invoices, and switch it on and off."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.database import reading, writing
from portal.core.errors import Invalid
from portal.models import InvoiceAccount
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.lookup import company_in
from portal.ports import invoice_provider_names

KEY_NEEDED = "Escriba la llave secreta de su cuenta para ofrecer facturas."


def account_of(company_id: str) -> InvoiceAccount | None:
    """Give the company's account, if it ever entered one."""
    with reading() as session:
        return _found(session, company_id)


def set_account(actor: Actor, company_id: str, key: str | None, *, active: bool) -> InvoiceAccount:
    """Enter a key (None: the one that is there stays), and offer invoices or not.

    Raises NotFound, and Invalid where there is no key to offer them with.
    """
    with writing() as session:
        company_in(session, company_id, lock=True)
        account = _found(session, company_id) or _new(session, company_id)
        if key is not None:
            account.key, account.refused_at = key, None
        if active and account.key_sealed is None:
            raise Invalid(KEY_NEEDED, errores={"llave": [KEY_NEEDED]})
        account.active = active
        record(
            session,
            actor,
            AuditAction.INVOICING_SET,
            account.id,
            company_id,
            active=active,
            key_changed=key is not None,
        )
    return account


def _found(session: Session, company_id: str) -> InvoiceAccount | None:
    return session.scalar(select(InvoiceAccount).where(InvoiceAccount.company_id == company_id))


def _new(session: Session, company_id: str) -> InvoiceAccount:
    account = InvoiceAccount(company_id=company_id, provider=invoice_provider_names()[0])
    session.add(account)
    session.flush()
    return account
