"""List what each field of a purchase takes and what it does not; lengths in characters."""

from __future__ import annotations

from typing import Any

ALIASES = {
    "producto_id": "product_id",
    "token_tarjeta": "card_token",
    "nombre_cliente": "customer_name",
    "email_cliente": "customer_email",
    "telefono_cliente": "customer_phone",
    "mac_cliente": "mac_address",
    "ip_cliente": "ip_address",
    "info_dispositivo": "device_info",
    "conexion_automatica": "auto_connect",
    "tipo_usuario": "user_type",
}
LONG_EMAIL = f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 58}.mx"

NO_TEXT = [5, 1.5, True, 10**30, ["a"], {"a": "b"}, [], {}]
CONTROLS = ["\0", "\n", "\r", "\x1b", "\x7f", "\x85", "\ud83d", "\udc00", "\ude00\ud83d"]
INJECTIONS = [
    "'",
    '"',
    "'; /system reboot",
    "[/system reboot]",
    "$(reboot)",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "{{7*7}}",
    "%00",
    "../../etc/passwd",
]
REFUSED: dict[str, list[Any]] = {
    "producto_id": [None, 0, -1, 2**31, 10**30, 1e30, 1.5, "5", "", True, False, [1], {"id": 1}],
    "token_tarjeta": [
        *(None, "", " ", "t" * 101, *NO_TEXT),
        *(f"tok_{bad}" for bad in CONTROLS),
        *("4242424242424242", "4242 4242 4242 4242", "4242-4242-4242-4242", "tok_4242424242424242"),
        *("1" * 13, "1" * 19, "1" * 40, "x" + "1" * 16 + "x"),
    ],
    "nombre_cliente": [
        *(None, "", "   ", "ñ" * 101, "🚀" * 101, *NO_TEXT),
        *(f"María{bad}" for bad in CONTROLS),
    ],
    "email_cliente": [
        *(None, "", "maria", "maria@", "@example.com", "maria@localhost", *NO_TEXT),
        *("a" * 65 + "@example.com", "a" + LONG_EMAIL, "a" * 60000, "a@b@example.com"),
        *("maria@example.com\nbcc: otra@example.com", "María <maria@example.com>", "a b@c.mx"),
        *(f"maria{bad}@example.com" for bad in CONTROLS),
    ],
    "telefono_cliente": [
        "5" * 21,
        "+" + "5" * 20,
        "5" * 61,
        *NO_TEXT,
        *(f"55{c}" for c in CONTROLS),
    ],
    "mac_cliente": [
        *("AA:BB:CC:DD:EE", "AA:BB:CC:DD:EE:FF:00", "AA:BB:CC:DD:EE:GG", "AA:BB-CC:DD:EE:FF"),
        *("AA:BB:CC:DD:EE:FF ", "AABB.CCDD.EE", "0" * 13, *NO_TEXT, *INJECTIONS),
        *(f"AA:BB:CC:DD:EE:F{bad}" for bad in (*CONTROLS, "'", '"', "<", "Ｆ")),
        *(f"AA:BB:CC:DD:EE:FF{bad}" for bad in (*CONTROLS, *INJECTIONS)),
    ],
    "ip_cliente": [
        *("192.168.88", "192.168.88.256", "192.168.88.1/24", "192.168.088.1", "::1", "localhost"),
        *("1.2.3.4.5", " 10.0.0.1", *NO_TEXT, *INJECTIONS),
        *(f"10.0.0.1{bad}" for bad in (*CONTROLS, *INJECTIONS)),
    ],
    "info_dispositivo": ["x" * 501, "🚀" * 501, *NO_TEXT, *(f"iPhone{bad}" for bad in CONTROLS)],
    "conexion_automatica": [1, 0, "true", "sí", "false", 1.0, [], {}, [True]],
    "tipo_usuario": ["otro", "PIN", "pin ", 1, True, ["pin"], {"pin": 1}, "pin\0"],
}
TAKEN: dict[str, list[tuple[Any, str, Any]]] = {
    "nombre_cliente": [
        *((name, "customer_name", name) for name in (
            "Ñ", "ñ" * 100, "🚀" * 100, "👩‍👩‍👧‍👦 Núñez-O'Brien",
        )),
        ("  María  ", "customer_name", "María"),
        ("Robert'); DROP TABLE sale;--", "customer_name", "Robert'); DROP TABLE sale;--"),
        ("<script>alert(1)</script>", "customer_name", "<script>alert(1)</script>"),
        ("\uffff\u2028\u202eMaría", "customer_name", "\uffff\u2028\u202eMaría"),
    ],
    "email_cliente": [
        *((address, "customer_email", address) for address in (
            LONG_EMAIL, "a@b.mx", "Maria@hostal.local",
        )),
        (" Maria@EXAMPLE.com ", "customer_email", "Maria@example.com"),
    ],
    "telefono_cliente": [
        ("5" * 20, "customer_phone", "5" * 20),
        ("+" + "5" * 19, "customer_phone", "+" + "5" * 19),
        ("+52 (55) 1234-5678", "customer_phone", "+525512345678"),
        *((nothing, "customer_phone", None) for nothing in (None, "", "no tengo")),
    ],
    "mac_cliente": [
        *((spelling, "mac", "0A:0B:0C:0D:0E:0F") for spelling in (
            "0a:0b:0c:0d:0e:0f", "0A-0B-0C-0D-0E-0F", "0a0b.0c0d.0e0f", "0A0B0C0D0E0F",
        )),
        *((nothing, "mac", None) for nothing in (None, "")),
    ],
    "ip_cliente": [
        *((address, "ip", address) for address in ("0.0.0.0", "255.255.255.255", "10.5.50.254")),
        *((nothing, "ip", None) for nothing in (None, "")),
    ],
    "info_dispositivo": [
        *((text, "device_info", text) for text in ("x" * 500, "🚀" * 500, "iPhone 15 «Ñ»")),
        *((nothing, "device_info", None) for nothing in (None, "")),
    ],
    "conexion_automatica": [
        (True, "auto_connect", True),
        (False, "auto_connect", False),
        (None, "auto_connect", False),
    ],
}  # fmt: skip
