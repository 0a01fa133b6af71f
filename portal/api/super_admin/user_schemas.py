"""What is said and shown of an administrator."""

from __future__ import annotations

from marshmallow import fields

from portal.api.admin.pages import page_schema
from portal.api.fields import Choice, Email, Flag, Text
from portal.api.schemas import AdminSchema
from portal.operators.passwords import LONGEST, SHORTEST


class UserSchema(AdminSchema):
    """An administrator. `empresa_id` belongs to a cliente_admin and to nobody else."""

    id = fields.Integer(dump_only=True)
    email = Email(required=True)
    password = Text(LONGEST, shortest=SHORTEST, strip=False, required=True, load_only=True)
    nombre = Text(100, attribute="name", required=True)
    rol = Choice("super_admin", "cliente_admin", attribute="role", required=True)
    empresa_id = Text(40, attribute="company_id", blank=None)
    activo = Flag(attribute="active")
    created_at = fields.DateTime(dump_only=True)
    updated_at = fields.DateTime(dump_only=True)


UserPage = page_schema("usuarios", UserSchema)
