"""Describe what stands in paths and headers, for the documentation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_smorest.spec.plugins import FlaskPlugin
from werkzeug.routing import Rule

LONGEST_KEY = 255
ID = {
    "company_id": ("La empresa.", "^EMP_[0-9A-F]{10}$", "EMP_0123456789"),
    "router_id": ("El router.", "^RTR_[0-9A-F]{8}$", "RTR_01234567"),
    "sale_id": ("La venta.", "^sal_[0-9a-f]{32}$", "sal_0123456789abcdef0123456789abcdef"),
    "session_id": (
        "La sesión.",
        "^ses_[0-9a-f]{32}$",
        "ses_0123456789abcdef0123456789abcdef",
    ),
    "access_id": ("El acceso.", "^acc_[0-9a-f]{20}$", "acc_0123456789abcdef0123"),
    "session_key": (
        "La sesión, por su `id` en la lista de quién está en línea.",
        "^[0-9A-Fa-f]{1,8}-[0-9A-F]{12}$",
        "1A-AABBCCDDEEFF",
    ),
    "key_id": ("La llave, por su `key_id`.", "^key_[0-9a-f]{16}$", "key_0123456789abcdef"),
    "voucher_id": ("La ficha.", "^vou_[0-9a-f]{20}$", "vou_0123456789abcdef0123"),
    "batch_id": ("El lote.", "^lot_[0-9a-f]{12}$", "lot_0123456789ab"),
    "token": (
        "La que trae el enlace.",
        "^kit_[0-9a-f]{32}$",
        "kit_0123456789abcdef0123456789abcdef",
    ),
    "tunnel_token": (
        "La que trae el enlace.",
        "^tun_[0-9a-f]{32}$",
        "tun_0123456789abcdef0123456789abcdef",
    ),
    "reference": (
        "La `referencia` del pago, o su `id_transaccion`.",
        "^[A-Za-z0-9_-]{1,64}$",
        "sal_0123456789abcdef0123456789abcdef",
    ),
    "image_id": (
        "La imagen, como la nombra su dirección.",
        "^img_[0-9a-f]{32}$",
        "img_0123456789abcdef0123456789abcdef",
    ),
}
NUMBERS = {
    "product_id": "El producto.",
    "user_id": "El administrador.",
    "alert_id": "La alerta, por su `id`.",
}

COMPANY = {
    "in": "header",
    "name": "X-Empresa-ID",
    "description": (
        "La empresa por la que actúa un super_admin; él debe decirla. Un cliente_admin no la "
        "necesita: es la suya."
    ),
    "schema": {"type": "string", "pattern": ID["company_id"][1]},
}
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": (
        "Nombra esta compra, por ejemplo con un UUID. La misma llave con los mismos datos "
        "responde cómo va esa compra y no cobra otra vez; con otros datos es 422."
    ),
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": LONGEST_KEY,
        "pattern": "^[!-~](?:[ -~]*[!-~])?$",
    },
    "example": "3f0e8a52-6c1f-4a6e-9d3b-0c5b7b6f3a11",
}
IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "description": "El `ETag` de lo que ya tiene: si no ha cambiado, la respuesta es 304.",
    "schema": {"type": "string", "pattern": '^"[0-9a-f]{32}"$'},
}


class PathPlugin(FlaskPlugin):  # type: ignore[misc]
    """Describe the parts of our paths; `providers` are those that this deployment has."""

    def __init__(self, providers: Sequence[str]) -> None:
        super().__init__()
        self._providers = list(providers)

    def rule_to_params(self, rule: Rule) -> list[dict[str, Any]]:
        """Give the parameters of a rule."""
        found: list[dict[str, Any]] = super().rule_to_params(rule)
        return [parameter | self._described(parameter["name"]) for parameter in found]

    def _described(self, name: str) -> dict[str, Any]:
        if name == "provider":
            words = {"type": "string", "enum": self._providers}
            return {"description": "La pasarela.", "schema": words, "example": words["enum"][0]}
        return _described(name)


def _described(name: str) -> dict[str, Any]:
    if name in NUMBERS:
        numbers = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
        return {"description": NUMBERS[name], "schema": numbers, "example": 1}
    about, pattern, example = ID[name]
    schema = {"type": "string", "pattern": pattern}
    return {"description": about, "schema": schema, "example": example}
