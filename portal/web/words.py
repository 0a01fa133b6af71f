"""Name in Spanish what the JSON calls otherwise than we do, and the units that it counts in."""

from __future__ import annotations

DURATION_FROM = {"compra": "purchase", "primer_uso": "first_use", "conexion": "connected"}
DURATION_WORDS = {ours: word for word, ours in DURATION_FROM.items()}
KINDS = {"usuario_contrasena": "user_password", "pin": "pin"}
KIND_WORDS = {ours: word for word, ours in KINDS.items()}
METHODS = {"tarjeta": "card", "spei": "spei", "efectivo": "cash"}
METHOD_WORDS = {ours: word for word, ours in METHODS.items()}

MINUTE = 60
# Routers write byte limits with a binary M.
MEGABYTE = 1024 * 1024

VOUCHER_STATES = {
    "disponible": "available",
    "vendida": "sold",
    "usada": "used",
    "vencida": "expired",
    "anulada": "voided",
}
VOUCHER_STATE_WORDS = {ours: word for word, ours in VOUCHER_STATES.items()}
