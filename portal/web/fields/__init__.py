"""Fields of what callers send: strict about types, complaining in Spanish.

A complaint is a predicate ("es obligatorio"): the answer puts the field's name before it.
"""

from portal.web.fields.base import ApiField
from portal.web.fields.contact import Email, IPv4, Mac, Phone
from portal.web.fields.nested import ListOf, Nested
from portal.web.fields.numbers import (
    BIGGEST_INTEGER,
    Money,
    QueryInteger,
    StrictInteger,
    pesos,
)
from portal.web.fields.text import Choice, Flag, Text

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
    "Phone",
    "QueryInteger",
    "StrictInteger",
    "Text",
    "pesos",
]
