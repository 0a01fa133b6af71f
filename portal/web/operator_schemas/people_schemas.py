"""Describe what an owner says and sees of the company's people."""

from __future__ import annotations

from marshmallow import Schema, fields

from portal.models.admin_user import COMPANY_ROLES
from portal.operators.people.passwords import LONGEST, SHORTEST
from portal.web.fields import Choice, Email, Flag, Text
from portal.web.operator_schemas.pages import page_schema
from portal.web.schemas import AdminSchema


class PersonSchema(AdminSchema):
    """Describe a person of the company."""

    email = Email(required=True)
    password = Text(LONGEST, shortest=SHORTEST, strip=False, required=True)
    nombre = Text(100, attribute="name", required=True)
    rol = Choice(
        *sorted(COMPANY_ROLES),
        attribute="role",
        required=True,
        about="`cajero` vende y mira: no devuelve, ni ve llaves ni personas.",
    )
    activo = Flag(attribute="active")


class PersonAnswer(Schema):
    """Describe a person as the owner sees them."""

    id = fields.Integer(attribute="user.id", required=True)
    email = fields.String(attribute="user.email", required=True)
    nombre = fields.String(attribute="user.name", required=True)
    rol = fields.String(attribute="user.role", required=True)
    activo = fields.Boolean(attribute="user.active", required=True)
    verificacion_en_dos_pasos = fields.Boolean(attribute="has_totp", required=True)
    created_at = fields.DateTime(attribute="user.created_at", required=True)


PersonPage = page_schema("personas", PersonAnswer)
