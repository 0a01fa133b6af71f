"""Describe what is asked and shown of the trail."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from portal.web.fields import Choice, PageQuery, Text
from portal.web.operator_schemas.pages import page_schema
from portal.web.operator_schemas.periods import PeriodQuery
from portal.web.trail_words import about, told


class HistoryFilters(PeriodQuery):
    """Say which entries are asked for."""

    quien = Text(254, attribute="who", about="Parte del correo de quien lo hizo.")
    accion = Text(
        60, attribute="action", about="Una acción (`plan.update`), o una clase de ellas (`plan`)."
    )
    objeto = Text(64, attribute="target", about="El id completo de lo que se tocó.")


class HistoryQuery(HistoryFilters, PageQuery):
    """Say which of them, and how they are to be written."""

    formato = Choice("json", "csv", load_default="json")


class ToldSide(fields.Field[Any]):
    """Show one side of a change by the contract's names."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return told(value)


class HistoryEntryAnswer(Schema):
    """Describe one entry of the trail; a secret is shown as `********` on both sides."""

    numero = fields.Integer(
        attribute="position",
        required=True,
        metadata={"description": "Se cuenta desde 1, sin huecos."},
    )
    fecha = fields.DateTime(attribute="at", required=True)
    quien = fields.String(
        attribute="actor",
        required=True,
        metadata={"description": "El correo, o `cli:` y el usuario del servidor."},
    )
    accion = fields.String(attribute="action", required=True)
    descripcion = fields.Function(
        lambda entry: about(entry.action), required=True, metadata={"type": "string"}
    )
    objeto = fields.String(attribute="target", required=True, allow_none=True)
    antes = ToldSide(attribute="before", required=True, metadata={"type": "object"})
    despues = ToldSide(attribute="after", required=True, metadata={"type": "object"})
    detalles = fields.Dict(attribute="details", required=True)
    ip = fields.String(required=True, allow_none=True)
    solicitud = fields.String(
        attribute="request_id",
        required=True,
        allow_none=True,
        metadata={"description": "El `X-Request-ID` de la solicitud que lo hizo."},
    )
    huella = fields.String(
        attribute="digest",
        required=True,
        metadata={"description": "SHA-256 de esta entrada y de la huella anterior."},
    )


HistoryPage = page_schema("historial", HistoryEntryAnswer)
