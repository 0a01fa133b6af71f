"""Describe what an operator says of a sale."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validates_schema

from portal.web.fields import Flag, Money, Text
from portal.web.schemas import AdminSchema

WHOLE = "la pasarela devuelve el pago completo; solo se indica con a_mano"


class RefundRequest(AdminSchema):
    """Say why the money goes back; it stays in the sale's history."""

    motivo = Text(200, required=True)
    a_mano = Flag(
        load_default=False,
        about="Ya se devolvió por fuera de la pasarela: solo se registra, y el acceso se cierra.",
    )
    importe = Money(
        least=1,
        about="Lo que devolvió a mano. Si ya no es lo que hay que devolver, nada se registra: 409.",
    )

    @validates_schema
    def _no_part_at_the_gateway(self, said: dict[str, Any], **_kw: Any) -> None:
        if "importe" in said and not said["a_mano"]:
            raise ValidationError(WHOLE, "importe")
