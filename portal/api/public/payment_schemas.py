"""Describe what a purchase is asked with, and the shapes of its answers."""

from __future__ import annotations

from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, fields, validates_schema

from portal.web import messages
from portal.web.fields import (
    Choice,
    Email,
    Flag,
    IPv4,
    Mac,
    Phone,
    StrictInteger,
    Text,
    refuse_card_number,
)
from portal.web.schemas import PublicSchema
from portal.web.words import METHODS

LONGEST_CODE = 64
NO_CODE = (
    "Nulo mientras el acceso no se activa y cuando terminó; y en una compra que se sumó a un "
    "acceso, salvo en la respuesta a quien probó el código."
)


class PaymentRequest(PublicSchema):
    """Describe a purchase."""

    producto_id = StrictInteger(alias="product_id", required=True)
    token_tarjeta = Text(100, alias="card_token", required=True, validate=refuse_card_number)
    nombre_cliente = Text(100, alias="customer_name", required=True)
    email_cliente = Email(alias="customer_email", required=True)
    telefono_cliente = Phone(alias="customer_phone", load_default=None)
    mac_cliente = Mac(alias="mac_address", blank=None)
    ip_cliente = IPv4(alias="ip_address", blank=None)
    info_dispositivo = Text(500, alias="device_info", blank=None)
    conexion_automatica = Flag(alias="auto_connect", blank=False)
    tipo_usuario = Choice(
        "usuario_contrasena", "pin", alias="user_type", blank="usuario_contrasena"
    )
    extiende = Text(
        LONGEST_CODE,
        blank=None,
        about="El código (usuario o PIN) o la referencia de un acceso activo al que se suma.",
    )
    contrasena = Text(LONGEST_CODE, blank=None, about="La del código que se extiende.")


class AnyPaymentRequest(PaymentRequest):
    """Describe a purchase that may be paid otherwise than by card, or at a gateway of choice."""

    documented: ClassVar[dict[str, Any]] = {
        "anyOf": [
            {"required": ["token_tarjeta"]},
            {"properties": {"metodo": {"enum": ["spei", "efectivo"]}}, "required": ["metodo"]},
        ]
    }

    metodo = Choice(
        *METHODS, load_default="tarjeta", about="Uno de `metodos_pago`; `tarjeta` si no se indica."
    )
    pasarela = Text(
        40,
        blank=None,
        about=(
            "Una de `pasarelas`, por su nombre; sin ella, la que prefiera la tienda de las que "
            "cobran así."
        ),
    )
    red = Text(
        40,
        blank=None,
        about="Solo con `efectivo`, donde hay que elegir: una de las `redes` de la pasarela.",
    )
    token_tarjeta = Text(
        100,
        alias="card_token",
        load_default=None,
        validate=refuse_card_number,
        about=(
            "Solo con `tarjeta`. Donde el formulario de la pasarela da la marca aparte "
            "(`payment_method_id`), va detrás de un punto: `token.visa`."
        ),
    )

    @validates_schema
    def _needs_token(self, data: dict[str, Any], **_kw: Any) -> None:
        if data.get("metodo") == "tarjeta" and not data.get("token_tarjeta"):
            raise ValidationError({"token_tarjeta": [messages.EVERY["required"]]})


class HotspotUserSchema(Schema):
    usuario = fields.String(required=True)
    contrasena = fields.String(required=True)


class PaidProduct(Schema):
    nombre = fields.String(required=True)
    precio = fields.Float(required=True, metadata={"example": 20.0})
    moneda = fields.String(required=True)
    perfil_mikrotik = fields.String(required=True)


class PaidCustomer(Schema):
    nombre = fields.String(required=True)
    email = fields.String(required=True)


class AutoConnection(Schema):
    estado = fields.String(required=True, metadata={"enum": ["conectado", "no_conectado"]})
    mac = fields.String(required=True, allow_none=True)
    ip = fields.String(required=True, allow_none=True)
    mensaje = fields.String(required=True)
    verificado = fields.Boolean(required=True)
    session_id = fields.String()


class CashPlace(Schema):
    """Describe what is shown in the shops of one network."""

    red = fields.String(required=True)
    referencia = fields.String(required=True)
    convenio = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "El número que pide primero la máquina de un banco."},
    )
    comision = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "Lo que la tienda cobra aparte; nulo si no se sabe.",
            "example": "10.00",
        },
    )
    codigo_barras_url = fields.String(required=True, allow_none=True)
    tiendas = fields.List(fields.String(), required=True)


class Action(Schema):
    """Describe what the customer has to do; which fields there are follows from `tipo`."""

    tipo = fields.String(required=True, metadata={"enum": ["redireccion", "spei", "efectivo"]})
    url = fields.Url(metadata={"description": "Con `redireccion`: a dónde llevar al cliente."})
    clabe = fields.String(
        metadata={"description": "Con `spei`: a dónde transferir.", "example": "646180111812345678"}
    )
    banco = fields.String(allow_none=True, metadata={"description": "Con `spei`."})
    titular = fields.String(
        allow_none=True,
        metadata={"description": "Con `spei`: a nombre de quién está la cuenta, si se sabe."},
    )
    referencias = fields.List(
        fields.Nested(CashPlace),
        metadata={"description": "Con `efectivo`: sirve cualquiera de ellas, una sola vez."},
    )
    monto = fields.String(
        metadata={"description": "Exacto, con `spei` y `efectivo`.", "example": "20.00"}
    )
    vence = fields.String(
        allow_none=True,
        metadata={"format": "date-time", "description": "Hasta cuándo se puede pagar."},
    )


class Payment(Schema):
    """Describe a sale, as it stands."""

    success = fields.Boolean(required=True)
    id_transaccion = fields.String(required=True, allow_none=True)
    referencia = fields.String(required=True)
    estado_pago = fields.String(
        required=True,
        metadata={"enum": ["pending", "paid", "declined", "canceled", "refunded", "charged_back"]},
    )
    tipo_usuario = fields.String(required=True, metadata={"enum": ["usuario_contrasena", "pin"]})
    usuario_hotspot = fields.Nested(
        HotspotUserSchema, required=True, allow_none=True, metadata={"description": NO_CODE}
    )
    producto = fields.Nested(PaidProduct, required=True)
    cliente = fields.Nested(PaidCustomer, required=True)
    timestamp = fields.String(required=True, metadata={"format": "date-time"})
    auto_conexion = fields.Nested(AutoConnection, required=True)
    mensaje = fields.String(
        metadata={
            "description": (
                "Qué se espera, mientras no termina; después, qué fue de una parte que llegó."
            )
        }
    )
    consulta = fields.String(
        metadata={"description": "Solo mientras no termina: siga preguntando ahí. Sin ella, acabó."}
    )
    accion_requerida = fields.Nested(
        Action,
        metadata={
            "description": (
                "Solo mientras se espera al cliente: el banco pide confirmar (3DS), o no ha "
                "pagado todavía por SPEI o en efectivo."
            )
        },
    )


class PaymentUnderWay(Schema):
    """Describe a sale that is not over: never an invitation to pay again."""

    success = fields.Boolean(required=True)
    id_transaccion = fields.String(required=True, allow_none=True)
    referencia = fields.String(required=True)
    estado_pago = fields.String(required=True, metadata={"enum": ["pending", "paid"]})
    mensaje = fields.String(required=True)
    consulta = fields.String(required=True)
    accion_requerida = fields.Nested(Action)
