"""Describe what is said and shown of a product."""

from __future__ import annotations

from typing import Any, ClassVar

from marshmallow import fields

from portal.operators.plans import LEAST_AMOUNT as LEAST
from portal.web.fields import (
    Choice,
    Flag,
    ListOf,
    Money,
    PageQuery,
    StrictInteger,
    Text,
)
from portal.web.fields.patterns import amounts
from portal.web.operator_schemas.address_fields import WebAddress
from portal.web.operator_schemas.fields import Scaled, Translated, Whole
from portal.web.operator_schemas.pages import page_schema
from portal.web.schemas import AdminSchema
from portal.web.words import DURATION_FROM, MEGABYTE, MINUTE

MOST_CENTAVOS = 99_999_999
LONGEST_MINUTES = 10 * 366 * 24 * 60
LARGEST_MEGABYTES = 100_000_000


class Unlimited(Flag):
    """Read that neither time nor data is meant to end, and show whether it is so."""

    def serialize(self, attr: str, obj: Any, accessor: Any = None, **kw: Any) -> bool:
        """Show what follows from the limits themselves."""
        return obj.is_unlimited is True


class DetailSchema(AdminSchema):
    """Describe a line of a product's description."""

    texto = Text(200, required=True)


PRICE_RULE = {
    "anyOf": [
        {"properties": {"precio": {"pattern": amounts(LEAST["MXN"], MOST_CENTAVOS)}}},
        {
            "properties": {
                "moneda": {"const": "USD"},
                "precio": {"pattern": amounts(LEAST["USD"], MOST_CENTAVOS)},
            },
            "required": ["moneda"],
        },
    ]
}
DURATION_RULE = {
    "anyOf": [
        {"properties": {"duracion_desde": {"type": "null"}}},
        {
            "properties": {"duracion_minutos": {"type": "integer"}},
            "required": ["duracion_minutos"],
        },
    ]
}


def _given(name: str) -> dict[str, Any]:
    return {
        "properties": {name: {"type": "integer"}, "ilimitado": {"const": False}},
        "required": [name],
    }


NONE = {"type": "null"}
LIMIT_RULE = {
    "anyOf": [
        _given("duracion_minutos"),
        _given("limite_datos_mb"),
        {
            "properties": {
                "ilimitado": {"const": True},
                "duracion_minutos": NONE,
                "limite_datos_mb": NONE,
            },
            "required": ["ilimitado"],
        },
    ]
}


class ProductSchema(AdminSchema):
    """Describe a product."""

    documented: ClassVar[dict[str, Any]] = {"allOf": [PRICE_RULE, DURATION_RULE]}
    documented_whole: ClassVar[dict[str, Any]] = LIMIT_RULE

    id = fields.Integer(dump_only=True)
    router_id = Text(40, blank=None, about="Nulo: se vende en todos los routers de la empresa.")
    perfil_mikrotik_id = Text(20, attribute="profile_id", blank=None)
    perfil_mikrotik_nombre = Text(100, attribute="profile_name", required=True)
    nombre_venta = Text(100, shortest=3, attribute="name", required=True)
    precio = Money(
        1,
        MOST_CENTAVOS,
        attribute="amount",
        required=True,
        about="Al menos 3.00 MXN o 0.20 USD. Se lee también como número; se responde como texto.",
    )
    moneda = Choice("MXN", "USD", attribute="currency", load_default="MXN")
    descripcion = Text(2000, lines=True, attribute="description", blank=None)
    detalles = ListOf(Whole(DetailSchema), 20, attribute="details")
    imagen_url = WebAddress(500, attribute="image_url", blank=None)
    activo = Flag(attribute="active")
    orden = StrictInteger(0, 1_000_000, attribute="position")
    destacado = Flag(attribute="featured")
    duracion_minutos = Scaled(MINUTE, LONGEST_MINUTES, attribute="duration_seconds", blank=None)
    duracion_desde = Translated(
        DURATION_FROM,
        attribute="duration_from",
        blank=None,
        about="Desde cuándo cuenta la duración; `compra` si no se indica.",
    )
    limite_datos_mb = Scaled(
        MEGABYTE,
        LARGEST_MEGABYTES,
        attribute="data_limit",
        blank=None,
        about="En MB de 1,048,576 bytes, como los cuenta el router.",
    )
    ilimitado = Unlimited(
        attribute="unlimited",
        about=(
            "Verdadero cuando se vende sin límite de tiempo ni de datos: hay que decirlo, para que "
            "no sea un olvido."
        ),
    )
    dispositivos_max = StrictInteger(1, 1000, attribute="max_devices", blank=None)
    velocidad = Text(40, attribute="speed", blank=None)
    todas_las_sucursales = Flag(
        attribute="all_sites",
        about=(
            "Verdadero: el código vale en todos los routers de la empresa con `entrega: radius`, y "
            "`dispositivos_max` cuenta los de todos juntos."
        ),
    )
    created_at = fields.DateTime(dump_only=True)
    updated_at = fields.DateTime(dump_only=True)


class SavedProductSchema(ProductSchema):
    """Describe a product that was just saved, and what in its routers does not keep it."""

    avisos = fields.List(
        fields.String(),
        dump_only=True,
        attribute="advice",
        metadata={
            "description": (
                "Lo que en los routers no cumple lo que vende el producto, con la orden que lo "
                "corrige; el producto queda guardado. Un router que no responde también es un "
                "aviso."
            ),
            "example": ["Router «Patio»: no tiene el perfil «1hora»."],
        },
    )


class ProductQuery(PageQuery):
    """Say which products are asked for."""

    router_id = Text(40, about="Solo los que se venden en este router.")


ProductPage = page_schema("productos", ProductSchema)
