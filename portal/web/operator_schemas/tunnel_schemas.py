"""Describe the tunnel by which a router dials in, and read its public key."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from portal.models import DialIn
from portal.operators.dial_in.standing import TunnelStage, TunnelStanding
from portal.web.fields import Text, patterns
from portal.web.schemas import AdminSchema

LONGEST_KEY = 60
# The last four bits of the 44 letters are no part of the 32 bytes, and nought.
KEY = r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="
EXAMPLE = {"llave_publica": "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="}
NONE = "sin_tunel"
NO_TUNNEL = "El router no entra por un túnel."
STAGES = {
    TunnelStage.OFF: "desactivado",
    TunnelStage.NO_KEY: "sin_llave",
    TunnelStage.UNKNOWN: "sin_saber",
    TunnelStage.NOT_APPLIED: "por_aplicar",
    TunnelStage.NEVER: "sin_marcar",
    TunnelStage.LATE: "caido",
    TunnelStage.UP: "conectado",
}


class WireGuardKey(Text):
    """Read what may be a public key of WireGuard: 32 bytes in base64. Who takes it in checks it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(LONGEST_KEY, **options)

    def documented(self) -> dict[str, Any]:
        """Say how it is written."""
        return {"pattern": patterns.whole(KEY)}


class TunnelKeyBody(AdminSchema):
    """Read a router's public key."""

    llave_publica = WireGuardKey(
        attribute="public_key",
        required=True,
        about="La llave pública de WireGuard del router: 44 letras. La privada nunca sale de él.",
    )


class TunnelAnswer(Schema):
    """Describe how the tunnel of a router stands."""

    tipo = fields.String(
        required=True, allow_none=True, metadata={"enum": [*(kind.value for kind in DialIn), None]}
    )
    direccion = fields.String(required=True, allow_none=True)
    estado = fields.String(required=True, metadata={"enum": [NONE, *STAGES.values()]})
    detalle = fields.String(required=True)
    llave_publica = fields.String(required=True, allow_none=True)
    llave_recibida = fields.DateTime(required=True, allow_none=True)
    ultimo_saludo = fields.DateTime(required=True, allow_none=True)
    desde = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "De qué dirección y puerto entra."},
    )


def tunnel_answer(standing: TunnelStanding | None) -> dict[str, Any]:
    """Give how it stands as TunnelAnswer shows it; None for a router that has an address."""
    if standing is None:
        nothing = dict.fromkeys(TunnelAnswer().fields)
        return {**nothing, "estado": NONE, "detalle": NO_TUNNEL}
    peer = standing.peer
    return {
        "tipo": standing.kind.value,
        "direccion": standing.address,
        "estado": STAGES[standing.stage],
        "detalle": standing.said,
        "llave_publica": standing.public_key,
        "llave_recibida": standing.key_at,
        "ultimo_saludo": peer.handshake_at if peer else None,
        "desde": (peer.endpoint or None) if peer else None,
    }
