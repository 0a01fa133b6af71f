"""Find the credentials that a company uses at the gateway, or say why they do not serve."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.core.database import reading
from portal.core.errors import Unavailable
from portal.models import GatewayAccount
from portal.operators.lookup import company_in

PROVIDER = "conekta"
NOT_CONFIGURED = "Configure primero la llave privada de Conekta."
KEY_REFUSED = "Conekta rechazó la llave privada. Revísela en el panel de Conekta."
NO_ANSWER = "Conekta no respondió. Intente de nuevo en unos minutos."


def current(company_id: str) -> GatewayAccount | None:
    """Find the credentials that new sales use, if any were ever entered. Raises NotFound."""
    with reading() as session:
        return current_in(session, company_in(session, company_id).id)


def current_in(session: Session, company_id: str) -> GatewayAccount | None:
    """Find them within a session."""
    return session.scalar(_current_accounts().where(GatewayAccount.company_id == company_id))


def usable(company_id: str) -> GatewayAccount:
    """Find credentials that something can be asked with. Raises NotFound, Unavailable."""
    account = current(company_id)
    if account is None or not account.private_key:
        raise Unavailable(NOT_CONFIGURED)
    return account


def of_companies(company_ids: Sequence[str]) -> dict[str, GatewayAccount]:
    """Find the credentials that new sales of these companies use, by company. One query."""
    query = _current_accounts().where(GatewayAccount.company_id.in_(company_ids))
    with reading() as session:
        return {account.company_id: account for account in session.scalars(query)}


def _current_accounts() -> Select[GatewayAccount]:
    return select(GatewayAccount).where(GatewayAccount.provider == PROVIDER, GatewayAccount.current)
