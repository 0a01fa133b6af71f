"""Prove that keys that are entered have the gateway tell us by itself, signed, or say why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.database import reading
from portal.models import Alert, AuditEntry, GatewayAccount
from portal.operators import companies, gateway_accounts, webhook_registration
from portal.operators.audit import Actor
from portal.sandbox.conekta import ConektaSandbox
from tests.api.admin.caller import log_in
from tests.support.shop import close_app, make_app

ACTOR = Actor("ana@example.com")
KEY, OTHER = "key_planted1Private2Key3xyz", "key_another1Private2Key3xyz"
PUBLIC_URL = "https://wifi.example.com"
Open = Callable[..., Flask]


@pytest.fixture
def gateway() -> Iterator[ConektaSandbox]:
    with ConektaSandbox() as sandbox:
        yield sandbox


@pytest.fixture
def open_app(tmp_path: Path, database_url: str | None, gateway: ConektaSandbox) -> Iterator[Open]:
    """Opens the application, entered, on a database of the test's own."""
    with ExitStack() as stack:

        def open_it(**settings: Any) -> Flask:
            options = {"conekta_api_url": gateway.url, "public_url": PUBLIC_URL} | settings
            app = make_app(tmp_path, database_url, **options)
            stack.callback(close_app, app)
            stack.enter_context(app.app_context())
            return app

        yield open_it


@pytest.fixture
def company_id(open_app: Open) -> str:
    open_app()
    return companies.create(ACTOR, name="Café Ñandú").id


def enter(company_id: str, key: str = KEY) -> GatewayAccount:
    return gateway_accounts.set_keys(ACTOR, company_id, {"private_key": key})


def alerts() -> list[Alert]:
    with reading() as session:
        return list(session.scalars(select(Alert).where(Alert.resolved_at.is_(None))))


def test_they_are_registered_as_keys_are_entered(company_id: str, gateway: ConektaSandbox) -> None:
    account = enter(company_id)
    assert account.webhook_public_key
    assert webhook_registration.standing(account) == webhook_registration.REGISTERED.format(
        "Conekta"
    )
    assert (gateway.calls()["webhook"], gateway.calls()["webhook_key"]) == (2, 1)
    assert alerts() == []
    with reading() as session:
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-2:] == ["gateway_account.set_keys", "webhooks.register"]


def test_a_company_that_comes_with_keys_is_registered_too(
    open_app: Open, gateway: ConektaSandbox
) -> None:
    open_app()
    company = companies.create(ACTOR, {"private_key": KEY}, name="Café Ñandú")
    account = gateway_accounts.current(company.id)
    assert account is not None
    assert account.webhook_public_key
    companies.update(ACTOR, company.id, {"private_key": OTHER})
    assert gateway.calls()["webhook_key"] == 2


def test_the_same_private_key_goes_on_signing(company_id: str, gateway: ConektaSandbox) -> None:
    first = enter(company_id)
    second = gateway_accounts.set_keys(ACTOR, company_id, {"public_key": "key_public_new"})
    assert second.version == first.version + 1
    assert second.webhook_public_key == first.webhook_public_key
    assert gateway.calls()["webhook_key"] == 1
    assert enter(company_id, OTHER).webhook_public_key != first.webhook_public_key


def hang(gateway: ConektaSandbox) -> None:
    gateway.fail("hang", times=None)


def refuse(gateway: ConektaSandbox) -> None:
    gateway.refuse(KEY)


def lose_the_key(gateway: ConektaSandbox) -> None:
    gateway.fail("cut", "webhook_key", times=None)


def unplug(gateway: ConektaSandbox) -> None:
    gateway.unplug()


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (hang, "Conekta no respondió"),
        (refuse, "rechazó la llave"),
        (lose_the_key, "Conekta no respondió"),
        (unplug, "Conekta no respondió"),
    ],
)
def test_keys_stay_though_notices_could_not_be_registered(
    open_app: Open, gateway: ConektaSandbox, trouble: Callable[[ConektaSandbox], None], said: str
) -> None:
    app = open_app(gateway_timeout=2.0)
    company_id = companies.create(ACTOR, name="Café Ñandú").id
    trouble(gateway)
    account = enter(company_id)
    assert (account.private_key, account.webhook_public_key) == (KEY, None)
    [alert] = alerts()
    assert (alert.kind, alert.company_id) == ("webhooks_not_registered", company_id)
    assert said in alert.message
    assert f"flask webhooks register --empresa {company_id}" in alert.message
    assert KEY not in alert.message
    gateway.heal()
    gateway.accept(KEY)
    app.extensions["settings"] = replace(app.extensions["settings"], gateway_timeout=15.0)
    if trouble is unplug:
        gateway.plug()
    result = app.test_cli_runner().invoke(args=["webhooks", "register", "--empresa", company_id])
    assert result.exit_code == 0, result.output
    assert alerts() == []


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8000", "http://localhost:5000", "http://[::1]:8000", "http://0.0.0.0:80"],
)
def test_nothing_is_asked_where_the_gateway_could_not_reach_us(
    open_app: Open, gateway: ConektaSandbox, url: str
) -> None:
    app = open_app(public_url=url)
    company_id = companies.create(ACTOR, name="Café Ñandú").id
    operator = log_in(app, company_id).at("/api/v1/admin")
    answer = operator.put("/mi-empresa/conekta", {"conekta_private_key": KEY})
    assert answer.status_code == 200
    assert "PUBLIC_URL" in answer.json["avisos"]
    assert company_id in answer.json["avisos"]
    assert not gateway.calls()
    assert alerts() == []


def test_the_operator_reads_that_notices_come(open_app: Open, gateway: ConektaSandbox) -> None:
    app = open_app()
    company_id = companies.create(ACTOR, name="Café Ñandú").id
    operator = log_in(app, company_id).at("/api/v1/admin")
    assert operator.get("/mi-empresa/conekta").json["avisos"] is None
    answer = operator.put("/mi-empresa/conekta", {"conekta_private_key": KEY})
    assert answer.json["avisos"] == webhook_registration.REGISTERED.format("Conekta")
    assert operator.get("/mi-empresa/conekta").json == answer.json
