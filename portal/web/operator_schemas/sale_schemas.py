"""Describe what an operator says of a sale."""

from __future__ import annotations

from portal.web.fields import Text
from portal.web.schemas import AdminSchema


class RefundRequest(AdminSchema):
    """Say why the money goes back; it stays in the sale's history."""

    motivo = Text(200, required=True)
