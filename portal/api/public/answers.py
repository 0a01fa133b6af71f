"""Write the public endpoints' answers, ready to be sent many times."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, json, request

from portal.models import Company, GatewayAccount, Plan, Router
from portal.ports import provider_names
from portal.web.fields import pesos
from portal.web.words import DURATION_WORDS, MEGABYTE, MINUTE

CACHING = "private, no-cache"


@dataclass(frozen=True)
class CachedAnswer:
    """Hold JSON as bytes, and the tag by which a browser asks whether it changed."""

    body: bytes
    etag: str

    @classmethod
    def of(cls, data: Any) -> CachedAnswer:
        """Write `data` as JSON."""
        body = json.dumps(data).encode()
        return cls(body, hashlib.sha256(body).hexdigest()[:32])

    def response(self) -> Response:
        """Make the response, or 304 to a caller who has it already."""
        known = "If-None-Match" in request.headers and self.etag in request.if_none_match
        response = Response(None if known else self.body, mimetype="application/json")
        response.status_code = 304 if known else 200
        response.headers["ETag"] = f'"{self.etag}"'
        response.headers["Cache-Control"] = CACHING
        return response


def catalogue_entry(plan: Plan, account: GatewayAccount | None) -> dict[str, Any]:
    """Show a plan as the catalogue does; `account` is where it is paid."""
    seconds, data = plan.duration_seconds, plan.data_limit
    return {
        "id": plan.id,
        "nombre_venta": plan.name,
        "precio": pesos(plan.amount),
        "moneda": plan.currency,
        "perfil_mikrotik_id": plan.profile_id,
        "perfil_mikrotik_nombre": plan.profile_name,
        "descripcion": plan.description,
        "detalles": plan.details,
        "imagen_url": plan.image_url,
        "destacado": plan.featured,
        "orden": plan.position,
        "duracion_minutos": None if seconds is None else seconds // MINUTE,
        "duracion_desde": DURATION_WORDS.get(plan.duration_from or ""),
        "limite_datos_mb": None if data is None else data // MEGABYTE,
        "dispositivos_max": plan.max_devices,
        "velocidad": plan.speed,
        "metodos_pago": _methods(account),
    }


def shop_settings(
    company: Company,
    router: Router,
    usual: GatewayAccount | None,
    accounts: Sequence[GatewayAccount],
) -> dict[str, Any]:
    """Tell what a portal page needs to know before it shows anything.

    `usual` is the account that is used by itself, `accounts` are those that can be paid.
    """
    # The contract's own fields are of the first provider, at which `pagar-conekta` charges.
    named = provider_names()[0]
    account = next((each for each in accounts if each.provider == named), None)
    account = account or usual
    return {
        "empresa": {
            "id": company.id,
            "nombre": company.name,
            "logo_url": company.logo_url,
            "conekta_public_key": account.public_key if account else None,
            "conekta_mode": account.mode if account else "test",
        },
        "router": {"id": router.id, "nombre": router.name, "ubicacion": router.location},
        "metodos_pago": _methods(usual),
        "pasarelas": [_gateway(each) for each in accounts],
    }


def _methods(account: GatewayAccount | None) -> list[str]:
    """How something can be paid now: a charge is entered with the private key."""
    payable = account is not None and account.private_key_sealed is not None
    return ["tarjeta"] if payable else []


def _gateway(account: GatewayAccount) -> dict[str, Any]:
    """Where it can be paid now, with the key that a browser needs there."""
    return {"nombre": account.provider, "public_key": account.public_key, "mode": account.mode}
