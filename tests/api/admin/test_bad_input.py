"""Test every field at, under and over its limits, and of every wrong type: a clear 4xx."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.api.admin.caller import Caller
from tests.support.tenants import Tenant

HUGE = 10**30
UNSTORABLE = ["a\x00b", "a\x1bb", "\ud800"]
# Of no common word, and none twice.
GOOD_PASSWORDS = ["ñandú-azul", "".join(map(chr, range(0x4E00, 0x4E00 + 200)))]
NOT_TEXT = [5, 1.5, True, [], {}]
NOT_INTEGER = [1.5, "5", True, HUGE, -HUGE, [], {}]
NOT_FLAG = ["true", 1, 0, None, []]
NOT_SECRET_KEY = [
    *NOT_TEXT,
    "corta",
    "con espacio",
    "Bearer key_123456",
    "k" * 201,
    "llave_ñ_12345",
]


def text(least: int, most: int) -> tuple[list[Any], list[Any]]:
    good = ["ñ" * most, "🌮" * most, "  " + "x" * least + "  "]
    return good, [*NOT_TEXT, *UNSTORABLE, "x" * (most + 1), "x" * (least - 1), "   "]


def optional_text(most: int) -> tuple[list[Any], list[Any]]:
    good, bad = text(1, most)
    return [*good, None, ""], [value for value in bad if value != ""]


def integer(least: int, most: int) -> tuple[list[Any], list[Any]]:
    return [least, most], [*NOT_INTEGER, least - 1, most + 1]


def optional_integer(least: int, most: int) -> tuple[list[Any], list[Any]]:
    good, bad = integer(least, most)
    return [*good, None], bad


FLAG: tuple[list[Any], list[Any]] = ([True, False], NOT_FLAG)
EMAIL: tuple[list[Any], list[Any]] = (
    ["ana@example.com", "  Ana.Lopez+wifi@Example.com "],
    [*NOT_TEXT, *UNSTORABLE, "", "ana", "ana@", "@example.com", "a b@example.com", "x" * 300],
)
HOST: tuple[list[Any], list[Any]] = (
    ["10.0.0.1", "router.example.com", "MI-ROUTER", "2001:db8::1", "a" * 63 + ".mx"],
    [
        *NOT_TEXT,
        *UNSTORABLE,
        *("", " ", "http://10.0.0.1", "10.0.0.1:8728", "10.0.0.256", "un router", "router\n"),
        *("router;drop", "-a.mx", "a-.mx", "a..mx", "a" * 64 + ".mx", "fe80::1%eth0", "a." * 130),
    ],
)
ROUTER: dict[str, tuple[list[Any], list[Any]]] = {
    "nombre": text(1, 100),
    "host": HOST,
    "puerto": integer(1, 65535),
    "usuario": text(1, 100),
    "password": (["", "ñ", "x" * 128, " con blancos "], [*NOT_TEXT, *UNSTORABLE, "x" * 129]),
    "ubicacion": optional_text(200),
    "tls": (["ninguno", "verificado", "anonimo"], [*NOT_TEXT, "none", "", None, "huella"]),
    "tls_huella": (
        ["ab" * 32, ":".join(["AB"] * 32), None, ""],
        [*NOT_TEXT, "ab" * 31, "zz" * 32, "ab" * 33, "ab:" * 32],
    ),
    "login_hosts": (
        [[], ["10.5.50.1"], ["wifi.example:8080", "[2001:db8::1]:80"], ["a.mx"] * 20],
        [
            *("10.5.50.1", None, 5, {}, [None], [5], [""], ["http://a.mx"], ["a.mx:0"]),
            *(["a.mx:65536"], ["a.mx:x"], ["a.mx"] * 21, ["a.mx/login"], ["javascript:x"]),
        ],
    ),
    "activo": FLAG,
}
PRODUCT: dict[str, tuple[list[Any], list[Any]]] = {
    "router_id": ([None, ""], [*NOT_TEXT, "x" * 41, "\x00"]),
    "perfil_mikrotik_id": optional_text(20),
    "perfil_mikrotik_nombre": text(1, 100),
    "nombre_venta": text(3, 100),
    "precio": (
        ["3.00", "3", 3, 3.0, 3.01, "999999.99"],
        [
            *("2.99", 2.99, 0, -1, "-3.00", "3.001", 3.001, "1000000.00", HUGE, "1e3", "tres"),
            *("", "$20", "20,00", "NaN", "Infinity", " 20", None, True, [], {}),
        ],
    ),
    "moneda": (["MXN", "USD"], [*NOT_TEXT, "mxn", "EUR", "", None]),
    "descripcion": optional_text(2000),
    "detalles": (
        [[], [{"texto": "uno"}], [{"texto": "ñ" * 200}] * 20],
        [None, "uno", 5, {}, ["uno"], [{}], [{"texto": ""}], [{"texto": "x" * 201}], [{}] * 21],
    ),
    "imagen_url": (
        ["https://example.com/a.png", "http://10.5.50.1/a.png?b=c", None, ""],
        [
            *(5, "a.png", "/a.png", "javascript:alert(1)", "data:image/png;base64,AA", "https://"),
            *('https://a.mx/"onload=', "https://u:p@a.mx/", "https://a.mx/" + "a" * 500),
        ],
    ),
    "activo": FLAG,
    "orden": integer(0, 1_000_000),
    "destacado": FLAG,
    "duracion_minutos": optional_integer(1, 5_270_400),
    "limite_datos_mb": optional_integer(1, 100_000_000),
    "ilimitado": ([False], NOT_FLAG),
    "dispositivos_max": optional_integer(1, 1000),
    "velocidad": optional_text(40),
}
COMPANY: dict[str, tuple[list[Any], list[Any]]] = {
    "nombre": text(1, 100),
    "contacto_email": EMAIL,
    "contacto_telefono": optional_text(32),
    "activa": FLAG,
    "conekta_private_key": (["key_abc123", None, ""], NOT_SECRET_KEY),
    "conekta_public_key": (["key_abc124", None, ""], NOT_SECRET_KEY),
    "conekta_mode": (["test", "live"], [*NOT_TEXT, "LIVE", "", None]),
}
OWN_COMPANY: dict[str, tuple[list[Any], list[Any]]] = {
    "nombre": text(1, 100),
    "contacto_email": ([*EMAIL[0], None], EMAIL[1]),
    "contacto_telefono": optional_text(32),
    "color": (["#0a84ff", "#ABCDEF", None, ""], [*NOT_TEXT, "azul", "#12", "0a84ff", "#0a84fg"]),
    "telegram_bot_token": (["123:abc", None, "********"], [*NOT_TEXT, *UNSTORABLE, "x" * 201]),
    "telegram_chat_id": optional_text(64),
    "notificaciones_telegram": FLAG,
    "alertas": (
        [{}, {"telegram": {}}, {"correo": {"direcciones": []}}, {"telegram": {"eventos": []}}],
        [None, "x", 5, [], {"telegram": None}, {"correo": {"direcciones": None}}, {"x": {}}],
    ),
    "minutos_para_reembolso": integer(1, 10_080),
    "dias_datos_personales": integer(1, 3650),
    "devoluciones": optional_text(10_000),
    "quejas": optional_text(10_000),
    "razon_social": optional_text(200),
    "domicilio": optional_text(300),
    "rfc": (
        ["EKU9003173C9", "cacx 760510-1p8", "Ñ&A000229AA1", "EKU9003173C8", None, ""],
        [
            *(
                *NOT_TEXT,
                "EKU900317",
                "EK9003173C9",
                "EKU9013173C9",
                "ABC010229AA1",
                "EKU9003173CX",
            ),
            *("XAXX010101000", "xexx010101000", "EKUU9003173C99"),
        ],
    ),
    "tasa_iva": ([16, 8, 0], [*NOT_INTEGER, None, 1600, 15, -8]),
    "monto_minimo_efectivo": (["50.00", 20, None, ""], [*NOT_FLAG[:1], 0, "-1", "1.234", True, []]),
    "pases_por_equipo_dia": ([0, 1, 1000], [*NOT_INTEGER, None, -1, 1001]),
    "pases_por_router_hora": ([0, 1, 1000], [*NOT_INTEGER, None, -1, 1001]),
    "aviso_privacidad": optional_text(10_000),
    "terminos": optional_text(10_000),
}
USER: dict[str, tuple[list[Any], list[Any]]] = {
    "email": EMAIL,
    "password": (GOOD_PASSWORDS, [*NOT_TEXT, *UNSTORABLE, None, "", "x" * 9, "x" * 201]),
    "nombre": text(1, 100),
    "rol": (["super_admin"], [*NOT_TEXT, "root", "", None]),
    "empresa_id": ([None, ""], [*NOT_TEXT, "x" * 41]),
    "activo": FLAG,
}
# The least price is the currency's.
FITTING: dict[str, dict[str, Any]] = {
    "precio": {"moneda": "MXN"},
    "duracion_minutos": {"limite_datos_mb": 1},
    "limite_datos_mb": {"duracion_minutos": 1},
    "ilimitado": {"duracion_minutos": 1},
}
RESOURCES = {
    "router": ROUTER,
    "product": PRODUCT,
    "company": COMPANY,
    "own_company": OWN_COMPANY,
    "user": USER,
}
FIELDS = [(resource, field) for resource, fields in RESOURCES.items() for field in fields]


@pytest.fixture(scope="module")
def paths(app: Flask, root: Caller) -> dict[str, str]:
    """Where each resource is changed, in a company of this module's own."""
    company = root.post(
        "/admin/empresas", {"nombre": "Uno", "contacto_email": "uno@example.com"}
    ).json["id"]
    acting = root.acting_for(company)
    own = "/api/v1/admin"
    router = {"nombre": "Patio", "host": "10.0.0.1", "usuario": "api", "password": "x"}
    product = {"nombre_venta": "Hora", "precio": 20, "perfil_mikrotik_nombre": "hora"}
    product |= {"duracion_minutos": 60}
    user = {
        "email": "u@example.com",
        "password": "planted phrase",
        "nombre": "U",
        "rol": "super_admin",
    }
    made = {
        "router": (f"{own}/mi-empresa/routers", router),
        "product": (f"{own}/products", product),
        "user": ("/admin/usuarios", user),
    }
    found = {name: f"{path}/{acting.post(path, b).json['id']}" for name, (path, b) in made.items()}
    found |= {"company": f"/admin/empresas/{company}", "own_company": f"{own}/mi-empresa"}
    root.headers.pop("X-Empresa-ID", None)
    return found


@pytest.fixture
def acting(root: Caller, paths: dict[str, str]) -> Caller:
    return root.acting_for(paths["company"].rpartition("/")[2])


def send(caller: Caller, path: str, body: Any) -> TestResponse:
    """PUT with all that is not ASCII escaped, since half a character has no UTF-8."""
    return caller.call("PUT", path, data=json.dumps(body), content_type="application/json")


# How long a text and how large a number may be, each database sees for itself.
@pytest.mark.each_database
@pytest.mark.parametrize(("resource", "field"), FIELDS)
def test_what_fits_is_taken(
    acting: Caller, paths: dict[str, str], resource: str, field: str
) -> None:
    for value in RESOURCES[resource][field][0]:
        answer = acting.put(paths[resource], {**FITTING.get(field, {}), field: value})
        assert answer.status_code == 200, (value, answer.text)


@pytest.mark.parametrize(("resource", "field"), FIELDS)
def test_what_does_not_fit_is_refused(
    acting: Caller, paths: dict[str, str], resource: str, field: str
) -> None:
    for value in RESOURCES[resource][field][1]:
        answer = send(acting, paths[resource], {**FITTING.get(field, {}), field: value})
        assert answer.status_code == 422, (value, answer.text)
        named = {name.split(".")[0] for name in answer.json["errores"]}
        assert named <= {field, "tls_huella"}, (value, answer.text)
        assert answer.json["detail"].endswith(".")


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_field_that_is_not_known_is_refused(
    acting: Caller, paths: dict[str, str], resource: str
) -> None:
    for name in ("otro", "id", "company_id", "name", "password_hash", "private_key_sealed", "\x00"):
        answer = acting.put(paths[resource], {name: "x"})
        assert answer.status_code == 422, name
        assert list(answer.json["errores"]) == [name]


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_body_that_is_no_object_is_refused(
    acting: Caller, paths: dict[str, str], resource: str
) -> None:
    for body in (b"null", b"5", b'"x"', b"[]", b"[{}]"):
        answer = acting.call("PUT", paths[resource], data=body, content_type="application/json")
        assert answer.status_code == 422, body
    for body in (b"", b"{", b"\xff", b"{'a': 1}", b"NaN", b"[" * 100_000):
        answer = acting.call("PUT", paths[resource], data=body, content_type="application/json")
        assert answer.status_code in (400, 413), body
    answer = acting.call("PUT", paths[resource], data="nombre=x", content_type="text/plain")
    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("path", "required"),
    [
        ("/api/v1/admin/mi-empresa/routers", {"nombre", "host", "usuario", "password"}),
        ("/api/v1/admin/products", {"nombre_venta", "precio", "perfil_mikrotik_nombre"}),
        ("/admin/empresas", {"nombre", "contacto_email"}),
        ("/admin/usuarios", {"email", "password", "nombre", "rol"}),
    ],
)
def test_what_is_missing_is_named(acting: Caller, path: str, required: set[str]) -> None:
    answer = acting.post(path, {})
    assert answer.status_code == 422
    assert set(answer.json["errores"]) == required
    assert "es obligatorio" in answer.json["detail"]


@pytest.mark.parametrize("shown", ["********", None])
def test_what_is_shown_for_a_password_is_no_new_password(acting: Caller, shown: str | None) -> None:
    router = {"nombre": "P", "host": "10.0.0.1", "usuario": "api", "password": shown}
    answer = acting.post("/api/v1/admin/mi-empresa/routers", router)
    assert list(answer.json["errores"]) == ["password"]


@pytest.mark.parametrize("name", ["limit", "offset"])
def test_a_list_is_asked_for_within_bounds(acting: Caller, tenant: Tenant, name: str) -> None:
    most = {"limit": 200, "offset": 2**31 - 1}[name]
    least = {"limit": 1, "offset": 0}[name]
    for path in ("/api/v1/admin/products", "/admin/empresas", "/admin/usuarios"):
        for value in (least, most):
            assert acting.get(path, **{name: value}).status_code == 200
        for value in (least - 1, most + 1, HUGE, "1.5", "x", "", "1e2", "\x00"):
            assert acting.get(path, **{name: value}).status_code == 422, value
    assert acting.get("/admin/empresas", otro=1).status_code == 422


def test_a_grace_period_is_within_bounds(root: Caller, tenant: Tenant) -> None:
    router = f"/admin/empresas/{tenant.company_id}/routers/{tenant.router_id}"
    for hours in (0, 720, None):
        assert root.post(f"{router}/regenerate-api-key", {"horas_gracia": hours}).status_code == 200
    for hours in (-1, 721, *NOT_INTEGER):
        assert root.post(f"{router}/regenerate-api-key", {"horas_gracia": hours}).status_code == 422
