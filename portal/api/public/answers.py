"""Write the public endpoints' answers, ready to be sent many times."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from flask import Response, json, request

from portal.models import Company, GatewayAccount, Plan, Router
from portal.web.fields import pesos

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


def catalogue_entry(plan: Plan) -> dict[str, Any]:
    """Show a plan as the catalogue does."""
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
    }


def shop_settings(
    company: Company, router: Router, account: GatewayAccount | None
) -> dict[str, Any]:
    """Tell what a portal page needs to know before it shows anything."""
    payable = account is not None and account.private_key_sealed is not None
    return {
        "empresa": {
            "id": company.id,
            "nombre": company.name,
            "logo_url": company.logo_url,
            "conekta_public_key": account.public_key if account else None,
            "conekta_mode": account.mode if account else "test",
        },
        "router": {"id": router.id, "nombre": router.name, "ubicacion": router.location},
        "metodos_pago": ["tarjeta"] if payable else [],
    }
