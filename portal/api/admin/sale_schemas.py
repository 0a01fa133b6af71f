"""Describe what is asked and shown of sales."""

from __future__ import annotations

from marshmallow import Schema, fields

from portal.operators.transactions import PUBLIC_WORDS
from portal.sales.decline_sentences import decline_sentence
from portal.web.fields import Choice, Money, PageQuery, Text
from portal.web.operator_schemas.pages import page_schema
from portal.web.operator_schemas.periods import PeriodQuery
from portal.web.words import KIND_WORDS, KINDS, METHOD_WORDS, METHODS


class SaleQuery(PeriodQuery, PageQuery):
    """Say which sales are asked for."""

    estado = Choice(*PUBLIC_WORDS, attribute="state")
    router_id = Text(40)
    q = Text(
        100,
        attribute="text",
        about="Comienzos de palabras de nombre, correo, teléfono o MAC, un importe o el final de "
        "la tarjeta; o el id, la orden o el código completos.",
    )
    formato = Choice("json", "csv", load_default="json")


class SoldProduct(Schema):
    id = fields.Integer(attribute="plan_id", required=True)
    nombre = fields.String(attribute="plan_name", required=True)
    precio = Money(attribute="amount", required=True)
    moneda = fields.String(attribute="currency", required=True)
    perfil_mikrotik = fields.String(attribute="profile_name", required=True)


class Buyer(Schema):
    nombre = fields.String(attribute="customer_name", required=True)
    email = fields.String(attribute="customer_email", required=True)
    telefono = fields.String(attribute="customer_phone", required=True, allow_none=True)


class SaleAnswer(Schema):
    """Describe a sale, with product and price as they were."""

    id = fields.String(attribute="sale.id", required=True)
    id_transaccion = fields.String(attribute="sale.order_id", required=True, allow_none=True)
    estado_pago = fields.String(
        attribute="public_state", required=True, metadata={"enum": list(PUBLIC_WORDS)}
    )
    estado = fields.String(attribute="sale.state", required=True)
    router_id = fields.String(attribute="sale.router_id", required=True)
    producto = fields.Nested(SoldProduct, attribute="sale", dump_only=True)
    cliente = fields.Nested(Buyer, attribute="sale", dump_only=True)
    reembolsado = Money(attribute="sale.amount_refunded", required=True)
    metodo_pago = fields.Function(
        lambda standing: METHOD_WORDS[standing.sale.method],
        metadata={"type": "string", "enum": list(METHODS)},
    )
    pagar_antes_de = fields.DateTime(
        attribute="sale.payable_until",
        required=True,
        allow_none=True,
        metadata={"description": "Hasta cuándo se puede pagar por SPEI o en efectivo."},
    )
    importe_recibido = Money(
        attribute="sale.amount_received",
        required=True,
        allow_none=True,
        about="Lo que llegó por SPEI o en efectivo, si no fue el importe exacto.",
    )
    importe_devuelto_a_mano = Money(
        attribute="sale.amount_returned",
        required=True,
        allow_none=True,
        about="Lo que de ello se devolvió a mano porque no alcanzaba.",
    )
    tarjeta_terminacion = fields.String(attribute="sale.card_last4", required=True, allow_none=True)
    mac = fields.String(attribute="sale.mac", required=True, allow_none=True)
    ip = fields.String(attribute="sale.ip", required=True, allow_none=True)
    tipo_usuario = fields.Function(
        lambda standing: KIND_WORDS[standing.access.kind],
        metadata={"type": "string", "enum": list(KINDS)},
    )
    usuario_hotspot = fields.String(attribute="access.shown_name", required=True)
    motivo_atencion = fields.String(
        attribute="sale.parked_reason",
        required=True,
        allow_none=True,
        metadata={"description": "Por qué la venta espera a una persona; nulo si no espera."},
    )
    created_at = fields.DateTime(attribute="sale.created_at", required=True)
    paid_at = fields.DateTime(attribute="sale.paid_at", required=True, allow_none=True)
    delivered_at = fields.DateTime(attribute="sale.delivered_at", required=True, allow_none=True)


class MoveAnswer(Schema):
    """Describe a move of a sale from one state to another."""

    fecha = fields.DateTime(attribute="at", required=True)
    de = fields.String(attribute="from_state", required=True, allow_none=True)
    a = fields.String(attribute="to_state", required=True)
    actor = fields.String(required=True)
    motivo = fields.String(attribute="reason", required=True, allow_none=True)


class ToldSaleAnswer(SaleAnswer):
    """Describe a sale with its history."""

    mensaje_comprador = fields.Function(
        lambda told: decline_sentence(told.sale.decline_reason, told.sale.buyer_message),
        required=True,
        metadata={"type": ["string", "null"]},
    )
    historial = fields.List(fields.Nested(MoveAnswer), attribute="moves", required=True)


SalePage = page_schema("transacciones", SaleAnswer)
