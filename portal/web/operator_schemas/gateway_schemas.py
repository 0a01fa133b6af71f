"""Describe what is said and shown of a company's gateway account."""

from __future__ import annotations

from marshmallow import Schema, fields

from portal.models import GatewayAccount
from portal.operators import webhook_registration
from portal.ports import provider_named
from portal.web.fields import Choice
from portal.web.operator_schemas.secret_fields import GatewayKey, SecretGatewayKey
from portal.web.schemas import AdminSchema


class GatewaySchema(AdminSchema):
    """Describe the keys that new sales use."""

    conekta_private_key = SecretGatewayKey(attribute="private_key", blank=None)
    conekta_public_key = GatewayKey(attribute="public_key", blank=None)
    conekta_mode = Choice("test", "live", attribute="mode")
    version = fields.Integer(dump_only=True, allow_none=True)
    rechazada_desde = fields.DateTime(
        attribute="refused_at",
        dump_only=True,
        allow_none=True,
        metadata={"description": "Desde cuándo la pasarela rechaza la llave privada."},
    )
    avisos = fields.Function(
        lambda account: (
            webhook_registration.standing(account) if isinstance(account, GatewayAccount) else None
        ),
        metadata={
            "type": ["string", "null"],
            "description": "Si la pasarela avisa por sí misma de los pagos, y si no, qué hacer.",
        },
    )


class AnyGatewaySchema(AdminSchema):
    """Describe the keys that a company has at one of its gateways."""

    pasarela = fields.String(attribute="provider", dump_only=True)
    nombre = fields.Function(
        lambda account: provider_named(account.provider).label, metadata={"type": "string"}
    )
    llave_privada = SecretGatewayKey(attribute="private_key", blank=None)
    llave_publica = GatewayKey(attribute="public_key", blank=None)
    modo = Choice("test", "live", attribute="mode")
    clave_avisos = SecretGatewayKey(
        attribute="webhook_secret",
        blank=None,
        about="La clave secreta con que firma sus avisos, donde su panel muestra una.",
    )
    preferida = fields.Boolean(
        attribute="preferred",
        dump_only=True,
        metadata={"description": "Con ella se cobran las ventas nuevas, si hay varias."},
    )
    version = fields.Integer(dump_only=True, allow_none=True)
    rechazada_desde = fields.DateTime(attribute="refused_at", dump_only=True, allow_none=True)
    avisos = fields.Function(webhook_registration.standing, metadata={"type": ["string", "null"]})


class GatewayListSchema(Schema):
    """List the gateways that can be had, each with what the company has entered."""

    pasarelas = fields.List(fields.Nested(AnyGatewaySchema), required=True)


class AnyProbeAnswer(Schema):
    """Describe what a gateway said of its private key."""

    success = fields.Boolean(required=True)
    livemode = fields.Boolean(required=True)
    modo = fields.String(required=True)
    mensaje = fields.String(required=True)


class ProbeAnswer(Schema):
    """Describe what the gateway said of the private key."""

    success = fields.Boolean(required=True)
    livemode = fields.Boolean(required=True)
    conekta_mode = fields.String(required=True)
    modo_correcto = fields.Boolean(required=True)
    mensaje = fields.String(required=True)
