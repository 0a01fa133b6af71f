"""Find which credentials a company uses at a gateway, and say where they do not serve."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.core.database import reading
from portal.core.errors import Unavailable
from portal.models import GatewayAccount
from portal.operators.lookup import company_in
from portal.ports import provider_named, provider_names

NOT_CONFIGURED = "Configure primero la llave privada de {}."
KEY_REFUSED = "{0} rechazó la llave privada. Revísela en el panel de {0}."
NO_ANSWER = "{} no respondió. Intente de nuevo en unos minutos."


def current(company_id: str, provider: str | None = None) -> GatewayAccount | None:
    """Give the credentials that new sales use, if any were ever entered. Raises NotFound.

    They are those at the first provider where none is named.
    """
    with reading() as session:
        return current_in(session, company_in(session, company_id).id, provider)


def current_in(
    session: Session, company_id: str, provider: str | None = None
) -> GatewayAccount | None:
    """Do the same within a session."""
    mine = GatewayAccount.company_id == company_id
    return session.scalar(_current_accounts(provider).where(mine))


def usable(company_id: str, provider: str | None = None) -> GatewayAccount:
    """Give credentials that something can be asked with. Raises NotFound, Unavailable."""
    account = current(company_id, provider)
    if account is None or not account.private_key:
        label = provider_named(provider or provider_names()[0]).label
        raise Unavailable(NOT_CONFIGURED.format(label))
    return account


def of_companies(company_ids: Sequence[str]) -> dict[str, GatewayAccount]:
    """Give the credentials of these companies at the first provider, by company. One query."""
    query = _current_accounts(None).where(GatewayAccount.company_id.in_(company_ids))
    with reading() as session:
        return {account.company_id: account for account in session.scalars(query)}


def _current_accounts(provider: str | None) -> Select[GatewayAccount]:
    named = provider or provider_names()[0]
    return select(GatewayAccount).where(GatewayAccount.provider == named, GatewayAccount.current)
