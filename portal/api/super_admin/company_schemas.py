"""Describe what a super_admin says and sees of a company."""

from __future__ import annotations

from typing import Any, cast

from marshmallow import fields

from portal.models import Company, GatewayAccount
from portal.operators.companies import CompanyValues
from portal.operators.gateway_accounts import Keys
from portal.web.fields import Choice, Email, Flag, Text
from portal.web.operator_schemas.pages import columns_of, page_schema
from portal.web.operator_schemas.secret_fields import GatewayKey, SecretGatewayKey
from portal.web.schemas import AdminSchema

KEYS = ("private_key", "public_key", "mode")


class ManagedCompanySchema(AdminSchema):
    """Describe a company and its gateway keys."""

    id = fields.String(dump_only=True)
    nombre = Text(100, attribute="name", required=True)
    contacto_email = Email(attribute="contact_email", required=True, allow_none=True)
    contacto_telefono = Text(32, attribute="contact_phone", blank=None)
    activa = Flag(attribute="active")
    conekta_private_key = SecretGatewayKey(attribute="private_key", blank=None)
    conekta_public_key = GatewayKey(attribute="public_key", blank=None)
    conekta_mode = Choice("test", "live", attribute="mode")
    created_at = fields.DateTime(dump_only=True)
    updated_at = fields.DateTime(dump_only=True)


CompanyPage = page_schema("empresas", ManagedCompanySchema)


def parted(values: dict[str, Any]) -> tuple[CompanyValues, Keys]:
    """Part what was sent: what concerns the company, and what its gateway account."""
    keys = {name: values.pop(name) for name in KEYS if name in values}
    return cast(CompanyValues, values), cast(Keys, keys)


def joined(company: Company, account: GatewayAccount | None) -> dict[str, Any]:
    """Join a company and its gateway account as ManagedCompanySchema shows it."""
    keys = {
        "private_key_sealed": account and account.private_key_sealed,
        "public_key": account and account.public_key,
        "mode": account.mode if account else "test",
    }
    return columns_of(company) | keys
