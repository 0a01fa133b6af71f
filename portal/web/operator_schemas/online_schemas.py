"""Describe who is online, and what an operator gives away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, fields, validates_schema

from portal.access.usage import bytes_left, seconds_left
from portal.models import Access, utc_now
from portal.operators.online.listing import OnlineDevice
from portal.web.fields import Text
from portal.web.operator_schemas.fields import Scaled
from portal.web.operator_schemas.pages import page_schema
from portal.web.schemas import AdminSchema
from portal.web.words import MEGABYTE, MINUTE

MOST_MINUTES = 31 * 24 * 60
MOST_MEGABYTES = 1024 * 1024
EITHER = "indique minutos o megabytes"
COURTESY = {"minutos": 30, "motivo": "Se fue la luz un rato"}


class OnlineAnswer(Schema):
    """Describe a device that is online."""

    id = fields.String(
        attribute="key",
        required=True,
        metadata={"description": "Nombra la sesión para desconectarla; cambia con cada sesión."},
    )
    desde = fields.Function(
        lambda found: (utc_now() - timedelta(seconds=found.online.uptime)).isoformat(),
        metadata={"type": "string", "format": "date-time"},
    )
    segundos = fields.Integer(attribute="online.uptime", required=True)
    bytes_subida = fields.Integer(attribute="online.bytes_in", required=True)
    bytes_bajada = fields.Integer(attribute="online.bytes_out", required=True)
    mac = fields.String(attribute="online.mac", required=True)
    ip = fields.String(attribute="online.address", required=True)
    usuario = fields.Function(
        lambda found: user_of(found),
        metadata={"type": "string", "description": "De un PIN nuestro solo se ve el final."},
    )
    propio = fields.Function(
        lambda found: found.is_ours,
        metadata={
            "type": "boolean",
            "description": "Falso si el usuario se hizo en el router: aquí no se toca.",
        },
    )
    pase = fields.Function(
        lambda found: found.payment_pass is not None,
        metadata={
            "type": "boolean",
            "description": "Tiene Internet lento por unos minutos, para pagar esa compra.",
        },
    )
    acceso_id = fields.String(attribute="access.id", dump_default=None, allow_none=True)
    producto = fields.String(attribute="sale.plan_name", dump_default=None, allow_none=True)
    cliente = fields.String(attribute="sale.customer_name", dump_default=None, allow_none=True)
    restan_segundos = fields.Function(
        lambda found: seconds_of(found), metadata={"type": ["integer", "null"]}
    )
    restan_bytes = fields.Function(
        lambda found: bytes_left(found.access) if found.access else None,
        metadata={"type": ["integer", "null"]},
    )


def user_of(found: OnlineDevice) -> str:
    """Name the session's user as operators see it."""
    return found.access.shown_name if found.access else found.online.user


def seconds_of(found: OnlineDevice) -> int | None:
    """Give the seconds that remain of its access; None without a limit."""
    return _seconds_of(found.access) if found.access else None


def _seconds_of(access: Access) -> int | None:
    left = seconds_left(access)
    return None if left is None else int(left)


class CourtesyBody(AdminSchema):
    """Say how much is given, and why."""

    documented: ClassVar[dict[str, Any]] = {
        "anyOf": [{"required": ["minutos"]}, {"required": ["megabytes"]}]
    }

    minutos = Scaled(
        MINUTE,
        MOST_MINUTES,
        attribute="seconds",
        about="Tiempo que se suma a lo que queda; solo si el acceso tiene límite de tiempo.",
    )
    megabytes = Scaled(
        MEGABYTE,
        MOST_MEGABYTES,
        attribute="data",
        about="Datos que se suman a lo que queda; solo si el acceso tiene límite de datos.",
    )
    motivo = Text(200, attribute="reason", required=True, about="Queda en el historial.")

    @validates_schema
    def _is_something(self, data: dict[str, Any], **_kw: Any) -> None:
        if not ({"seconds", "data"} & set(data)):
            raise ValidationError(EITHER, "minutos")


class GiftAnswer(Schema):
    """Describe an access after something was given."""

    acceso_id = fields.String(attribute="access.id", required=True)
    vence = fields.DateTime(attribute="access.expires_at", required=True, allow_none=True)
    restan_segundos = fields.Function(
        lambda gift: _seconds_of(gift.access), metadata={"type": ["integer", "null"]}
    )
    restan_bytes = fields.Function(
        lambda gift: bytes_left(gift.access), metadata={"type": ["integer", "null"]}
    )
    en_router = fields.Boolean(
        attribute="is_applied",
        required=True,
        metadata={"description": "Falso si el router no respondió: lo recibe en cuanto vuelva."},
    )
    usuario_cambio = fields.Boolean(
        attribute="is_renamed",
        required=True,
        metadata={
            "description": "Verdadero si volvió con otro código, porque el suyo ya se vendió."
        },
    )


OnlinePage = page_schema("activos", OnlineAnswer)
