"""Write the public endpoints' answers, ready to be sent many times."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, json, request

from portal.models import Company, GatewayAccount, Plan, Router
from portal.ports import provider_names
from portal.sales.methods import OfferedMethod, methods_for, names, wanted_methods
from portal.web.fields import pesos
from portal.web.words import DURATION_WORDS, MEGABYTE, METHOD_WORDS, MINUTE

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


def catalogue_entry(
    plan: Plan, company: Company, accounts: Sequence[GatewayAccount]
) -> dict[str, Any]:
    """Show a plan as the catalogue does; `accounts` are those that can be paid."""
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
        "metodos_pago": _words(methods_for(plan, company, accounts)),
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
        "metodos_pago": _words(wanted_methods(company, accounts)),
        "pasarelas": [_gateway(each) for each in accounts],
    }


def _words(offered: Sequence[OfferedMethod]) -> list[str]:
    return [METHOD_WORDS[method] for method in names(offered)]


def _gateway(account: GatewayAccount) -> dict[str, Any]:
    """Where it can be paid now, with the key that a browser needs there."""
    return {"nombre": account.provider, "public_key": account.public_key, "mode": account.mode}


def payment_methods(
    plan: Plan, company: Company, accounts: Sequence[GatewayAccount]
) -> list[dict[str, Any]]:
    """Show how a plan can be paid now, and what that costs on top."""
    return [_terms(each) for each in methods_for(plan, company, accounts)]


def _terms(offered: OfferedMethod) -> dict[str, Any]:
    terms = offered.terms
    return {
        "metodo": METHOD_WORDS[offered.method],
        "pasarela": offered.account.provider,
        "comision": _pesos(terms.fee),
        "redes": [
            {"red": each.name, "nombre": each.label, "comision": _pesos(each.fee)}
            for each in terms.networks
        ],
    }


def _pesos(centavos: int | None) -> str | None:
    return None if centavos is None else pesos(centavos)
