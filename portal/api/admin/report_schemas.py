"""Describe what is shown of sales and income."""

from __future__ import annotations

from marshmallow import Schema, fields

from portal.web.fields import Money


class Total(Schema):
    """Describe paid sales in one currency, less refunds."""

    moneda = fields.String(attribute="currency", required=True)
    ventas = fields.Integer(attribute="sales", required=True)
    ingresos = Money(attribute="amount", required=True)


class DayTotal(Total):
    fecha = fields.String(attribute="key", required=True, metadata={"example": "2025-01-31"})


class ProductTotal(Total):
    producto_id = fields.Integer(attribute="key", required=True)
    nombre = fields.String(attribute="name", required=True)


class RouterTotal(Total):
    router_id = fields.String(attribute="key", required=True)
    nombre = fields.String(attribute="name", required=True)


class CompanyTotal(Total):
    empresa_id = fields.String(attribute="key", required=True)
    nombre = fields.String(attribute="name", required=True)


class ReportAnswer(Schema):
    """Describe what was paid from `desde` until `hasta`; what waits is as of now."""

    desde = fields.DateTime(attribute="since", required=True)
    hasta = fields.DateTime(attribute="until", required=True)
    zona_horaria = fields.String(
        attribute="time_zone",
        required=True,
        metadata={"example": "America/Mexico_City", "description": "La de los días de `por_dia`."},
    )
    totales = fields.List(fields.Nested(Total), attribute="totals", required=True)
    por_dia = fields.List(fields.Nested(DayTotal), attribute="per_day", required=True)
    por_producto = fields.List(fields.Nested(ProductTotal), attribute="per_product", required=True)
    por_router = fields.List(fields.Nested(RouterTotal), attribute="per_router", required=True)
    ventas_sin_decidir = fields.Integer(attribute="undecided", required=True)
    ventas_por_atender = fields.Integer(attribute="parked", required=True)
    routers_activos = fields.Integer(attribute="routers", required=True)
    productos_activos = fields.Integer(attribute="products", required=True)


class OverallReportAnswer(ReportAnswer):
    """Describe the same over all companies."""

    por_empresa = fields.List(fields.Nested(CompanyTotal), attribute="per_company", required=True)
