"""Show purchases as `/api/docs` does."""

from __future__ import annotations

BUYER = {"nombre_cliente": "María García", "email_cliente": "maria@example.com"}
DEVICE = {"mac_cliente": "AA:BB:CC:DD:EE:FF", "ip_cliente": "192.168.88.100"}
DEFERRED = {"producto_id": 1} | BUYER
ORDER = DEFERRED | {"token_tarjeta": "tok_test_visa_4242"}
EXAMPLES = {
    "conectar": {
        "summary": "Comprar y conectar este dispositivo",
        "value": ORDER | DEVICE | {"telefono_cliente": "5512345678", "conexion_automatica": True},
    },
    "pin": {"summary": "Comprar un PIN", "value": ORDER | {"tipo_usuario": "pin"}},
    "extiende": {
        "summary": "Sumar tiempo a un acceso, por su código",
        "value": ORDER | {"extiende": "AB3C9D", "contrasena": "1234"},
    },
    "extiende_por_referencia": {
        "summary": "Sumar tiempo a un acceso, por la referencia de su compra",
        "value": ORDER | {"extiende": "sal_0123456789abcdef0123456789abcdef"},
    },
}
ANY_EXAMPLES = {
    "tarjeta": {
        "summary": "Comprar con tarjeta en la pasarela que prefiera la tienda",
        "value": ORDER | DEVICE | {"metodo": "tarjeta", "conexion_automatica": True},
    },
    "spei": {
        "summary": "Recibir una CLABE a la que transferir",
        "value": DEFERRED | DEVICE | {"metodo": "spei", "conexion_automatica": True},
    },
    "efectivo": {
        "summary": "Recibir las referencias con las que se paga en una tienda",
        "value": DEFERRED | {"metodo": "efectivo"},
    },
}
