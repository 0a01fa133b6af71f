"""Describe what is said of an administrator; shown they are as after a login."""

from __future__ import annotations

from typing import Any, ClassVar

from portal.api.auth_schemas import UserAnswer
from portal.models.admin_user import Role
from portal.operators.people.passwords import LONGEST, SHORTEST
from portal.web.fields import Choice, Email, Flag, Text
from portal.web.operator_schemas.pages import page_schema
from portal.web.schemas import AdminSchema


class UserBody(AdminSchema):
    """Describe an administrator. `empresa_id` belongs to a cliente_admin and to nobody else."""

    documented: ClassVar[dict[str, Any]] = {
        "anyOf": [
            {"properties": {"rol": {"const": Role.SUPER_ADMIN}, "empresa_id": {"type": "null"}}},
            {
                "properties": {
                    "rol": {"const": Role.COMPANY_ADMIN},
                    "empresa_id": {"type": "string"},
                },
                "required": ["empresa_id"],
            },
        ]
    }

    email = Email(required=True)
    password = Text(LONGEST, shortest=SHORTEST, strip=False, required=True)
    nombre = Text(100, attribute="name", required=True)
    rol = Choice(*Role, attribute="role", required=True)
    empresa_id = Text(40, attribute="company_id", blank=None)
    activo = Flag(attribute="active")


UserPage = page_schema("usuarios", UserAnswer)
