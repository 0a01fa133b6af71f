"""Test secrets at rest: bound to their place, readable through a change of keys, never in the
clear.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from portal.core.database import reading, writing
from portal.core.records import Base
from portal.core.vault import Secret, Vault, VaultError
from portal.models import Access, Company, GatewayAccount, Router
from portal.operators import api_keys
from tests.core.contents import cells, files, holds
from tests.support.shop import (
    PRIVATE_KEY,
    ROUTER_PASSWORD,
    SECRETS,
    Shop,
    close_app,
    make_app,
    open_shop,
)

FIRST, SECOND = os.urandom(32), os.urandom(32)
PLACE = "router:RTR_00000001:password"
BOT_TOKEN = "123456:planted-bot-token"


def test_what_is_sealed_can_be_read_at_its_place() -> None:
    vault = Vault([FIRST])
    for secret in ("", "contraseña 🔑", "x" * 5000):
        assert vault.open(vault.seal(secret, PLACE), PLACE) == secret


@pytest.mark.parametrize(
    "place",
    [
        "router:RTR_00000002:password",
        "router:RTR_00000001:username",
        "access:RTR_00000001:password",
        "",
    ],
)
def test_it_cannot_be_read_anywhere_else(place: str) -> None:
    vault = Vault([FIRST])
    with pytest.raises(VaultError):
        vault.open(vault.seal("secret", PLACE), place)


def test_a_changed_bit_is_noticed() -> None:
    vault = Vault([FIRST])
    sealed = vault.seal("secret", PLACE)
    for at in range(len(sealed)):
        changed = bytes([*sealed[:at], sealed[at] ^ 1, *sealed[at + 1 :]])
        with pytest.raises(VaultError):
            vault.open(changed, PLACE)


@pytest.mark.parametrize("sealed", [b"", b"short", b"\0" * 12, b"\0" * 28])
def test_what_was_never_sealed_is_noticed(sealed: bytes) -> None:
    with pytest.raises(VaultError):
        Vault([FIRST]).open(sealed, PLACE)


def test_equal_secrets_do_not_look_alike() -> None:
    vault = Vault([FIRST])
    assert vault.seal("secret", PLACE) != vault.seal("secret", PLACE)


def test_the_first_key_writes_and_the_others_read() -> None:
    old, rotating, new = Vault([FIRST]), Vault([SECOND, FIRST]), Vault([SECOND])
    before, after = old.seal("planted", PLACE), rotating.seal("planted", PLACE)
    assert rotating.open(before, PLACE) == rotating.open(after, PLACE) == "planted"
    assert new.open(after, PLACE) == "planted"
    for vault, sealed in ((new, before), (old, after)):
        with pytest.raises(VaultError) as caught:
            vault.open(sealed, PLACE)
        assert PLACE in str(caught.value)
        assert "planted" not in str(caught.value)


def test_a_digest_names_the_secret_at_its_place_for_who_has_the_key() -> None:
    [digest] = Vault([FIRST]).digests("123456", PLACE)
    assert Vault([FIRST]).digests("123456", PLACE) == [digest]
    others = [
        Vault([FIRST]).digests("123457", PLACE),
        Vault([FIRST]).digests("123456", PLACE + "1"),
        Vault([SECOND]).digests("123456", PLACE),
    ]
    assert len({digest, *(other for [other] in others)}) == 4
    assert Vault([SECOND, FIRST]).digests("123456", PLACE) == [*others[2], digest]


@pytest.fixture
def shop(tmp_path: Path, database_url: str | None) -> Iterator[Shop]:
    with open_shop(tmp_path, database_url) as shop, shop.app.app_context():
        yield shop


SEALED = [
    (table.name, column.name)
    for table in Base.metadata.sorted_tables
    for column in table.c
    if isinstance(column.type, sa.LargeBinary) and column.name.endswith("_sealed")
]


def test_every_secret_that_the_records_have_is_known_here() -> None:
    assert set(SEALED) >= {
        ("company", "telegram_bot_token_sealed"),
        ("gateway_account", "private_key_sealed"),
        ("router", "password_sealed"),
        ("access", "password_sealed"),
    }
    secrets = {
        (mapper.local_table.name, f"{name}_sealed")
        for mapper in Base.registry.mappers
        for name, attribute in vars(mapper.class_).items()
        if isinstance(attribute, Secret)
    }
    assert secrets == set(SEALED)


def sealed_of(record: type[Any], column: str) -> bytes:
    with reading() as session:
        found: bytes = session.scalars(sa.select(getattr(record, column))).first()
    return found


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ((Router, "password"), (Access, "password")),
        ((GatewayAccount, "private_key"), (Router, "password")),
        ((Access, "password"), (Company, "telegram_bot_token")),
        ((Company, "telegram_bot_token"), (GatewayAccount, "private_key")),
    ],
)
def test_a_sealed_column_is_worth_nothing_in_another_table(
    shop: Shop, source: tuple[type[Any], str], target: tuple[type[Any], str]
) -> None:
    shop.buy()
    with writing() as session:
        session.get_one(Company, shop.company_id).telegram_bot_token = BOT_TOKEN
    shop.change(target[0], **{f"{target[1]}_sealed": sealed_of(source[0], f"{source[1]}_sealed")})
    with reading() as session, pytest.raises(VaultError):
        getattr(session.scalars(sa.select(target[0])).first(), target[1])


def test_a_sealed_column_is_worth_nothing_in_another_row(shop: Shop) -> None:
    first, second = (shop.buy().json["referencia"] for _ in range(2))
    assert first != second
    shop.change(Access, password_sealed=sealed_of(Access, "password_sealed"))
    readable = 0
    for access in shop.accesses():
        try:
            readable += bool(access.password)
        except VaultError:
            continue
    assert readable == 1


def test_a_secret_needs_its_row_s_id(shop: Shop) -> None:
    with pytest.raises(ValueError, match="needs its id"):
        Router(company_id=shop.company_id).password = "x"


@contextmanager
def reopened(instance: Path, url: str | None, *keys: str) -> Iterator[None]:
    """The application once more, with these encryption keys, entered."""
    app = make_app(instance, url, encryption_keys=",".join(keys))
    with app.app_context():
        yield
    close_app(app)


def test_keys_are_changed_without_losing_a_secret(tmp_path: Path, database_url: str | None) -> None:
    old, new = SECRETS["ENCRYPTION_KEYS"], base64.urlsafe_b64encode(SECOND).decode()
    with open_shop(tmp_path, database_url) as shop:
        router_id = shop.router_id
    with reopened(tmp_path, database_url, new, old), writing() as session:
        router = session.get_one(Router, router_id)
        assert router.password == ROUTER_PASSWORD
        router.password = ROUTER_PASSWORD + "2"
    with reopened(tmp_path, database_url, new), reading() as session:
        assert session.get_one(Router, router_id).password == ROUTER_PASSWORD + "2"
        account = session.scalars(sa.select(GatewayAccount)).one()
        with pytest.raises(VaultError):
            _ = account.private_key


def test_after_whole_sales_no_secret_stands_in_the_database(shop: Shop, tmp_path: Path) -> None:
    with writing() as session:
        session.get_one(Company, shop.company_id).telegram_bot_token = BOT_TOKEN
        minted = api_keys.mint_in(session, session.get_one(Router, shop.router_id))
    token = shop.gateway.mint(key=PRIVATE_KEY)
    bought = shop.buy("planted-idempotency-key", token_tarjeta=token, conexion_automatica=True)
    declined = shop.gateway.mint("4000000000000002", key=PRIVATE_KEY)
    shop.buy(token_tarjeta=declined)
    password = bought.json["usuario_hotspot"]["contrasena"]
    planted = [ROUTER_PASSWORD, PRIVATE_KEY, BOT_TOKEN, token, declined, shop.api_key]
    planted += [minted.token, "planted-idempotency-key", *SECRETS.values()]
    found = cells()
    everything = "\n".join(found)
    assert bought.json["referencia"] in everything
    assert not [secret for secret in planted if secret in everything]
    assert not holds(password, found)
    assert not [secret for secret in planted if secret.encode() in files(tmp_path)]
