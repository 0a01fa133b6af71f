"""Describe what is said and shown of a company."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from portal.access.credentials import FEWEST_DIGITS
from portal.access.pin_density import LONGEST_PIN, dense_pins
from portal.api.admin.alert_schemas import AlertsField
from portal.api.admin.fields import Colour, Translated
from portal.api.admin.secret_fields import SecretText
from portal.core.local_time import zone_names
from portal.ports import time_zone_of
from portal.web.fields import Choice, Email, Flag, StrictInteger, Text
from portal.web.schemas import AdminSchema

DAY_IN_MINUTES = 24 * 60
LONGEST_TEXT = 10_000
LONGEST_KEPT_DAYS = 3650
CREDENTIALS = {"pin": "pin", "usuario_contrasena": "user_password"}
UNKNOWN_ZONE = "debe ser una zona horaria de la IANA, como America/Tijuana"


class Notices(fields.List[str]):
    """Add what the company's operators should know, asked for by its id."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return super()._serialize(dense_pins(value), attr, obj, **kwargs)


class TimeZone(Choice):
    """Read the name of a time zone, in which the company counts its days."""

    def __init__(self, **options: Any) -> None:
        super().__init__(*zone_names(), complaint=UNKNOWN_ZONE, **options)

    def serialize(self, attr: str, obj: Any, accessor: Any = None, **kw: Any) -> str:
        """Give the zone that counts, the deployment's where the company named none."""
        return time_zone_of(obj).key


class CompanySchema(AdminSchema):
    """Describe a company, as its own operators describe it."""

    id = fields.String(dump_only=True)
    nombre = Text(100, attribute="name", required=True)
    contacto_email = Email(attribute="contact_email", allow_none=True)
    contacto_telefono = Text(32, attribute="contact_phone", blank=None)
    color = Colour(blank=None)
    logo_url = fields.String(dump_only=True, allow_none=True)
    telegram_bot_token = SecretText(200, allow_none=True)
    telegram_chat_id = Text(64, blank=None)
    notificaciones_telegram = Flag(attribute="telegram_notifications")
    alertas = AlertsField(
        attribute="alerts", about="Por qué medios se avisa, y de qué por cada uno."
    )
    minutos_para_reembolso = StrictInteger(
        1,
        7 * DAY_IN_MINUTES,
        attribute="refund_after_minutes",
        about="Minutos que una venta pagada puede esperar a su router antes del reembolso.",
    )
    aviso_privacidad = Text(LONGEST_TEXT, lines=True, attribute="privacy_notice", blank=None)
    terminos = Text(LONGEST_TEXT, lines=True, attribute="terms", blank=None)
    devoluciones = Text(
        LONGEST_TEXT,
        lines=True,
        attribute="refund_policy",
        blank=None,
        about="Lo que lee el cliente al pagar; sin él, que se devuelve solo lo que no se activa.",
    )
    dias_datos_personales = StrictInteger(
        1,
        LONGEST_KEPT_DAYS,
        attribute="keep_personal_days",
        about="Días tras los que se borran nombre, correo, teléfono y dispositivo de una venta.",
    )
    pin_digitos = StrictInteger(
        FEWEST_DIGITS,
        LONGEST_PIN,
        attribute="pin_digits",
        about="Cuántos dígitos tienen los PIN que se venden desde ahora.",
    )
    tipo_usuario_portal = Translated(
        CREDENTIALS,
        attribute="portal_credentials",
        about="Qué venden las páginas: un PIN, o usuario y contraseña.",
    )
    zona_horaria = TimeZone(
        attribute="time_zone",
        allow_none=True,
        about="En ella se cuentan los días de sus ventas; nulo: la de esta instalación.",
    )
    avisos = Notices(
        fields.String(),
        attribute="id",
        dump_only=True,
        metadata={"description": "Qué conviene cambiar, y por qué."},
    )
    activa = fields.Boolean(attribute="active", dump_only=True)
    created_at = fields.DateTime(dump_only=True)
    updated_at = fields.DateTime(dump_only=True)
