"""Find which credentials a company uses at a gateway, and say where they do not serve."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.core.database import reading
from portal.core.errors import Conflict, NotFound, Unavailable
from portal.models import GatewayAccount
from portal.operators.lookup import company_in
from portal.ports import checkout_hosts, provider_named, provider_names

NOT_CONFIGURED = "Configure primero la llave privada de {}."
KEY_REFUSED = "{0} rechazó la llave privada. Revísela en el panel de {0}."
NO_GATEWAY = "Pasarela no encontrada"
NO_ANSWER = "{} no respondió. Intente de nuevo en unos minutos."


def current(company_id: str, provider: str | None = None) -> GatewayAccount | None:
    """Give the credentials that new sales use, if any were ever entered. Raises NotFound.

    They are those at the first provider where none is named.
    """
    with reading() as session:
        return current_in(session, company_in(session, company_id).id, provider)


def at(company_id: str, provider: str) -> GatewayAccount:
    """Give the credentials at this provider, unsaved and empty where none were entered.

    Raises NotFound, of a provider that this deployment does not have too.
    """
    if provider not in provider_names():
        raise NotFound(NO_GATEWAY)
    found = current(company_id, provider)
    return found or GatewayAccount(provider=provider, mode="test", preferred=False)


def entered(company_id: str, provider: str) -> GatewayAccount:
    """Give the credentials that were entered there. Raises NotFound, Conflict without any."""
    account = at(company_id, provider)
    if account.private_key_sealed is None:
        raise Conflict(NOT_CONFIGURED.format(provider_named(provider).label))
    return account


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


def payable(company_id: str) -> list[GatewayAccount]:
    """List the accounts at which the company can be paid, the one that new sales use first."""
    query = (
        select(GatewayAccount)
        .where(GatewayAccount.company_id == company_id, GatewayAccount.current)
        .where(GatewayAccount.private_key_sealed.is_not(None))
        .order_by(GatewayAccount.preferred.desc(), GatewayAccount.provider)
    )
    with reading() as session:
        return list(session.scalars(query))


def hosts_to_pay_at(company_id: str) -> tuple[str, ...]:
    """List what its customers must reach to pay: of the gateways that it has keys for.

    Where it has none yet, of the first, at which it most often begins.
    """
    names = {account.provider for account in payable(company_id)}
    return checkout_hosts(names or {provider_names()[0]})


def paid_in(session: Session, company_id: str) -> GatewayAccount | None:
    """Give the account that new sales are paid at, else the first provider's."""
    query = (
        select(GatewayAccount)
        .where(GatewayAccount.company_id == company_id, GatewayAccount.current)
        .order_by(
            GatewayAccount.private_key_sealed.is_(None),
            GatewayAccount.preferred.desc(),
            GatewayAccount.provider,
        )
    )
    return session.scalars(query.limit(1)).first()


def _current_accounts(provider: str | None) -> Select[GatewayAccount]:
    named = provider or provider_names()[0]
    return select(GatewayAccount).where(GatewayAccount.provider == named, GatewayAccount.current)
