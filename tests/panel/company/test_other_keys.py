"""Test the keys of a second gateway, in the panel and by HTTP, and the choice between both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.operators import gateway_accounts
from portal.sandbox.mercadopago import MercadoPagoSandbox
from tests.api.admin.caller import Caller, log_in
from tests.panel.client import PanelClient, panel_of
from tests.support.shop import Shop, open_shop

PATH = "/panel/empresa/llaves/mercadopago"
API = "/api/v1/admin/mi-empresa/pasarelas"
TOKEN, LIVE = "APP_USR-1111-planted-access-token", "APP_USR-2222-planted-live-token"
SECRET = "planted-webhook-secret"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder: Path = tmp_path_factory.mktemp("keys")
    with (
        MercadoPagoSandbox(live_keys=[LIVE]) as second,
        open_shop(folder, None, mercadopago_api_url=second.url) as opened,
    ):
        yield opened


@pytest.fixture
def owner(shop: Shop) -> PanelClient:
    return panel_of(shop.app, shop.company_id)


@pytest.fixture
def operator(shop: Shop) -> Caller:
    return log_in(shop.app, shop.company_id)


def said(owner: PanelClient, **fields: str) -> str:
    return owner.follow(owner.post(PATH, **fields)).text


def test_the_keys_are_entered_and_tried_and_it_is_preferred(owner: PanelClient, shop: Shop) -> None:
    assert PATH in owner.get("/panel/empresa/llaves").text
    page = said(
        owner,
        accion="guardar",
        modo="test",
        llave_privada=TOKEN,
        llave_publica="APP_USR-public",
        clave_avisos=SECRET,
    )
    assert "La llave funciona y es de pruebas: no se cobra a nadie." in page
    assert TOKEN not in page
    assert SECRET not in page
    page = said(owner, accion="guardar", modo="test", llave_privada=LIVE, clave_avisos="")
    assert "La llave es de producción, pero aquí dice pruebas" in page
    page = said(owner, accion="preferir")
    assert "las ventas nuevas se cobran con Mercado Pago" in page
    with shop.app.app_context():
        account = gateway_accounts.at(shop.company_id, "mercadopago")
        assert (account.private_key, account.webhook_secret) == (LIVE, SECRET)
        assert gateway_accounts.payable(shop.company_id)[0].provider == "mercadopago"


def test_a_key_that_is_refused_says_whose(owner: PanelClient) -> None:
    page = said(owner, accion="guardar", modo="test", llave_privada="TEST-nobody-1234567890")
    assert "Mercado Pago rechazó la llave privada" in page


def test_a_gateway_of_nobody_is_not_there(owner: PanelClient) -> None:
    assert owner.get("/panel/empresa/llaves/nadie").status_code == 404


def test_the_same_by_http(operator: Caller) -> None:
    body = {"llave_privada": TOKEN, "llave_publica": "APP_USR-public", "clave_avisos": SECRET}
    answer = operator.put(f"{API}/mercadopago", body)
    assert answer.status_code == 200, answer.text
    assert (answer.json["llave_privada"], answer.json["clave_avisos"]) == ("********",) * 2
    assert answer.json["nombre"] == "Mercado Pago"
    tried = operator.post(f"{API}/mercadopago/probar")
    assert (tried.status_code, tried.json["success"], tried.json["livemode"]) == (200, True, False)
    chosen = operator.post(f"{API}/conekta/preferir")
    assert chosen.json["preferida"] is True
    listed = operator.get(API).json["pasarelas"]
    assert [(each["pasarela"], each["preferida"]) for each in listed] == [
        ("conekta", True),
        ("mercadopago", False),
    ]
    assert operator.get(f"{API}/nadie").status_code == 404
