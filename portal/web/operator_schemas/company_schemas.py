"""Describe what is said and shown of a company."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from portal.access.desired_state import FEWEST_DIGITS
from portal.access.pin_density import LONGEST_PIN
from portal.core.local_time import zone_names
from portal.operators.company_advice import company_advice
from portal.ports import time_zone_of
from portal.web import messages
from portal.web.fields import Choice, Email, Flag, Money, StrictInteger, Text
from portal.web.operator_schemas.alert_schemas import AlertsField
from portal.web.operator_schemas.fields import Colour, Rfc, Scaled, Translated
from portal.web.operator_schemas.secret_fields import SecretText
from portal.web.schemas import AdminSchema, ApiField
from portal.web.words import METHOD_WORDS, METHODS

DAY_IN_MINUTES = 24 * 60
LONGEST_TEXT = 10_000
LONGEST_KEPT_DAYS = 3650
MOST_CENTAVOS = 99_999_999
MOST_PASSES = 1000
BASIS_POINTS = 100
VAT_RATES = (16, 8, 0)
MOST_HOURS = 720
CREDENTIALS = {"pin": "pin", "usuario_contrasena": "user_password"}
UNKNOWN_ZONE = "debe ser una zona horaria de la IANA, como America/Tijuana"


class Notices(fields.List[str]):
    """Add what the company's operators should know."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return super()._serialize(company_advice(obj), attr, obj, **kwargs)


class TimeZone(Choice):
    """Read the name of a time zone, in which the company counts its days."""

    def __init__(self, **options: Any) -> None:
        super().__init__(*zone_names(), complaint=UNKNOWN_ZONE, **options)

    def serialize(self, attr: str, obj: Any, accessor: Any = None, **kw: Any) -> str:
        """Give the zone that counts, the deployment's where the company named none."""
        return time_zone_of(obj).key


class PaymentMethods(ApiField, fields.List[Any]):
    """Read how a company wants to be paid, at least in one way; keep the names in one text."""

    default_error_messages = messages.LIST

    def __init__(self, **options: Any) -> None:
        error = f"debe traer de 1 a {len(METHODS)} de ellos"
        bounds = validate.Length(1, len(METHODS), error=error)
        super().__init__(cls_or_instance=Choice(*METHODS), validate=[bounds], **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> Any:
        said = super()._deserialize(value, attr, data, **kw)
        return [ours for word, ours in METHODS.items() if word in said]

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kw: Any) -> Any:
        return [METHOD_WORDS[ours] for ours in value.split(",")]


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
    quejas = Text(
        LONGEST_TEXT,
        lines=True,
        attribute="complaints",
        blank=None,
        about="Cómo se presenta una queja; lo lee el cliente al pagar.",
    )
    razon_social = Text(
        200, attribute="legal_name", blank=None, about="Quien vende, ante la ley y en sus recibos."
    )
    rfc = Rfc(
        blank=None,
        about="De quien vende, persona moral o física. Si su último signo no cuadra, es un aviso.",
    )
    domicilio = Text(
        300, attribute="address", blank=None, about="De quien vende; lo lee el cliente al pagar."
    )
    tasa_iva = Scaled(
        BASIS_POINTS,
        max(VAT_RATES),
        least=0,
        attribute="vat_rate",
        validate=validate.OneOf(VAT_RATES, error="debe ser 16, 8 o 0"),
        about="IVA que ya incluyen los precios, en por ciento: 16, u 8 en la región fronteriza.",
    )
    monto_minimo_efectivo = Money(
        1,
        MOST_CENTAVOS,
        attribute="cash_minimum",
        blank=None,
        about="Lo menos que se cobra en efectivo en una tienda; nulo: lo que acepte la pasarela.",
    )
    pases_por_equipo_dia = StrictInteger(
        0,
        MOST_PASSES,
        attribute="passes_per_device",
        about=(
            "Cuántas veces en 24 horas se da a un teléfono Internet lento por 10 minutos para "
            "pagar (con su banco o por SPEI). 0: no se da."
        ),
    )
    pases_por_router_hora = StrictInteger(
        0,
        MOST_PASSES,
        attribute="passes_per_router",
        about="Cuántos de esos pases da un router en una hora, a todos. 0: ninguno.",
    )
    metodos_pago = PaymentMethods(
        attribute="payment_methods",
        about="Con qué quiere cobrar; se ofrece lo que además acepte su pasarela.",
    )
    horas_para_pagar = StrictInteger(
        1,
        MOST_HOURS,
        attribute="hours_to_pay",
        about="Horas que tiene para pagar quien eligió SPEI o efectivo, si la pasarela da tantas.",
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
