"""Describe the shapes of the public answers, for the documentation."""

from __future__ import annotations

from marshmallow import Schema, fields

from portal.web.words import DURATION_FROM, METHODS


class Detail(Schema):
    texto = fields.String(required=True)


class Product(Schema):
    """Describe a product of the catalogue."""

    id = fields.Integer(required=True)
    nombre_venta = fields.String(required=True)
    precio = fields.String(required=True, metadata={"example": "20.00"})
    moneda = fields.String(required=True, metadata={"enum": ["MXN", "USD"]})
    perfil_mikrotik_id = fields.String(required=True, allow_none=True)
    perfil_mikrotik_nombre = fields.String(required=True)
    descripcion = fields.String(required=True, allow_none=True)
    detalles = fields.List(fields.Nested(Detail), required=True)
    imagen_url = fields.String(required=True, allow_none=True)
    destacado = fields.Boolean(required=True)
    orden = fields.Integer(required=True)
    duracion_minutos = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Nulo: sin límite de tiempo."}
    )
    duracion_desde = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "enum": [*DURATION_FROM, None],
            "description": (
                "Desde cuándo corre: `compra`, `primer_uso`, o `conexion`, que solo cuenta el "
                "tiempo conectado."
            ),
        },
    )
    limite_datos_mb = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Nulo: sin límite de datos."}
    )
    dispositivos_max = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Nulo: lo que diga el router."}
    )
    velocidad = fields.String(required=True, allow_none=True, metadata={"example": "10 Mbps"})
    metodos_pago = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Con qué se puede pagar ahora; vacío si con nada."},
    )


class ShopCompany(Schema):
    id = fields.String(required=True)
    nombre = fields.String(required=True)
    logo_url = fields.String(required=True, allow_none=True)
    conekta_public_key = fields.String(required=True, allow_none=True)
    conekta_mode = fields.String(required=True, metadata={"enum": ["test", "live"]})


class CashNetworkSchema(Schema):
    """Name shops that take cash with one reference."""

    red = fields.String(required=True)
    nombre = fields.String(required=True)
    comision = fields.String(required=True, allow_none=True)


class ProductMethod(Schema):
    """Say how a product can be paid, at which gateway."""

    metodo = fields.String(required=True, metadata={"enum": list(METHODS)})
    pasarela = fields.String(required=True)
    comision = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "Lo que se cobra aparte; nulo si no se sabe.",
            "example": "10.00",
        },
    )
    redes = fields.List(
        fields.Nested(CashNetworkSchema),
        required=True,
        metadata={"description": "Solo con `efectivo`, donde hay que elegir una."},
    )


class ShopGateway(Schema):
    """Name where it can be paid now; a card is made a token there, with the public key."""

    nombre = fields.String(required=True, metadata={"description": "La pasarela."})
    public_key = fields.String(required=True, allow_none=True)
    mode = fields.String(required=True, metadata={"enum": ["test", "live"]})


class ShopRouter(Schema):
    id = fields.String(required=True)
    nombre = fields.String(required=True)
    ubicacion = fields.String(required=True, allow_none=True)


class ShopSettings(Schema):
    """Tell what a portal page needs to know before it shows anything."""

    empresa = fields.Nested(ShopCompany, required=True)
    router = fields.Nested(ShopRouter, required=True)
    metodos_pago = fields.List(
        fields.String(), required=True, metadata={"description": "Con qué se puede pagar ahora."}
    )
    pasarelas = fields.List(fields.Nested(ShopGateway), required=True)
