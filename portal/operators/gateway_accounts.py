"""Keep a company's keys at its payment gateways, by version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.database import writing
from portal.core.errors import Invalid, Unavailable
from portal.core.vault import VaultError
from portal.models import GatewayAccount, utc_now
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.gateway_lookup import (
    KEY_REFUSED,
    NO_ANSWER,
    at,
    current,
    current_in,
    entered,
    of_companies,
    payable,
    usable,
)
from portal.operators.lookup import apply, company_in
from portal.operators.trail.changes import between
from portal.operators.webhook_registration import register_by_itself
from portal.payments.gateway import Refused, Unknown
from portal.ports import gateway_of, provider_named, provider_names, provider_of, settings

__all__ = (
    "Keys",
    "Probe",
    "at",
    "current",
    "current_in",
    "entered",
    "of_companies",
    "payable",
    "prefer",
    "probe",
    "set_keys",
    "set_keys_in",
)

REFUSED_KEY = "key_refused"
NOT_TRIED = "{0} no aceptó la orden de prueba. Revise la cuenta en el panel de {0}."
SECRET = ("private_key", "webhook_secret")
NOT_SHOWN = "Esta pasarela no muestra una clave para sus avisos: se pide por sí sola."
SAME_KEYS = "La llave pública y la privada no pueden ser la misma."


class Keys(TypedDict, total=False):
    """Hold what may be said of an account; what is left out stays. `mode` is test or live.

    `webhook_secret` is what a provider's panel shows to sign its notices with.
    """

    private_key: str | None
    public_key: str | None
    mode: str
    webhook_secret: str | None


@dataclass(frozen=True)
class Probe:
    """Tell what the gateway said of the current key: whether it acts in live mode."""

    account: GatewayAccount
    live: bool

    @property
    def mode_fits(self) -> bool:
        """Tell whether the key acts in the mode that the account is meant for."""
        return self.live == (self.account.mode == "live")


def set_keys(
    actor: Actor, company_id: str, keys: Keys, provider: str | None = None
) -> GatewayAccount:
    """Enter credentials, and have the gateway's webhooks signed for them from then on.

    They are of the first provider where none is named.

    Raises NotFound, and Invalid when both keys are the same. That the gateway did not take the
    address for its webhooks is an alert, and undoes nothing.
    """
    with writing() as session:
        account = set_keys_in(session, actor, company_id, keys, provider)
    return register_by_itself(actor, account)


def set_keys_in(
    session: Session, actor: Actor, company_id: str, keys: Keys, provider: str | None = None
) -> GatewayAccount:
    """Enter credentials within a transaction, in which the gateway is not asked for anything.

    Sales that are under way go on with the version that they were opened with, so
    credentials are never changed in place: a new version replaces them.
    """
    company_in(session, company_id, lock=True)
    provider = provider or provider_names()[0]
    before = current_in(session, company_id, provider)
    wanted = _values(before) | dict(keys)
    if wanted["private_key"] and wanted["private_key"] == wanted["public_key"]:
        raise Invalid(SAME_KEYS, errores={"conekta_public_key": [SAME_KEYS]})
    if before is not None and wanted == _values(before):
        return before
    if wanted["webhook_secret"] and not provider_named(provider).webhooks.is_entered_by_hand:
        raise Invalid(NOT_SHOWN, errores={"clave_avisos": [NOT_SHOWN]})
    account = _replace(session, company_id, provider, before, wanted)
    changed = between(_values(before) if before else {}, wanted, SECRET)
    details = {"provider": provider, "version": account.version, "given": sorted(keys)}
    action = AuditAction.GATEWAY_ACCOUNT_SET_KEYS
    record(session, actor, action, account.id, company_id, changed, **details)
    return account


def prefer(actor: Actor, company_id: str, provider: str) -> GatewayAccount:
    """Have new sales paid at this provider from now on, where the company has its keys.

    Raises NotFound, and Conflict without keys.
    """
    chosen = entered(company_id, provider)
    with writing() as session:
        company_in(session, company_id, lock=True)
        mine = GatewayAccount.company_id == company_id, GatewayAccount.current
        for account in session.scalars(select(GatewayAccount).where(*mine)):
            changed = apply(account, {"preferred": account.provider == chosen.provider})
            if changed:
                action = AuditAction.GATEWAY_ACCOUNT_SET_KEYS
                record(session, actor, action, account.id, company_id, changed)
    return current(company_id, provider) or chosen


def probe(actor: Actor, company_id: str, provider: str | None = None) -> Probe:
    """Try the current key by opening and canceling an order of the gateway's least amount.

    Raises NotFound, and Unavailable with what the operator can do.
    """
    account = usable(company_id, provider)
    said = gateway_of(account).check(settings().gateway_timeout)
    _note(actor, account, said)
    label = provider_of(account).label
    if isinstance(said, Unknown):
        raise Unavailable(NO_ANSWER.format(label))
    if isinstance(said, Refused):
        problem = KEY_REFUSED if said.reason == REFUSED_KEY else NOT_TRIED
        raise Unavailable(problem.format(label))
    return Probe(account, live=said)


def _values(account: GatewayAccount | None) -> dict[str, Any]:
    if account is None:
        return dict.fromkeys(("private_key", "public_key", "webhook_secret")) | {"mode": "test"}
    return {
        "private_key": _readable(account, "private_key"),
        "webhook_secret": _readable(account, "webhook_secret"),
        "public_key": account.public_key,
        "mode": account.mode,
    }


def _readable(account: GatewayAccount, name: str) -> str | None:
    """Read a stored secret; None also where it cannot be read any more: it can be replaced."""
    try:
        secret: str | None = getattr(account, name)
    except VaultError:
        return None
    return secret


def _replace(
    session: Session,
    company_id: str,
    provider: str,
    before: GatewayAccount | None,
    values: dict[str, Any],
) -> GatewayAccount:
    if before is not None:
        before.current = False
        session.flush()
    version = before.version + 1 if before else 1
    account = GatewayAccount(company_id=company_id, provider=provider, version=version)
    session.add(account)
    session.flush()
    apply(account, values)
    account.preferred = before is not None and before.preferred
    if before is not None and _readable(before, "private_key") == values["private_key"]:
        account.webhook_public_key = before.webhook_public_key
        account.answers_live = before.answers_live
    return account


def _note(actor: Actor, account: GatewayAccount, said: bool | Refused | Unknown) -> None:
    """Remember since when the gateway refuses the key, or that it does not any more."""
    refused = isinstance(said, Refused) and said.reason == REFUSED_KEY
    with writing() as session:
        row = session.get_one(GatewayAccount, account.id)
        since, live = row.refused_at, row.answers_live
        if refused:
            since = since or utc_now()
        elif isinstance(said, bool):
            since, live = None, said
        changed = apply(row, {"refused_at": since, "answers_live": live})
        outcome = type(said).__name__ if not isinstance(said, bool) else "answered"
        record(
            session,
            actor,
            AuditAction.GATEWAY_ACCOUNT_PROBE,
            account.id,
            row.company_id,
            changed,
            outcome=outcome,
        )
