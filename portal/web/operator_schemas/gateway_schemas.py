"""Describe what is said and shown of a company's gateway account."""

from __future__ import annotations

from marshmallow import Schema, fields

from portal.models import GatewayAccount
from portal.operators import webhook_registration
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


class ProbeAnswer(Schema):
    """Describe what the gateway said of the private key."""

    success = fields.Boolean(required=True)
    livemode = fields.Boolean(required=True)
    conekta_mode = fields.String(required=True)
    modo_correcto = fields.Boolean(required=True)
    mensaje = fields.String(required=True)
