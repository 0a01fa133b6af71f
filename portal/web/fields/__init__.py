"""Read the fields of what callers send: strict about types, complaining in Spanish.

A complaint is a predicate ("es obligatorio"): the answer puts the field's name before it.
"""

from portal.web.fields.amounts import Money, PageQuery, QueryInteger, pesos
from portal.web.fields.nested import ListOf, Nested
from portal.web.fields.scalars import (
    BIGGEST_INTEGER,
    Choice,
    Email,
    Flag,
    IPv4,
    Mac,
    Phone,
    StrictInteger,
    Text,
    refuse_card_number,
)
from portal.web.schemas import ApiField

__all__ = [
    "BIGGEST_INTEGER",
    "ApiField",
    "Choice",
    "Email",
    "Flag",
    "IPv4",
    "ListOf",
    "Mac",
    "Money",
    "Nested",
    "PageQuery",
    "Phone",
    "QueryInteger",
    "StrictInteger",
    "Text",
    "pesos",
    "refuse_card_number",
]
