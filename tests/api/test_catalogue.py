"""Test the catalogue: its shape, its order, whose it is, and what it costs."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.operators import companies, plans, routers
from tests.support.databases.queries import recorded_queries
from tests.support.tenants import ACTOR, Tenant, make_tenant

PATH = "/api/v1/catalogo_perfiles_venta"
UNLIMITED = {
    "duracion_minutos": None,
    "duracion_desde": None,
    "limite_datos_mb": None,
    "dispositivos_max": None,
    "velocidad": None,
    "metodos_pago": ["tarjeta"],
}


@pytest.fixture(scope="module")
def app_settings() -> dict[str, Any]:
    """However long the machine takes, what was read of a key is still trusted."""
    return {"cache_seconds": 3600.0}


def test_shows_what_the_contract_says(client: FlaskClient, tenant: Tenant) -> None:
    hour, day = tenant.plan_ids
    answer = client.get(PATH, headers=tenant.headers)
    assert answer.status_code == 200
    assert answer.json == [
        {
            "id": hour,
            "nombre_venta": "1 Hora de Internet",
            "precio": "20.00",
            "moneda": "MXN",
            "perfil_mikrotik_id": None,
            "perfil_mikrotik_nombre": "1hora",
            "descripcion": "Acceso ilimitado por 1 hora",
            "detalles": [{"texto": "Sin límite 🚀"}],
            "imagen_url": None,
            "destacado": False,
            "orden": 1,
            **UNLIMITED,
        },
        {
            "id": day,
            "nombre_venta": "24 Horas de Internet",
            "precio": "50.05",
            "moneda": "MXN",
            "perfil_mikrotik_id": None,
            "perfil_mikrotik_nombre": "24horas",
            "descripcion": None,
            "detalles": [],
            "imagen_url": None,
            "destacado": True,
            "orden": 2,
            **UNLIMITED,
        },
    ]


@pytest.mark.parametrize(
    ("ours", "word"),
    [("purchase", "compra"), ("first_use", "primer_uso"), ("connected", "conexion")],
)
def test_tells_what_a_plan_is_limited_to(
    app: Flask, client: FlaskClient, tenant: Tenant, ours: str, word: str
) -> None:
    with app.app_context():
        plans.update(
            ACTOR,
            tenant.company_id,
            tenant.plan_ids[0],
            duration_seconds=5400,
            duration_from=ours,
            data_limit=500 * 2**20,
            max_devices=3,
            speed="10 Mbps",
        )
    shown = client.get(PATH, headers=tenant.headers).json[0]
    assert {name: shown[name] for name in UNLIMITED} == {
        "duracion_minutos": 90,
        "duracion_desde": word,
        "limite_datos_mb": 500,
        "dispositivos_max": 3,
        "velocidad": "10 Mbps",
        "metodos_pago": ["tarjeta"],
    }


def test_what_cannot_be_paid_names_no_way_to_pay(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        company = companies.create(ACTOR, name="Sin llaves")
        _router, key = routers.create(
            ACTOR, company.id, name="Solo", host="127.0.0.1", username="api", password="secret"
        )
        plans.create(
            ACTOR, company.id, name="Hora", amount=300, profile_name="1hora", unlimited=True
        )
    (shown,) = client.get(PATH, headers={"X-API-Key": key.token}).json
    assert shown["metodos_pago"] == []


def test_shows_one_product(client: FlaskClient, tenant: Tenant) -> None:
    listed = client.get(PATH, headers=tenant.headers).json
    alone = client.get(f"{PATH}/{tenant.plan_ids[1]}", headers=tenant.headers)
    assert alone.json == listed[1]


@pytest.mark.parametrize("number", ["0", "2147483648", "9" * 40])
def test_knows_no_such_product(client: FlaskClient, tenant: Tenant, number: str) -> None:
    answer = client.get(f"{PATH}/{number}", headers=tenant.headers)
    assert (answer.status_code, answer.json) == (404, {"detail": "Producto no encontrado"})


def test_hides_the_products_of_others(app: Flask, client: FlaskClient, tenant: Tenant) -> None:
    other = make_tenant(app)
    with app.app_context():
        _second, key = routers.create(
            ACTOR,
            tenant.company_id,
            name="Azotea",
            host="127.0.0.2",
            username="api",
            password="secret",
        )
    shown = client.get(PATH, headers={"X-API-Key": key.token}).json
    assert [entry["id"] for entry in shown] == [tenant.plan_ids[1]]
    assert client.get(f"{PATH}/{other.plan_ids[1]}", headers=tenant.headers).status_code == 404


def test_orders_by_position_then_featured(app: Flask, client: FlaskClient, tenant: Tenant) -> None:
    with app.app_context():
        for name, featured in (("Común", False), ("Destacado", True)):
            plans.create(
                ACTOR,
                tenant.company_id,
                name=name,
                amount=300,
                profile_name="x",
                unlimited=True,
                position=1,
                featured=featured,
            )
    shown = client.get(PATH, headers=tenant.headers).json
    names = [entry["nombre_venta"] for entry in shown]
    assert names == ["Destacado", "1 Hora de Internet", "Común", "24 Horas de Internet"]


def test_config_tells_the_shop(app: Flask, client: FlaskClient, tenant: Tenant) -> None:
    answer = client.get("/api/v1/config/public", headers=tenant.headers)
    assert answer.json == {
        "empresa": {
            "id": tenant.company_id,
            "nombre": "Café Ñandú",
            "logo_url": None,
            "conekta_public_key": "key_public",
            "conekta_mode": "test",
        },
        "router": {"id": tenant.router_id, "nombre": "Patio", "ubicacion": "Planta baja"},
        "metodos_pago": ["tarjeta"],
        "pasarelas": [{"nombre": "conekta", "public_key": "key_public", "mode": "test"}],
    }
    assert "key_private" not in answer.text


def test_config_of_a_shop_that_cannot_take_money(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        company = companies.create(ACTOR, name="Sin llaves")
        _router, key = routers.create(
            ACTOR, company.id, name="Solo", host="127.0.0.1", username="api", password="secret"
        )
    answer = client.get("/api/v1/config/public", headers={"X-API-Key": key.token}).json
    assert answer["metodos_pago"] == answer["pasarelas"] == []
    assert answer["empresa"]["conekta_public_key"] is None
    assert client.get(PATH, headers={"X-API-Key": key.token}).json == []


def test_costs_one_query_and_then_none(app: Flask, client: FlaskClient, tenant: Tenant) -> None:
    with recorded_queries(app) as first:
        client.get(PATH, headers=tenant.headers)
    with recorded_queries(app) as second:
        client.get(PATH, headers=tenant.headers)
        client.get("/api/v1/config/public", headers=tenant.headers)
    assert [statement.split()[0] for statement in first] == ["SELECT"]
    assert second == []


def test_a_browser_that_has_it_gets_304(client: FlaskClient, tenant: Tenant) -> None:
    first = client.get(PATH, headers=tenant.headers)
    assert first.headers["Cache-Control"] == "private, no-cache"
    known = {**tenant.headers, "If-None-Match": first.headers["ETag"]}
    again = client.get(PATH, headers=known)
    assert (again.status_code, again.data) == (304, b"")
    stale = {**tenant.headers, "If-None-Match": '"other"'}
    assert client.get(PATH, headers=stale).status_code == 200


def test_hides_what_is_not_on_sale(app: Flask, client: FlaskClient, tenant: Tenant) -> None:
    with app.app_context():
        plans.deactivate(ACTOR, tenant.company_id, tenant.plan_ids[0])
    shown = client.get(PATH, headers=tenant.headers).json
    assert [entry["id"] for entry in shown] == [tenant.plan_ids[1]]
