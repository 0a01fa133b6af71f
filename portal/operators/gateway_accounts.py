"""A company's keys at the payment gateway, kept by version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

from sqlalchemy.orm import Session

from portal.core.database import writing
from portal.core.errors import Invalid, Unavailable
from portal.core.vault import VaultError
from portal.models import GatewayAccount, utc_now
from portal.operators.audit import Actor, record
from portal.operators.gateway_lookup import (
    KEY_REFUSED,
    NO_ANSWER,
    PROVIDER,
    current,
    current_in,
    of_companies,
    usable,
)
from portal.operators.lookup import apply, company_in
from portal.operators.webhook_registration import register_by_itself
from portal.payments.gateway import Refused, Unknown
from portal.ports import gateway_of, settings

__all__ = (
    "Keys",
    "Probe",
    "current",
    "current_in",
    "of_companies",
    "probe",
    "set_keys",
    "set_keys_in",
)

REFUSED_KEY = "key_refused"
NOT_TRIED = "Conekta no aceptó la orden de prueba. Revise la cuenta en el panel de Conekta."
SAME_KEYS = "La llave pública y la privada no pueden ser la misma."


class Keys(TypedDict, total=False):
    """What may be said of an account; what is left out stays. `mode` is test or live."""

    private_key: str | None
    public_key: str | None
    mode: str


@dataclass(frozen=True)
class Probe:
    """What the gateway said of the current key: whether it acts in live mode."""

    account: GatewayAccount
    live: bool

    @property
    def mode_fits(self) -> bool:
        """Whether the key acts in the mode that the account is meant for."""
        return self.live == (self.account.mode == "live")


def set_keys(actor: Actor, company_id: str, keys: Keys) -> GatewayAccount:
    """Enter credentials, and have the gateway's notices signed for them from then on.

    Raises NotFound, and Invalid when both keys are the same. That the gateway did not take the
    address for its notices is an alert, and undoes nothing.
    """
    with writing() as session:
        account = set_keys_in(session, actor, company_id, keys)
    return register_by_itself(actor, account)


def set_keys_in(session: Session, actor: Actor, company_id: str, keys: Keys) -> GatewayAccount:
    """The same within a transaction, in which the gateway is not asked for anything.

    Sales that are under way go on with the version that they were opened with, so
    credentials are never changed in place: a new version replaces them.
    """
    company_in(session, company_id, lock=True)
    before = current_in(session, company_id)
    wanted = _values(before) | dict(keys)
    if wanted["private_key"] and wanted["private_key"] == wanted["public_key"]:
        raise Invalid(SAME_KEYS, errores={"conekta_public_key": [SAME_KEYS]})
    if before is not None and wanted == _values(before):
        return before
    account = _replace(session, company_id, before, wanted)
    details = {"version": account.version, "mode": account.mode, "given": sorted(keys)}
    record(session, actor, "gateway_account.set_keys", account.id, company_id, **details)
    return account


def probe(actor: Actor, company_id: str) -> Probe:
    """Try the current key by opening and canceling an order of the gateway's least amount.

    Raises NotFound, and Unavailable with what the operator can do.
    """
    account = usable(company_id)
    said = gateway_of(account).check(settings().gateway_timeout)
    _note(actor, account, said)
    if isinstance(said, Unknown):
        raise Unavailable(NO_ANSWER)
    if isinstance(said, Refused):
        raise Unavailable(KEY_REFUSED if said.reason == REFUSED_KEY else NOT_TRIED)
    return Probe(account, live=said)


def _values(account: GatewayAccount | None) -> dict[str, Any]:
    if account is None:
        return {"private_key": None, "public_key": None, "mode": "test"}
    return {
        "private_key": _readable_key(account),
        "public_key": account.public_key,
        "mode": account.mode,
    }


def _readable_key(account: GatewayAccount) -> str | None:
    """The stored key; None also when it cannot be read any more, so that it can be replaced."""
    try:
        key: str | None = account.private_key
    except VaultError:
        return None
    return key


def _replace(
    session: Session, company_id: str, before: GatewayAccount | None, values: dict[str, Any]
) -> GatewayAccount:
    if before is not None:
        before.current = False
        session.flush()
    version = before.version + 1 if before else 1
    account = GatewayAccount(company_id=company_id, provider=PROVIDER, version=version)
    session.add(account)
    session.flush()
    apply(account, values)
    if before is not None and _readable_key(before) == values["private_key"]:
        account.webhook_public_key = before.webhook_public_key
    return account


def _note(actor: Actor, account: GatewayAccount, said: bool | Refused | Unknown) -> None:
    """Remember since when the gateway refuses the key, or that it does not any more."""
    refused = isinstance(said, Refused) and said.reason == REFUSED_KEY
    with writing() as session:
        row = session.get_one(GatewayAccount, account.id)
        if refused:
            row.refused_at = row.refused_at or utc_now()
        elif isinstance(said, bool):
            row.refused_at = None
        outcome = type(said).__name__ if not isinstance(said, bool) else "answered"
        record(session, actor, "gateway_account.probe", account.id, row.company_id, outcome=outcome)
