"""Describe what an operator says of a sale."""

from __future__ import annotations

from portal.web.fields import Flag, Money, Text
from portal.web.schemas import AdminSchema


class RefundRequest(AdminSchema):
    """Say why the money goes back; it stays in the sale's history."""

    motivo = Text(200, required=True)
    a_mano = Flag(
        load_default=False,
        about="Ya se devolvió por fuera de la pasarela: solo se registra, y el acceso se cierra.",
    )
    importe = Money(
        least=1,
        about="Lo que vuelve: todo. Si no es lo que hay que devolver, nada se hace: 409.",
    )
