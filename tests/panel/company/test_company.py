"""Test what owners say of their company in the panel, and what becomes of it."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from PIL import Image

from portal.models import Company
from portal.operators import companies
from tests.panel.client import PanelClient
from tests.support.tenants import Tenant

DETAILS = {
    "nombre": "Café Ñandú",
    "contacto_telefono": "664 123 4567",
    "contacto_email": "hola@example.com",
    "razon_social": "Cafetería Ñandú SA de CV",
    "rfc": "eku-900317-3c9",
    "domicilio": "Av. Hidalgo 12, Tijuana",
    "tasa_iva": "8",
    "zona_horaria": "America/Tijuana",
    "tipo_usuario_portal": "usuario_contrasena",
    "pin_digitos": "7",
    "minutos_para_reembolso": "20",
    "monto_minimo_efectivo": "50",
    "horas_para_pagar": "48",
    "pases_por_equipo_dia": "0",
    "pases_por_router_hora": "30",
    "dias_datos_personales": "90",
}


def company(app: Flask, tenant: Tenant) -> Company:
    with app.app_context():
        return companies.get(tenant.company_id)


def test_details_are_saved(app: Flask, panel: PanelClient, tenant: Tenant) -> None:
    answer = panel.follow(panel.post("/panel/empresa", **DETAILS))
    assert "Listo: los datos quedaron guardados." in answer.text
    saved = company(app, tenant)
    assert (saved.legal_name, saved.rfc) == ("Cafetería Ñandú SA de CV", "EKU9003173C9")
    assert (saved.vat_rate, saved.cash_minimum, saved.pin_digits) == (800, 5000, 7)
    assert (saved.time_zone, saved.portal_credentials) == ("America/Tijuana", "user_password")
    assert (saved.refund_after_minutes, saved.keep_personal_days) == (20, 90)
    assert (saved.passes_per_device, saved.passes_per_router) == (0, 30)
    # Every value stands in the form again as it was said.
    assert '<option value="America/Tijuana" selected>Baja California' in answer.text
    assert '<option value="8" selected>' in answer.text


def test_ways_to_be_paid_are_ticked(app: Flask, panel: PanelClient, tenant: Tenant) -> None:
    wanted = {"metodos_pago": ["", "efectivo", "tarjeta"]}
    answer = panel.follow(panel.post("/panel/empresa", **DETAILS | wanted))
    saved = company(app, tenant)
    assert (saved.payment_methods, saved.hours_to_pay) == ("card,cash", 48)
    for word, is_ticked in (("tarjeta", True), ("spei", False), ("efectivo", True)):
        box = f'name="metodos_pago" value="{word}"'
        assert (f"{box} checked" in answer.text, box in answer.text) == (is_ticked, True)
    none = panel.post("/panel/empresa", **DETAILS | {"metodos_pago": ""})
    assert (none.status_code, "Debe traer de 1 a 3 de ellos." in none.text) == (422, True)
    assert company(app, tenant).payment_methods == "card,cash"


def test_a_wrong_rfc_is_refused_and_an_odd_one_advised(
    app: Flask, panel: PanelClient, tenant: Tenant
) -> None:
    for rfc in ("XAXX010101000", "EKU900317"):
        answer = panel.post("/panel/empresa", **DETAILS | {"rfc": rfc})
        assert (answer.status_code, "RFC" in answer.text) == (422, True)
    assert company(app, tenant).rfc is None
    answer = panel.follow(panel.post("/panel/empresa", **DETAILS | {"rfc": "EKU9003173C8"}))
    assert "no cuadra con su último signo" in answer.text


def test_a_colour_is_looked_at_before_it_is_saved(
    app: Flask, panel: PanelClient, tenant: Tenant
) -> None:
    tried = panel.post("/panel/empresa/aspecto", color="#7c2d12", accion="vista")
    assert "--color:#7c2d12" in tried.text
    assert company(app, tenant).color is None
    panel.post("/panel/empresa/aspecto", color="#7c2d12", accion="guardar")
    assert company(app, tenant).color == "#7c2d12"
    # Nothing that somebody types becomes a part of the style.
    spoilt = panel.post("/panel/empresa/aspecto", color="red}body{", accion="vista")
    assert "red}body" not in spoilt.text.partition("<body")[0]


def test_a_logo_is_put_on(app: Flask, panel: PanelClient, tenant: Tenant) -> None:
    written = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(written, "png")
    files: dict[str, Any] = {"archivo": (io.BytesIO(written.getvalue()), "logo.png")}
    answer = panel.follow(panel.post("/panel/empresa/logo", files=files))
    assert "Listo: el logo quedó guardado." in answer.text
    found = company(app, tenant).logo_url
    assert found is not None
    assert f'src="{urlsplit(found).path}"' in answer.text


def texts(panel: PanelClient) -> dict[str, str]:
    page = panel.get("/panel/empresa/textos").text
    names = ("aviso_privacidad", "terminos", "devoluciones", "quejas")
    parts = {name: page.partition(f'<textarea id="{name}"')[2] for name in names}
    begun = {name: part.partition(">\n")[2] for name, part in parts.items()}
    return {name: part.partition("</textarea>")[0] for name, part in begun.items()}


def test_our_texts_follow_the_company_until_it_writes_its_own(
    app: Flask, panel: PanelClient, tenant: Tenant
) -> None:
    ours = texts(panel)
    assert "Secretaría Anticorrupción y Buen Gobierno" in ours["aviso_privacidad"]
    panel.post("/panel/empresa/textos", **ours)
    assert company(app, tenant).privacy_notice is None
    panel.post("/panel/empresa", **DETAILS)
    assert "Av. Hidalgo 12, Tijuana" in texts(panel)["aviso_privacidad"]
    own = "Quejas: en la barra.\r\nTodos los días."
    panel.post("/panel/empresa/textos", **texts(panel) | {"quejas": own})
    saved = company(app, tenant)
    assert (saved.complaints, saved.terms) == (own.replace("\r\n", "\n"), None)
    panel.post("/panel/empresa/textos", **texts(panel) | {"quejas": ""})
    assert company(app, tenant).complaints is None
    assert "Procuraduría Federal del Consumidor" in texts(panel)["quejas"]


def test_long_texts_with_accents_are_taken(app: Flask, panel: PanelClient, tenant: Tenant) -> None:
    long = dict.fromkeys(texts(panel), "ñ" * 10000)
    assert panel.post("/panel/empresa/textos", **long).status_code == 303
    assert company(app, tenant).terms == "ñ" * 10_000


@pytest.mark.parametrize("path", ["/panel/empresa", "/panel/empresa/textos", "/panel/planes/nuevo"])
def test_pages_are_light(panel: PanelClient, path: str) -> None:
    answer = panel.get(path, headers={"Accept-Encoding": "gzip"})
    assert len(answer.data) < 20 * 1024
