"""Describe what is asked of and told about codes that another tool left on a router."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields

from portal.hotspot.adoption import LeftKind
from portal.web import messages
from portal.web.fields import BIGGEST_INTEGER, Flag, Money, StrictInteger, Text
from portal.web.operator_schemas.voucher_answers import BatchAnswer
from portal.web.schemas import AdminSchema, ApiField

MOST_PROFILES = 200


class PlanChoices(ApiField, fields.Field[Any]):
    """Read an object of a product's id for each user profile."""

    default_error_messages = messages.NESTED | {
        "choice": "debe tener por cada perfil el id de un producto, y 200 perfiles a lo más"
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> dict[str, int]:
        if not isinstance(value, dict):
            raise self.make_error("type")
        number = StrictInteger(1)
        try:
            read = {name: number.deserialize(chosen) for name, chosen in value.items()}
        except ValidationError:
            raise self.make_error("choice") from None
        if len(value) > MOST_PROFILES:
            raise self.make_error("choice")
        return read

    def documented(self) -> dict[str, Any]:
        """Say how it is written."""
        number = {"type": "integer", "minimum": 1, "maximum": BIGGEST_INTEGER}
        return {
            "type": "object",
            "additionalProperties": number,
            "maxProperties": MOST_PROFILES,
        }


class ImportSchema(AdminSchema):
    """Say whose codes are imported, and as what."""

    router_id = Text(40, required=True)
    planes = PlanChoices(
        attribute="plans",
        load_default=dict,
        about="Por cada perfil del router, el `producto_id` con que se importa; los demás no.",
    )
    confirmar = Flag(
        attribute="confirmed", load_default=False, about="Falso: solo mira, no cambia nada."
    )


class LeftCounts(Schema):
    """Count a profile's codes by what they are."""

    sin_usar = fields.Integer(attribute=LeftKind.UNUSED, dump_default=0, required=True)
    en_uso = fields.Integer(attribute=LeftKind.USED, dump_default=0, required=True)
    vencidas = fields.Integer(attribute=LeftKind.EXPIRED, dump_default=0, required=True)
    desactivadas = fields.Integer(attribute=LeftKind.DISABLED, dump_default=0, required=True)
    sin_fin = fields.Integer(attribute=LeftKind.ENDLESS, dump_default=0, required=True)
    sin_contrasena = fields.Integer(attribute=LeftKind.HIDDEN, dump_default=0, required=True)


class LeftProfileAnswer(Schema):
    """Describe a profile with codes: `por_importar` of them can become ours."""

    perfil = fields.String(attribute="profile.name", required=True)
    precio = Money(attribute="profile.price", required=True, allow_none=True)
    vigencia_segundos = fields.Integer(attribute="profile.validity", required=True, allow_none=True)
    por_importar = fields.Function(
        lambda one: len(one.open), required=True, metadata={"type": "integer"}
    )
    ya_importadas = fields.Integer(attribute="known", required=True)
    fichas = fields.Nested(LeftCounts, attribute="counts", required=True)


class ImportAnswer(Schema):
    """Describe what was found on the router, and the batches that were made of it."""

    router_id = fields.String(attribute="found.router.id", required=True)
    perfiles = fields.List(
        fields.Nested(LeftProfileAnswer), attribute="found.profiles", required=True
    )
    otros_usuarios = fields.Integer(attribute="found.others", required=True)
    lotes = fields.List(fields.Nested(BatchAnswer), attribute="batches", required=True)
