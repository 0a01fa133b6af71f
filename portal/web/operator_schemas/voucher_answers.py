"""Describe how codes sold for cash, their batches and their cash are shown."""

from __future__ import annotations

from marshmallow import Schema, fields

from portal.web.fields import Money
from portal.web.operator_schemas.fields import Translated
from portal.web.operator_schemas.pages import page_schema
from portal.web.voucher_tickets import code_link
from portal.web.words import KINDS, VOUCHER_STATES


class SellerAnswer(Schema):
    """Name a seller."""

    id = fields.Integer(required=True)
    nombre = fields.String(attribute="name", required=True)


class CodeProduct(Schema):
    """Describe what a code is of, with its price as it was."""

    id = fields.Integer(attribute="plan_id", required=True, allow_none=True)
    nombre = fields.String(attribute="plan_name", required=True)
    precio = Money(attribute="amount", required=True)
    moneda = fields.String(attribute="currency", required=True)


class VoucherAnswer(Schema):
    """Describe a code; `codigo` shows the end of it only."""

    id = fields.String(attribute="voucher.id", required=True)
    estado = Translated(VOUCHER_STATES, attribute="voucher.state", required=True)
    codigo = fields.String(attribute="access.shown_name", required=True)
    cortesia = fields.Boolean(attribute="voucher.is_courtesy", required=True)
    en_router = fields.Boolean(attribute="is_on_router", required=True)
    producto = fields.Nested(CodeProduct, attribute="voucher", required=True)
    vendedor = fields.Nested(SellerAnswer, attribute="seller", required=True)
    router_id = fields.String(attribute="voucher.router_id", required=True)
    lote_id = fields.String(attribute="voucher.batch_id", required=True, allow_none=True)
    numero = fields.Integer(attribute="voucher.number", required=True, allow_none=True)
    usar_antes = fields.DateTime(attribute="voucher.use_before", required=True, allow_none=True)
    vendida = fields.DateTime(attribute="voucher.sold_at", required=True, allow_none=True)
    usada = fields.DateTime(attribute="voucher.used_at", required=True, allow_none=True)
    anulada = fields.DateTime(attribute="voucher.voided_at", required=True, allow_none=True)
    created_at = fields.DateTime(attribute="voucher.created_at", required=True)


class ShownVoucherAnswer(VoucherAnswer):
    """Describe a code whole, while it is to be used: to be shown and printed."""

    codigo = fields.String(attribute="shown_code", required=True)
    enlace = fields.Function(
        lambda code: code_link(code.voucher.router_id, code.access) if code.is_live else None,
        required=True,
        metadata={
            "type": ["string", "null"],
            "description": "Nuestra página con el código en el fragmento, para un QR.",
        },
    )


class CodeCounts(Schema):
    """Count a batch's codes by how they stand."""

    disponibles = fields.Integer(attribute="available", required=True)
    vendidas = fields.Integer(attribute="sold", required=True)
    usadas = fields.Integer(attribute="used", required=True)
    vencidas = fields.Integer(attribute="expired", required=True)
    anuladas = fields.Integer(attribute="voided", required=True)


class BatchAnswer(Schema):
    """Describe a batch, and how far it is: `hechas` of `cantidad` stand on the router."""

    id = fields.String(attribute="batch.id", required=True)
    producto = fields.Nested(CodeProduct, attribute="batch", required=True)
    router_id = fields.String(attribute="batch.router_id", required=True)
    vendedor = fields.Nested(SellerAnswer, attribute="seller", required=True)
    cantidad = fields.Integer(attribute="batch.number", required=True)
    hechas = fields.Integer(attribute="batch.made", required=True)
    en_curso = fields.Boolean(attribute="is_under_way", required=True)
    problema = fields.String(attribute="batch.problem", required=True, allow_none=True)
    prefijo = fields.String(attribute="batch.prefix", required=True, allow_none=True)
    tipo_usuario = Translated(KINDS, attribute="batch.kind", required=True)
    digitos = fields.Integer(attribute="batch.pin_digits", required=True, allow_none=True)
    usar_antes = fields.DateTime(attribute="batch.use_before", required=True, allow_none=True)
    fichas = fields.Nested(CodeCounts, attribute="count", required=True)
    ingresos = Money(attribute="count.earned", required=True)
    anulado = fields.DateTime(attribute="batch.voided_at", required=True, allow_none=True)
    created_at = fields.DateTime(attribute="batch.created_at", required=True)


class CashHeldAnswer(Schema):
    """Say what a seller has to hand over."""

    vendedor = fields.Nested(SellerAnswer, attribute="seller", required=True)
    moneda = fields.String(attribute="currency", required=True)
    importe = fields.Function(
        lambda held: signed_pesos(held.amount),
        required=True,
        metadata={"type": "string", "description": "Negativo: se le debe.", "example": "40.00"},
    )
    fichas = fields.Integer(attribute="vouchers", required=True)
    anuladas = fields.Integer(attribute="returned", required=True)


class HandoverAnswer(Schema):
    """Describe a handover."""

    id = fields.Integer(attribute="handover.id", required=True)
    vendedor = fields.Nested(SellerAnswer, attribute="seller", required=True)
    moneda = fields.String(attribute="handover.currency", required=True)
    importe = fields.Function(
        lambda told: signed_pesos(told.handover.amount),
        required=True,
        metadata={"type": "string", "example": "40.00"},
    )
    fichas = fields.Integer(attribute="handover.vouchers", required=True)
    anuladas = fields.Integer(attribute="handover.returned", required=True)
    recibio = fields.String(attribute="handover.created_by", required=True)
    created_at = fields.DateTime(attribute="handover.created_at", required=True)


class SoldRow(Schema):
    """Sum what was sold under one key."""

    clave = fields.String(attribute="key", required=True)
    nombre = fields.String(attribute="name", required=True)
    moneda = fields.String(attribute="currency", required=True)
    vendidas = fields.Integer(attribute="sold", required=True)
    cortesias = fields.Integer(attribute="courtesies", required=True)
    ingresos = Money(attribute="amount", required=True)


class VoucherReportAnswer(Schema):
    """Report what codes brought in."""

    desde = fields.DateTime(attribute="since", required=True)
    hasta = fields.DateTime(attribute="until", required=True)
    zona_horaria = fields.String(attribute="time_zone", required=True)
    totales = fields.List(fields.Nested(SoldRow), attribute="totals", required=True)
    por_vendedor = fields.List(fields.Nested(SoldRow), attribute="per_seller", required=True)
    por_lote = fields.List(fields.Nested(SoldRow), attribute="per_batch", required=True)
    por_producto = fields.List(fields.Nested(SoldRow), attribute="per_plan", required=True)


def signed_pesos(centavos: int) -> str:
    """Write centavos as the contract does, with a sign where somebody is owed."""
    whole, rest = divmod(abs(centavos), 100)
    return f"{'-' if centavos < 0 else ''}{whole}.{rest:02d}"


VoucherPage = page_schema("fichas", VoucherAnswer)
BatchPage = page_schema("lotes", BatchAnswer)
HandoverPage = page_schema("cortes", HandoverAnswer)


class CashPage(HandoverPage):  # type: ignore[misc,valid-type]
    """Describe handovers, and what is to be handed over still."""

    por_entregar = fields.List(fields.Nested(CashHeldAnswer), required=True)
