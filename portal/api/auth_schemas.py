"""Describe what logging in sends and gets."""

from __future__ import annotations

from marshmallow import Schema, fields

from portal.operators.people.passwords import LONGEST, SHORTEST
from portal.web.fields import Text
from portal.web.schemas import AdminSchema


class LoginBody(AdminSchema):
    email = Text(254, required=True)
    password = Text(LONGEST, strip=False, required=True)


class ChangePasswordBody(AdminSchema):
    current_password = Text(LONGEST, strip=False, required=True)
    new_password = Text(LONGEST, shortest=SHORTEST, strip=False, required=True)


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
