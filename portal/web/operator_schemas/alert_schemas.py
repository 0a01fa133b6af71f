"""Describe alerts, and by which ways they reach the operator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields
from marshmallow.utils import get_value

from portal.alerts.channels import EMAIL, TELEGRAM, WEBHOOK, ChannelState, channels_of
from portal.alerts.events import BY_WORD
from portal.alerts.kinds import AlertKind
from portal.web.fields import Choice, Email, ListOf, Nested, PageQuery
from portal.web.operator_schemas.address_fields import WebAddress
from portal.web.operator_schemas.fields import Translated
from portal.web.operator_schemas.pages import page_schema
from portal.web.operator_schemas.secret_fields import MASK, SigningSecret
from portal.web.schemas import AdminSchema

MOST_ADDRESSES = 5
EXAMPLE = {
    "telegram": {"eventos": ["resumen_diario", "venta_detenida", "router_caido"]},
    "correo": {"direcciones": ["ana@example.com"], "eventos": ["contracargo"]},
    "webhook": {
        "url": "https://example.com/avisos",
        "secreto": "una-frase-larga-y-secreta",
        "eventos": ["venta", "reembolso"],
    },
}
SIGNED = (
    "Con él se firma cada aviso: `X-Portal-Signature: t=SEGUNDOS,v1=FIRMA`, donde FIRMA es el "
    "HMAC-SHA256 en hexadecimal de SEGUNDOS, un punto y el cuerpo tal como llega. Rechace lo que "
    "no lleve esa firma o tenga más de cinco minutos."
)


class Addresses(ListOf):
    """Read addresses, kept as one text; none of them is the same as nothing."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Email(), MOST_ADDRESSES, **options)

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kw: Any
    ) -> Any:
        """Read the list. Raises ValidationError."""
        found = super().deserialize(value, attr, data, **kw)
        return ",".join(dict.fromkeys(found)) or None if isinstance(found, list) else found


class ChannelSchema(AdminSchema):
    """Say what one way is to tell of; what is not sent stays as it was."""

    eventos = ListOf(
        Translated({word: str(event) for word, event in BY_WORD.items()}),
        len(BY_WORD),
        attribute="events",
        about="De qué se avisa. Al principio, de todo menos de cada venta.",
    )
    activo = fields.Boolean(dump_only=True)
    problema = fields.String(
        dump_only=True,
        allow_none=True,
        metadata={"description": "Por qué no llegó el último aviso; nulo si llegó."},
    )


class EmailSchema(ChannelSchema):
    direcciones = Addresses(attribute="target", about="A quiénes; ninguna: a nadie.")


class WebhookSchema(ChannelSchema):
    url = WebAddress(
        500, attribute="target", blank=None, about="Dirección https pública; no se siguen desvíos."
    )
    secreto = SigningSecret(attribute="secret", allow_none=True, about=SIGNED)


class AlertsSchema(AdminSchema):
    """Say by which ways alerts go out. Telegram's bot and chat are the company's own fields."""

    telegram = Nested(ChannelSchema)
    correo = Nested(EmailSchema, attribute="email")
    webhook = Nested(WebhookSchema)


class AlertsField(Nested):
    """Read and show by which ways the company's alerts go out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(AlertsSchema, metadata={"example": EXAMPLE}, **options)

    def serialize(self, attr: str, obj: Any, accessor: Any = None, **kw: Any) -> dict[str, Any]:
        """Ask for them by the company's id."""
        return described(channels_of(get_value(obj, "id")))


def described(channels: Mapping[str, ChannelState]) -> dict[str, Any]:
    """Describe a company's channels as AlertsSchema does, secrets masked."""
    nothing = ChannelState(False, None, None, None, ())
    email, webhook = channels.get(EMAIL, nothing), channels.get(WEBHOOK, nothing)
    return {
        "telegram": _described(channels.get(TELEGRAM, nothing)),
        "correo": {"direcciones": (email.target or "").split(",") if email.target else []}
        | _described(email),
        "webhook": {"url": webhook.target, "secreto": MASK if webhook.secret_sealed else None}
        | _described(webhook),
    }


def _described(channel: ChannelState) -> dict[str, Any]:
    return {
        "eventos": [event.word for event in channel.events],
        "activo": channel.active,
        "problema": channel.problem,
    }


class AlertSchema(Schema):
    """Describe what needs a person."""

    id = fields.Integer(required=True)
    clase = fields.String(attribute="kind", required=True, metadata={"example": "parked"})
    significado = fields.Function(
        lambda alert: AlertKind(alert.kind).meaning if alert.kind in set(AlertKind) else "",
        required=True,
        metadata={"type": "string", "description": "Qué quiere decir la clase."},
    )
    sobre = fields.String(
        attribute="subject", required=True, metadata={"description": "La venta, el router, …"}
    )
    mensaje = fields.String(
        attribute="message", required=True, metadata={"example": "La pasarela cobró otro importe."}
    )
    veces = fields.Integer(attribute="times", required=True)
    creado = fields.DateTime(attribute="created_at", required=True)
    ultimo = fields.DateTime(attribute="last_at", required=True)
    resuelto = fields.DateTime(attribute="resolved_at", required=True, allow_none=True)


class AlertQuery(PageQuery):
    """Say which alerts are asked for."""

    estado = Choice("abiertos", "todos", load_default="abiertos")


AlertPage = page_schema("alertas", AlertSchema)
