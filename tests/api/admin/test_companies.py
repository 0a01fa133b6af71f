"""Test companies by HTTP."""

from __future__ import annotations

from tests.api.admin.caller import Caller
from tests.support.tenants import Tenant

NEW = {"nombre": "Café Ñandú ☕", "contacto_email": "hola@example.com"}
KEYS = {
    "conekta_private_key": "key_planted_private",
    "conekta_public_key": "key_public",
    "conekta_mode": "live",
}


def test_a_company_is_made_with_its_keys(root: Caller) -> None:
    answer = root.post("/admin/empresas", {**NEW, **KEYS})
    assert answer.status_code == 201
    company = answer.json
    assert company["id"].startswith("EMP_")
    assert len(company["id"]) == 14
    assert (company["nombre"], company["activa"]) == ("Café Ñandú ☕", True)
    assert company["conekta_private_key"] == "********"
    assert (company["conekta_public_key"], company["conekta_mode"]) == ("key_public", "live")
    assert root.get(f"/admin/empresas/{company['id']}").json == company


def test_a_company_without_keys_says_so(root: Caller) -> None:
    company = root.post("/admin/empresas", NEW).json
    assert company["conekta_private_key"] is None
    assert company["conekta_mode"] == "test"


def test_what_is_not_sent_stays(root: Caller) -> None:
    company = root.post("/admin/empresas", {**NEW, **KEYS}).json
    path = f"/admin/empresas/{company['id']}"
    changed = root.put(path, {"activa": False, "contacto_telefono": "55 1234"}).json
    expected = {**company, "activa": False, "contacto_telefono": "55 1234"}
    assert {**changed, "updated_at": None} == {**expected, "updated_at": None}


def test_the_mask_sent_back_leaves_the_key(root: Caller, tenant: Tenant) -> None:
    path = f"/admin/empresas/{tenant.company_id}"
    before = root.at("").acting_for(tenant.company_id).get("/api/v1/admin/mi-empresa/conekta").json
    answer = root.put(path, {"conekta_private_key": "********", "conekta_public_key": "key_other"})
    assert answer.json["conekta_public_key"] == "key_other"
    after = root.acting_for(tenant.company_id).get("/api/v1/admin/mi-empresa/conekta").json
    assert after["conekta_private_key"] == "********"
    assert after["version"] == before["version"] + 1


def test_companies_are_listed_in_pages(root: Caller) -> None:
    for _ in range(3):
        root.post("/admin/empresas", NEW)
    page = root.get("/admin/empresas", limit=2, offset=1).json
    assert page["total"] >= 3
    assert (page["limit"], page["offset"], len(page["empresas"])) == (2, 1, 2)


def test_an_operator_describes_their_company(operator: Caller) -> None:
    described = {
        "nombre": "Otro nombre",
        "contacto_email": "otra@example.com",
        "contacto_telefono": "5512345678",
        "color": "#0A84FF",
        "telegram_bot_token": "planted:telegram",
        "telegram_chat_id": "-100123",
        "notificaciones_telegram": True,
        "minutos_para_reembolso": 45,
        "aviso_privacidad": "Primera línea\nSegunda línea",
        "terminos": None,
        "devoluciones": "Siempre que algo no funcione.",
        "dias_datos_personales": 90,
        "tipo_usuario_portal": "usuario_contrasena",
    }
    answer = operator.put("/mi-empresa", described)
    assert answer.status_code == 200
    shown = operator.get("/mi-empresa").json
    expected = {**described, "color": "#0a84ff", "telegram_bot_token": "********"}
    assert {name: shown[name] for name in described} == expected
    assert operator.put("/mi-empresa", {}).json["nombre"] == "Otro nombre"
    operator.put("/mi-empresa", {"telegram_bot_token": None})
    assert operator.get("/mi-empresa").json["telegram_bot_token"] is None


def test_an_operator_cannot_activate_their_company(operator: Caller) -> None:
    assert operator.put("/mi-empresa", {"activa": True}).status_code == 422


def test_pages_sell_pins_unless_the_company_wants_passwords(
    operator: Caller,
) -> None:
    for word in ("usuario_contrasena", "pin"):
        changed = operator.put("/mi-empresa", {"tipo_usuario_portal": word})
        assert changed.json["tipo_usuario_portal"] == word
        assert operator.get("/mi-empresa").json["tipo_usuario_portal"] == word
    for wrong in ("user_password", "", None, 1, ["pin"]):
        answer = operator.put("/mi-empresa", {"tipo_usuario_portal": wrong})
        assert answer.status_code == 422
        assert list(answer.json["errores"]) == ["tipo_usuario_portal"]


def test_a_new_company_sells_pins(root: Caller) -> None:
    company = root.post("/admin/empresas", NEW).json
    shown = root.acting_for(company["id"]).get("/api/v1/admin/mi-empresa").json
    assert shown["tipo_usuario_portal"] == "pin"
