"""Test router API keys through their life."""

from __future__ import annotations

import jwt
import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.database import reading
from portal.core.errors import NotFound
from portal.core.vault import token_digest
from portal.models import ApiKey, Company, Router
from portal.operators import api_keys, companies, routers
from portal.operators.api_keys import KeyStatus, Minted, key_status
from portal.operators.audit import Actor
from tests.operators.conftest import ROUTER


def stored(key_id: str) -> ApiKey:
    with reading() as session:
        return session.get_one(ApiKey, key_id)


@pytest.fixture
def first(app: Flask, actor: Actor, company: Company) -> Minted:
    return routers.create(actor, company.id, **ROUTER)[1]


def test_the_token_says_whose_it_is(app: Flask, company: Company, first: Minted) -> None:
    secret = app.extensions["settings"].jwt_apikey_secret
    assert first.token.startswith("jwt_")
    claims = jwt.decode(first.token.removeprefix("jwt_"), secret, algorithms=["HS256"])
    assert claims["jti"] == first.key.id
    assert claims["sub"] == first.key.router_id
    assert claims["empresa"] == company.id
    assert claims["type"] == "router_api_key"
    assert claims["exp"] - claims["iat"] == 365 * 24 * 3600


def test_only_a_digest_is_stored(first: Minted) -> None:
    with reading() as session:
        row = session.execute(select(ApiKey.__table__).where(ApiKey.id == first.key.id)).one()
    assert first.token not in repr(row)
    assert row.token_digest == token_digest(first.token)
    assert first.token not in repr(first)


def test_a_replaced_key_lives_on_for_its_grace_period(
    actor: Actor, company: Company, first: Minted
) -> None:
    second = api_keys.rotate(actor, company.id, first.key.router_id)
    assert key_status(stored(first.key.id)) is KeyStatus.RETIRING
    assert key_status(stored(second.key.id)) is KeyStatus.ACTIVE
    newest = api_keys.newest(company.id, first.key.router_id)
    assert newest is not None
    assert newest.id == second.key.id


def test_no_grace_ends_the_old_key_at_once(actor: Actor, company: Company, first: Minted) -> None:
    api_keys.rotate(actor, company.id, first.key.router_id, grace_hours=0)
    assert key_status(stored(first.key.id)) is KeyStatus.REVOKED


def test_a_second_rotation_does_not_prolong_the_first(
    actor: Actor, company: Company, first: Minted
) -> None:
    api_keys.rotate(actor, company.id, first.key.router_id, grace_hours=1)
    end = stored(first.key.id).revoked_at
    api_keys.rotate(actor, company.id, first.key.router_id, grace_hours=24)
    assert stored(first.key.id).revoked_at == end


def test_revoking_ends_a_key_once(actor: Actor, company: Company, first: Minted) -> None:
    revoked = api_keys.revoke(actor, company.id, first.key.router_id, first.key.id)
    again = api_keys.revoke(actor, company.id, first.key.router_id, first.key.id)
    assert key_status(revoked) is KeyStatus.REVOKED
    assert again.revoked_at == revoked.revoked_at


def test_another_companys_keys_are_not_found(actor: Actor, router: Router, first: Minted) -> None:
    stranger = companies.create(actor, name="Ajena").id
    with pytest.raises(NotFound):
        api_keys.rotate(actor, stranger, first.key.router_id)
    with pytest.raises(NotFound):
        api_keys.revoke(actor, stranger, first.key.router_id, first.key.id)
    with pytest.raises(NotFound):
        api_keys.listing(stranger, first.key.router_id, 50, 0)
    with pytest.raises(NotFound):
        api_keys.revoke(actor, router.company_id, router.id, first.key.id)
    assert key_status(stored(first.key.id)) is KeyStatus.ACTIVE
