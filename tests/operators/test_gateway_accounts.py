"""Test credentials by version."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.database import reading
from portal.core.errors import Invalid, NotFound, Unavailable
from portal.core.vault import Vault
from portal.models import AuditEntry, Company, GatewayAccount
from portal.operators import companies, gateway_accounts
from portal.operators.audit import Actor

PRIVATE = "key_private_planted"
PUBLIC = "key_public"


def versions(company_id: str) -> list[GatewayAccount]:
    with reading() as session:
        mine = select(GatewayAccount).where(GatewayAccount.company_id == company_id)
        return list(session.scalars(mine.order_by(GatewayAccount.version)))


def test_new_keys_make_a_version_and_keep_the_old_one(actor: Actor, company: Company) -> None:
    gateway_accounts.set_keys(actor, company.id, {"private_key": PRIVATE, "public_key": PUBLIC})
    gateway_accounts.set_keys(actor, company.id, {"private_key": "key_other", "mode": "live"})
    old, new = versions(company.id)
    assert (old.current, old.version, old.mode, old.private_key) == (False, 1, "test", PRIVATE)
    assert (new.current, new.version, new.mode, new.private_key) == (True, 2, "live", "key_other")
    assert new.public_key == PUBLIC


def test_the_same_keys_again_make_no_version(actor: Actor, company: Company) -> None:
    first = gateway_accounts.set_keys(actor, company.id, {"private_key": PRIVATE})
    again = gateway_accounts.set_keys(actor, company.id, {"private_key": PRIVATE})
    assert again.id == first.id
    assert len(versions(company.id)) == 1


def test_one_key_for_both_is_refused(actor: Actor, company: Company) -> None:
    gateway_accounts.set_keys(actor, company.id, {"public_key": PUBLIC})
    with pytest.raises(Invalid) as refused:
        gateway_accounts.set_keys(actor, company.id, {"private_key": PUBLIC})
    assert PUBLIC not in str(refused.value.body())
    assert len(versions(company.id)) == 1


def test_a_key_that_cannot_be_read_can_be_replaced(
    app: Flask, actor: Actor, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway_accounts.set_keys(actor, company.id, {"private_key": PRIVATE})
    monkeypatch.setitem(app.extensions, "vault", Vault([b"another key of thirty-two bytes!"]))
    gateway_accounts.set_keys(actor, company.id, {"private_key": "key_entered_anew"})
    current = gateway_accounts.current(company.id)
    assert current is not None
    assert current.private_key == "key_entered_anew"


def test_keys_never_stand_in_the_audit(actor: Actor, company: Company) -> None:
    gateway_accounts.set_keys(actor, company.id, {"private_key": PRIVATE})
    companies.update(actor, company.id, telegram_bot_token="planted-telegram-token")
    with reading() as session:
        told = [f"{entry.action} {entry.details}" for entry in session.scalars(select(AuditEntry))]
    assert any("gateway_account.set_keys" in line for line in told)
    assert "planted" not in "\n".join(told)


def test_without_a_private_key_there_is_nothing_to_try(actor: Actor, company: Company) -> None:
    with pytest.raises(Unavailable):
        gateway_accounts.probe(actor, company.id)
    gateway_accounts.set_keys(actor, company.id, {"public_key": PUBLIC})
    with pytest.raises(Unavailable):
        gateway_accounts.probe(actor, company.id)


def test_an_unknown_company_has_no_account(app: Flask, actor: Actor) -> None:
    for company_id in ("EMP_0000000000", "EMP_\x00", "x" * 5000):
        with pytest.raises(NotFound):
            gateway_accounts.set_keys(actor, company_id, {"private_key": PRIVATE})
