"""Describe what logging in sends and gets."""

from __future__ import annotations

from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, fields, validates_schema

from portal.operators.people.passwords import LONGEST, SHORTEST
from portal.web.devices import device_name
from portal.web.fields import Choice, PageQuery, Text
from portal.web.operator_schemas.pages import page_schema
from portal.web.schemas import AdminSchema

LONGEST_CODE = 40
# What each action needs besides.
TOTP_ACTIONS = {
    "iniciar": ("password",),
    "confirmar": ("codigo",),
    "desactivar": ("password", "codigo"),
    "renovar_codigos": ("password", "codigo"),
}


class LoginBody(AdminSchema):
    email = Text(254, required=True)
    password = Text(LONGEST, strip=False, required=True)
    codigo_totp = Text(
        LONGEST_CODE,
        blank=None,
        about=(
            "El de la verificación en dos pasos, de quien la tiene activada: los seis dígitos del "
            "teléfono, o un código de recuperación."
        ),
    )


class ChangePasswordBody(AdminSchema):
    current_password = Text(LONGEST, strip=False, required=True)
    new_password = Text(LONGEST, shortest=SHORTEST, strip=False, required=True)


class TotpBody(AdminSchema):
    """Say what is to be done with one's second factor."""

    documented: ClassVar[dict[str, Any]] = {
        "anyOf": [
            {"properties": {"accion": {"const": action}}, "required": ["accion", *needed]}
            for action, needed in TOTP_ACTIONS.items()
        ]
    }

    accion = Choice(*TOTP_ACTIONS, required=True)
    password = Text(LONGEST, strip=False, about="La contraseña, otra vez.")
    codigo = Text(LONGEST_CODE, about="Seis dígitos; también un código de recuperación, si ya hay.")

    @validates_schema
    def _is_complete(self, data: dict[str, Any], **_kw: Any) -> None:
        missing = [name for name in TOTP_ACTIONS[data["accion"]] if name not in data]
        if missing:
            raise ValidationError({name: ["es obligatorio"] for name in missing})


class TotpAnswer(Schema):
    """Describe how one's second factor stands; what is shown this once is null else."""

    estado = fields.String(required=True, metadata={"enum": ["inactivo", "pendiente", "activo"]})
    desde = fields.DateTime(required=True, allow_none=True)
    codigos_restantes = fields.Integer(required=True)
    secreto = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Para escribirlo en el teléfono; solo al iniciar."},
    )
    uri = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Lo que dice el código QR, `otpauth://…`; solo al iniciar."},
    )
    codigos_recuperacion = fields.List(
        fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "Diez, cada uno sirve una vez; solo cuando se hacen."},
    )


class SessionQuery(PageQuery):
    """Say whose sessions are asked for."""

    de = Choice(
        "mias",
        "personas",
        load_default="mias",
        about="Las propias, o las de todas las personas de la empresa (solo su dueño).",
    )


class SessionAnswer(Schema):
    """Describe a session that is open."""

    id = fields.String(required=True)
    usuario_id = fields.Integer(attribute="person.id", required=True)
    email = fields.String(attribute="person.email", required=True)
    nombre = fields.String(attribute="person.name", required=True)
    dispositivo = fields.Function(
        lambda row: device_name(row.user_agent),
        required=True,
        metadata={"type": "string", "description": "Lo que su navegador dice ser."},
    )
    ip = fields.String(required=True, allow_none=True)
    desde = fields.DateTime(attribute="began_at", required=True)
    ultima_vez = fields.DateTime(
        attribute="seen_at", required=True, metadata={"description": "Con un minuto de margen."}
    )
    vence = fields.DateTime(attribute="expires_at", required=True)
    es_esta = fields.Boolean(attribute="is_this", required=True)


SessionPage = page_schema("sesiones", SessionAnswer)


class UserAnswer(Schema):
    """Describe an administrator."""

    id = fields.Integer(required=True)
    email = fields.String(required=True)
    nombre = fields.String(attribute="name", required=True)
    rol = fields.String(attribute="role", required=True)
    empresa_id = fields.String(attribute="company_id", required=True, allow_none=True)
    activo = fields.Boolean(attribute="active", required=True)


class LoginAnswer(Schema):
    """Describe a session's token, for the Authorization header."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True)
    expires_at = fields.DateTime(required=True)
    user = fields.Nested(UserAnswer, required=True)
