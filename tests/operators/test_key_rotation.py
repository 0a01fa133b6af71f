"""Test a change of encryption keys, to the end: all is found meanwhile, and then the old key can
go.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from portal.core.database import reading, writing
from portal.core.records import new_id
from portal.core.vault import Vault
from portal.models import Access, Company, GatewayAccount, Router
from tests.api.admin.caller import log_in
from tests.support.shop import PRIVATE_KEY, ROUTER_PASSWORD, SECRETS, Shop, open_shop

OLD = SECRETS["ENCRYPTION_KEYS"]
NEW, LOST = (base64.urlsafe_b64encode(os.urandom(32)).decode() for _ in range(2))
BOT_TOKEN = "123456:planted-bot-token"
OTHER_MAC, OTHER_IP = "02:00:00:00:00:01", "192.168.88.101"


@pytest.fixture
def shop(tmp_path: Path, database_url: str | None) -> Iterator[Shop]:
    with open_shop(tmp_path, database_url) as shop:
        shop.router.join(OTHER_MAC, OTHER_IP)
        with shop.app.app_context(), writing() as session:
            session.get_one(Company, shop.company_id).telegram_bot_token = BOT_TOKEN
        yield shop


@contextmanager
def keys(app: Flask, *listed: str) -> Iterator[None]:
    """The same application with these ENCRYPTION_KEYS."""
    before = app.extensions["vault"]
    app.extensions["vault"] = Vault([base64.urlsafe_b64decode(key) for key in listed])
    yield
    app.extensions["vault"] = before


def bought(shop: Shop) -> str:
    """The PIN of a new sale."""
    answer = shop.buy(tipo_usuario="pin")
    assert answer.status_code == 200, answer.text
    pin: str = answer.json["usuario_hotspot"]["usuario"]
    return pin


def is_found(shop: Shop, pin: str) -> bool:
    """Whether the PIN lets a phone in, and leads an operator to its sale."""
    body = {"username": pin, "password": pin, "current_mac": OTHER_MAC}
    said = shop.call("/api/v1/hotspot/auto-reconnect", body).json["auto_conexion"]
    shop.end_sessions()
    operator = log_in(shop.app, shop.company_id)
    sales = operator.get("/api/v1/admin/mi-empresa/transacciones", q=pin).json["total"]
    return bool(said == "conectado" and sales == 1)


def reseal(shop: Shop) -> Result:
    return shop.app.test_cli_runner().invoke(args=["keys", "reseal"])


def test_names_are_found_while_keys_change_and_after(shop: Shop) -> None:
    before = bought(shop)
    with keys(shop.app, NEW, OLD):
        during = bought(shop)
        assert all(is_found(shop, pin) for pin in (before, during))
        result = reseal(shop)
        assert result.exit_code == 0, result.output
        assert "ya se pueden quitar" in result.output
    with keys(shop.app, NEW):
        assert all(is_found(shop, pin) for pin in (before, during))
        bought(shop)


def test_every_secret_is_read_with_the_first_key_alone(shop: Shop) -> None:
    with keys(shop.app, NEW, OLD):
        assert reseal_told(shop).startswith("3 ")
        assert reseal_told(shop).startswith("0 ")
    with keys(shop.app, NEW), shop.app.app_context(), reading() as session:
        assert session.get_one(Company, shop.company_id).telegram_bot_token == BOT_TOKEN
        assert session.get_one(Router, shop.router_id).password == ROUTER_PASSWORD
        assert session.scalars(sa.select(GatewayAccount)).one().private_key == PRIVATE_KEY


def reseal_told(shop: Shop) -> str:
    result = reseal(shop)
    assert result.exit_code == 0, result.output
    return result.output


def test_it_goes_on_past_what_no_key_opens(shop: Shop) -> None:
    with keys(shop.app, LOST), shop.app.app_context(), writing() as session:
        session.get_one(Router, shop.router_id).password = "x"
    with keys(shop.app, NEW, OLD):
        result = reseal(shop)
    assert result.exit_code == 1
    assert f"router {shop.router_id}" in result.output
    assert "ya se pueden quitar" not in result.output
    with keys(shop.app, NEW), shop.app.app_context(), reading() as session:
        assert session.scalars(sa.select(GatewayAccount)).one().private_key == PRIVATE_KEY


def test_a_name_that_was_sold_twice_meanwhile_waits_until_one_is_over(shop: Shop) -> None:
    pin = bought(shop)
    with keys(shop.app, NEW, OLD):
        twin = sell_again(shop, pin)
        result = reseal(shop)
        assert result.exit_code == 1
        assert "ya se pueden quitar" not in result.output
        assert is_found(shop, pin)
        with shop.app.app_context(), writing() as session:
            over = sa.update(Access).where(Access.id == twin)
            session.execute(over.values(wanted="absent", actual="absent"))
        assert "ya se pueden quitar" in reseal_told(shop)
    with keys(shop.app, NEW):
        assert is_found(shop, pin)


def sell_again(shop: Shop, pin: str) -> str:
    """Another access of this name, as only a change of keys lets one come about; its id."""
    with shop.app.app_context(), writing() as session:
        first = session.scalars(sa.select(Access)).one()
        own = ("id", "name_sealed", "name_digest", "password_sealed")
        alike = [column.name for column in Access.__table__.c if column.name not in own]
        values = {name: getattr(first, name) for name in alike}
        twin = Access(id=new_id("acc_", 20, upper=False), **values)
        twin.name = twin.password = pin
        session.add(twin)
    return twin.id
