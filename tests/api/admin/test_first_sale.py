"""Go from an empty database to a first sale, by HTTP alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from portal.sandbox.conekta import ConektaSandbox
from portal.sandbox.routeros import RouterSandbox
from tests.api.admin.caller import Caller, log_in
from tests.support.shop import close_app, make_app

KEY = "key_planted_private"
MAC, IP = "AA:BB:CC:DD:EE:FF", "192.168.88.100"


@pytest.fixture
def gateway() -> Iterator[ConektaSandbox]:
    with ConektaSandbox(keys=[KEY]) as sandbox:
        yield sandbox


@pytest.fixture
def device() -> Iterator[RouterSandbox]:
    with RouterSandbox(password="planted-device") as sandbox:
        sandbox.add_profile("1hora")
        sandbox.join(MAC, IP)
        yield sandbox


@pytest.fixture
def app(database_url: str | None, tmp_path: Path, gateway: ConektaSandbox) -> Iterator[Flask]:
    app = make_app(tmp_path, database_url, conekta_api_url=gateway.url)
    yield app
    close_app(app)


def make_company(root: Caller) -> str:
    company = root.post(
        "/admin/empresas", {"nombre": "Café Ñandú", "contacto_email": "hola@example.com"}
    ).json
    return str(company["id"])


def add_router(root: Caller, company_id: str, device: RouterSandbox) -> tuple[str, str]:
    router = root.post(
        f"/admin/empresas/{company_id}/routers",
        {
            "nombre": "Patio",
            "host": device.host,
            "puerto": device.port,
            "usuario": device.user,
            "password": device.password,
        },
    ).json
    return router["id"], router["api_key"]


def add_product(operator: Caller, router_id: str) -> int:
    operator.get(f"/api/v1/admin/routers/{router_id}/test-connection")
    found = operator.get(f"/api/v1/admin/routers/{router_id}/mikrotik-profiles").json["perfiles"]
    profile = next(profile for profile in found if profile["nombre"] == "1hora")
    product = operator.post(
        "/api/v1/admin/products",
        {
            "router_id": router_id,
            "perfil_mikrotik_id": profile["id"],
            "perfil_mikrotik_nombre": profile["nombre"],
            "nombre_venta": "1 Hora de Internet",
            "precio": 20,
            "duracion_minutos": 60,
        },
    ).json
    return int(product["id"])


def purchase(product_id: int) -> dict[str, object]:
    return {
        "producto_id": product_id,
        "token_tarjeta": "tok_test_visa_4242",
        "nombre_cliente": "María García",
        "email_cliente": "maria@example.com",
        "mac_cliente": MAC,
        "ip_cliente": IP,
        "conexion_automatica": True,
    }


def test_from_nothing_to_a_customer_who_is_online(app: Flask, device: RouterSandbox) -> None:
    root = log_in(app)
    company_id = make_company(root)
    operator = log_in(app, company_id)
    operator.put(
        "/api/v1/admin/mi-empresa/conekta",
        {"conekta_private_key": KEY, "conekta_public_key": "key_public", "conekta_mode": "test"},
    )
    assert operator.post("/api/v1/admin/mi-empresa/conekta/probar").json["success"]
    router_id, api_key = add_router(root, company_id, device)
    product_id = add_product(operator, router_id)
    shop = Caller(app.test_client(), {"X-API-Key": api_key}, "/api/v1")
    [entry] = shop.get("/catalogo_perfiles_venta").json
    assert (entry["id"], entry["precio"]) == (product_id, "20.00")
    paid = shop.post("/payments/pagar-conekta", purchase(product_id))
    assert paid.status_code == 200, paid.text
    assert paid.json["auto_conexion"]["estado"] == "conectado"
    assert root.delete(f"/admin/empresas/{company_id}/routers/{router_id}").status_code == 409
