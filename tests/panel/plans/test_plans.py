"""Test the panel's plans: what the form means, what it refuses, what customers will see."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from PIL import Image

from portal.models import Plan
from portal.operators import plans
from tests.panel.client import PanelClient
from tests.support.tenants import Tenant

HOUR = {
    "nombre_venta": "Tarde completa",
    "precio": "35.5",
    "moneda": "MXN",
    "duracion": "5",
    "unidad_duracion": "horas",
    "duracion_desde": "primer_uso",
    "datos": "",
    "unidad_datos": "GB",
    "ilimitado-asked": "1",
    "dispositivos_max": "2",
    "velocidad": "",
    "descripcion": "",
    "lineas": "Sin contratos\r\n\r\nEn todo el local",
    "router_id": "",
    "perfil_nuevo": "tarde",
    "destacado-asked": "1",
    "activo-asked": "1",
    "activo": "1",
    "accion": "guardar",
}


def find(app: Flask, tenant: Tenant, name: str) -> Plan | None:
    with app.app_context():
        return next((p for p in plans.in_order(tenant.company_id) if p.name == name), None)


def test_a_form_means_what_it_says(app: Flask, panel: PanelClient, tenant: Tenant) -> None:
    answer = panel.post("/panel/planes/nuevo", **HOUR)
    assert "Listo: «Tarde completa» está guardado." in panel.follow(answer).text
    made = find(app, tenant, "Tarde completa")
    assert made is not None
    assert (made.amount, made.duration_seconds, made.duration_from) == (3550, 18000, "first_use")
    assert (made.data_limit, made.max_devices, made.profile_name) == (None, 2, "tarde")
    assert made.details == [{"texto": "Sin contratos"}, {"texto": "En todo el local"}]
    assert (made.router_id, made.active, made.featured) == (None, True, False)


def test_saving_what_is_shown_changes_nothing(
    app: Flask, panel: PanelClient, tenant: Tenant
) -> None:
    panel.post("/panel/planes/nuevo", **HOUR)
    before = find(app, tenant, "Tarde completa")
    assert before is not None
    path = f"/panel/planes/{before.id}"
    shown = panel.get(path).text
    assert shown.count('value="5"') == 1
    assert '<option value="tarde" selected>tarde</option>' in shown
    panel.post(path, **HOUR | {"perfil": "tarde", "perfil_nuevo": ""})
    after = find(app, tenant, "Tarde completa")
    assert after is not None
    columns = [column.key for column in Plan.__table__.columns if column.key != "updated_at"]
    assert [getattr(after, key) for key in columns] == [getattr(before, key) for key in columns]


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("ilimitado", {"duracion": ""}),
        ("ilimitado", {"ilimitado": "1"}),
        ("nombre_venta", {"nombre_venta": "24 Horas de Internet"}),
        ("nombre_venta", {"nombre_venta": "ab"}),
        ("precio", {"precio": "2"}),
        ("precio", {"precio": "veinte"}),
        ("perfil_nuevo", {"perfil_nuevo": ""}),
        ("duracion", {"duracion": "-1"}),
        ("duracion", {"duracion": "9999", "unidad_duracion": "dias"}),
        ("lineas", {"lineas": "En todo el local" + "x" * 200}),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    app: Flask, panel: PanelClient, tenant: Tenant, field: str, fields: dict[str, str]
) -> None:
    answer = panel.post("/panel/planes/nuevo", **HOUR | fields)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    if field == "ilimitado":
        assert re.search(r'<p class="wrong">[^<]+</p>', answer.text)
    else:
        assert re.search(rf'id="{field}-wrong">[^<]+</p>', answer.text)
    # What was typed stays.
    assert "En todo el local" in answer.text
    assert find(app, tenant, "Tarde completa") is None


def test_a_preview_keeps_nothing(app: Flask, panel: PanelClient, tenant: Tenant) -> None:
    answer = panel.post("/panel/planes/nuevo", **HOUR | {"accion": "vista"})
    assert answer.status_code == 200
    for said in ("$35.50", "5 horas desde que te conectas", "2 dispositivos", "En todo el local"):
        assert said in answer.text
    part = panel.post("/panel/planes/vista", **HOUR | {"precio": "", "destacado": "1"})
    assert "Tarde completa" in part.text
    assert "Recomendado" in part.text
    assert "<html" not in part.text
    assert find(app, tenant, "Tarde completa") is None


def test_plans_are_put_in_order(app: Flask, panel: PanelClient, tenant: Tenant) -> None:
    hour, day = tenant.plan_ids
    panel.post(f"/panel/planes/{day}/mover", hacia="arriba")
    with app.app_context():
        assert [p.id for p in plans.in_order(tenant.company_id)] == [day, hour]
    panel.post(f"/panel/planes/{day}/mover", hacia="abajo")
    with app.app_context():
        assert [p.id for p in plans.in_order(tenant.company_id)] == [hour, day]


def picture() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (64, 32), "teal").save(written, "png")
    return written.getvalue()


def upload(panel: PanelClient, plan_id: int, raw: bytes) -> str:
    path = f"/panel/planes/{plan_id}/imagen"
    return panel.follow(panel.post(path, files={"archivo": (io.BytesIO(raw), "a.png")})).text


def test_a_picture_is_put_on_and_taken_off(panel: PanelClient, tenant: Tenant) -> None:
    plan_id = tenant.plan_ids[0]
    assert 'class="picture"' in upload(panel, plan_id, picture())
    shown = panel.follow(panel.post(f"/panel/planes/{plan_id}/sin-imagen")).text
    assert 'class="picture"' not in shown
    assert "Elija primero una imagen." in upload(panel, plan_id, b"")
    assert "imagen" in upload(panel, plan_id, b"no picture").lower()
    kind = "multipart/form-data; boundary=x"
    path = f"/panel/planes/{plan_id}/imagen"
    assert panel.client.post(path, data=b"x" * 1_200_000, content_type=kind).status_code == 413
