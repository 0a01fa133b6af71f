"""Test products by HTTP."""

from __future__ import annotations

import pytest

from tests.api.admin.caller import Caller
from tests.support.tenants import Tenant

NEW = {"nombre_venta": "Semana 🌮", "precio": "99.90", "perfil_mikrotik_nombre": "semana"} | {
    "ilimitado": True
}
FULL = {
    "router_id": None,
    "perfil_mikrotik_id": "*3",
    "perfil_mikrotik_nombre": "semana",
    "nombre_venta": "Semana completa",
    "precio": "120.50",
    "moneda": "MXN",
    "descripcion": "Una semana.\nSin límite.",
    "detalles": [{"texto": "Hasta 5 Mbps"}],
    "imagen_url": "https://example.com/semana.png",
    "activo": True,
    "orden": 4,
    "destacado": True,
    "duracion_minutos": 10080,
    "duracion_desde": "primer_uso",
    "limite_datos_mb": 5000,
    "ilimitado": False,
    "dispositivos_max": 2,
    "velocidad": "5M/5M",
}


@pytest.fixture
def products(operator: Caller) -> Caller:
    return operator.at("/api/v1/admin/products")


def test_every_field_is_kept(products: Caller) -> None:
    answer = products.post("", FULL)
    assert answer.status_code == 201
    assert {name: answer.json[name] for name in FULL} == FULL
    saved = {name: value for name, value in answer.json.items() if name != "avisos"}
    assert products.get(f"/{saved['id']}").json == saved


def test_what_is_not_said_has_its_default(products: Caller) -> None:
    product = products.post("", NEW).json
    defaults = {
        "router_id": None,
        "moneda": "MXN",
        "descripcion": None,
        "detalles": [],
        "imagen_url": None,
        "activo": True,
        "orden": 0,
        "destacado": False,
        "duracion_minutos": None,
        "duracion_desde": None,
        "limite_datos_mb": None,
        "dispositivos_max": None,
        "velocidad": None,
    }
    assert {name: product[name] for name in defaults} == defaults


@pytest.mark.parametrize(
    ("sent", "shown"),
    [(20, "20.00"), (20.5, "20.50"), ("3.00", "3.00"), ("999999.99", "999999.99")],
)
def test_prices_are_exact(products: Caller, sent: object, shown: str) -> None:
    assert products.post("", {**NEW, "precio": sent}).json["precio"] == shown


def test_what_is_not_sent_stays(products: Caller) -> None:
    product = products.post("", FULL).json
    changed = products.put(f"/{product['id']}", {"precio": "7.00"}).json
    expected = {**product, "precio": "7.00"}
    assert {**changed, "updated_at": None} == {**expected, "updated_at": None}
    assert products.put(f"/{product['id']}", {}).json == changed


def test_a_duration_is_taken_away_whole(products: Caller) -> None:
    product = products.post("", FULL).json
    changed = products.put(f"/{product['id']}", {"duracion_minutos": None}).json
    assert (changed["duracion_minutos"], changed["duracion_desde"]) == (None, None)
    answer = products.put(f"/{product['id']}", {"duracion_desde": "compra"})
    assert answer.status_code == 422
    assert "duracion_minutos" in answer.json["errores"]


@pytest.mark.parametrize(
    "limits",
    [
        {"ilimitado": None},
        {"ilimitado": False},
        {"duracion_minutos": None, "limite_datos_mb": None, "ilimitado": False},
        {"duracion_minutos": 60, "ilimitado": True},
        {"limite_datos_mb": 500, "ilimitado": True},
    ],
)
def test_what_never_ends_is_said_to_be_so(products: Caller, limits: dict[str, object]) -> None:
    said = {name: value for name, value in {**NEW, **limits}.items() if value is not None}
    answer = products.post("", said)
    assert answer.status_code == 422
    assert list(answer.json["errores"]) == ["ilimitado"]
    assert products.post("", NEW).json["ilimitado"] is True


def test_limits_are_not_lost_by_forgetting(products: Caller) -> None:
    path = f"/{products.post('', FULL).json['id']}"
    without = {"duracion_minutos": None, "limite_datos_mb": None}
    assert list(products.put(path, without).json["errores"]) == ["ilimitado"]
    assert products.put(path, {**without, "ilimitado": True}).json["ilimitado"] is True
    # Nor is an old one that has none held to it when something else changes.
    assert products.put(path, {"precio": "9.00"}).json["ilimitado"] is True
    assert products.put(path, {"duracion_minutos": 60}).json["ilimitado"] is False


def test_one_name_stands_once_on_a_router(products: Caller, tenant: Tenant) -> None:
    hour = {**NEW, "nombre_venta": "1 Hora de Internet"}
    for router_id in (tenant.router_id, None):
        answer = products.post("", {**hour, "router_id": router_id})
        assert answer.status_code == 409
        assert "nombre" in answer.json["detail"]


def test_a_withdrawn_product_leaves_the_catalogue(products: Caller, tenant: Tenant) -> None:
    answer = products.delete(f"/{tenant.plan_ids[0]}")
    assert (answer.status_code, answer.json["activo"]) == (200, False)
    shown = products.client.get("/api/v1/catalogo_perfiles_venta", headers=tenant.headers).json
    assert [entry["id"] for entry in shown] == [tenant.plan_ids[1]]
    assert products.get("").json["total"] == 2


def test_the_list_is_of_one_router_if_asked(products: Caller, tenant: Tenant) -> None:
    page = products.get("", router_id=tenant.router_id).json
    assert [product["id"] for product in page["productos"]] == list(tenant.plan_ids)
    assert products.get("", router_id="RTR_00000000").status_code == 404


def test_a_detail_is_whole_in_a_partial_change_too(products: Caller, tenant: Tenant) -> None:
    path = f"/{tenant.plan_ids[0]}"
    for details in ([{}], [{"texto": None}], [{"texto": "uno", "otro": "dos"}], ["uno"], "uno"):
        assert products.put(path, {"detalles": details}).status_code == 422
