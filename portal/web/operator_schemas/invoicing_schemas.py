"""Describe what is said of a company's account for invoices."""

from __future__ import annotations

from portal.web.fields import Flag
from portal.web.operator_schemas.secret_fields import SecretText
from portal.web.schemas import AdminSchema


class InvoicingSchema(AdminSchema):
    """Say with which key invoices are made, and whether buyers are offered them."""

    llave = SecretText(200, attribute="key")
    activa = Flag(attribute="active")
