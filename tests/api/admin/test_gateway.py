"""Test the company's keys by HTTP, and their trial against a gateway."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.sandbox.conekta import ConektaSandbox
from tests.api.admin.caller import Caller, log_in
from tests.support.shop import close_app, make_app
from tests.support.tenants import Tenant, make_tenant

GOOD, BAD = "key_planted_good", "key_planted_bad"


def test_keys_are_written_and_never_read(operator: Caller) -> None:
    answer = operator.put("/mi-empresa/conekta", {"conekta_private_key": GOOD})
    assert answer.status_code == 200
    assert GOOD not in answer.text
    shown = operator.get("/mi-empresa/conekta").json
    assert shown == answer.json
    assert shown["conekta_private_key"] == "********"
    assert shown["conekta_public_key"] == "key_public"


def test_configurar_is_the_same_call(operator: Caller) -> None:
    before = operator.get("/mi-empresa/conekta").json
    answer = operator.post("/mi-empresa/configurar-conekta", {"conekta_mode": "live"})
    assert answer.json == {**before, "conekta_mode": "live", "version": before["version"] + 1}


def test_a_key_can_be_taken_away(operator: Caller) -> None:
    answer = operator.put("/mi-empresa/conekta", {"conekta_private_key": None})
    assert answer.json["conekta_private_key"] is None
    tried = operator.post("/mi-empresa/conekta/probar")
    assert tried.status_code == 503
    assert "llave" in tried.json["detail"]


@pytest.fixture(scope="module")
def gateway() -> Iterator[ConektaSandbox]:
    with ConektaSandbox(keys=[GOOD]) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def operator_there(
    gateway: ConektaSandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Caller]:
    """An operator whose application speaks to that gateway."""
    instance: Path = tmp_path_factory.mktemp("instance")
    app = make_app(instance, None, conekta_api_url=gateway.url)
    tenant: Tenant = make_tenant(app)
    yield log_in(app, tenant.company_id).at("/api/v1/admin")
    close_app(app)


def test_a_trial_opens_and_cancels_an_order(
    gateway: ConektaSandbox, operator_there: Caller
) -> None:
    operator_there.put("/mi-empresa/conekta", {"conekta_private_key": GOOD, "conekta_mode": "test"})
    answer = operator_there.post("/mi-empresa/conekta/probar")
    assert answer.status_code == 200
    assert answer.json["success"]
    assert not answer.json["livemode"]
    assert [order.get("payment_status") for order in gateway.orders()] == ["canceled"]


def test_a_trial_tells_a_wrong_mode(operator_there: Caller) -> None:
    operator_there.put("/mi-empresa/conekta", {"conekta_private_key": GOOD, "conekta_mode": "live"})
    answer = operator_there.post("/mi-empresa/conekta/probar").json
    assert not answer["modo_correcto"]
    assert (
        answer["mensaje"] == "La llave es de pruebas, pero la empresa está en modo de producción."
    )


def test_a_refused_key_is_remembered_until_it_is_replaced(operator_there: Caller) -> None:
    operator_there.put("/mi-empresa/conekta", {"conekta_private_key": BAD})
    answer = operator_there.post("/mi-empresa/conekta/probar")
    assert answer.status_code == 503
    assert BAD not in answer.text
    assert operator_there.get("/mi-empresa/conekta").json["rechazada_desde"]
    operator_there.put("/mi-empresa/conekta", {"conekta_private_key": GOOD})
    assert operator_there.get("/mi-empresa/conekta").json["rechazada_desde"] is None
