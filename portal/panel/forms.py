"""Read a posted form through the schema that the API reads the same thing with.

A browser sends text alone, nothing for a box that is not ticked, and "" for a field that was left
empty; a schema is strict about types. So each value is made what its field takes, where it can be.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError, fields

from portal.core.errors import Invalid
from portal.web.fields import QueryInteger
from portal.web.schemas import ApiField

INTEGER = re.compile(r"[+-]?[0-9]{1,18}")


@dataclass(frozen=True)
class PostedForm:
    """Hold what was typed, what it means by the record's names, and what is wrong, by field."""

    typed: Mapping[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.errors

    def with_problem(self, problem: Invalid) -> PostedForm:
        """Give the form with what a service found wrong: by field, else of it as a whole ("")."""
        found = problem.extra.get("errores") or {"": [problem.detail]}
        return PostedForm(self.typed, self.values, {name: said[0] for name, said in found.items()})


def read_form(
    schema: Schema, *, secrets: Collection[str] = (), partial: bool = False
) -> PostedForm:
    """Read the form at hand; a field of `secrets` that was left empty stays as it is.

    `partial`: what the form does not have stays as it is too.
    """
    typed = {name: request.form.get(name, "") for name in schema.load_fields}
    try:
        values = schema.load(sent_values(schema, secrets), partial=partial)
    except ValidationError as error:
        return PostedForm(typed, {}, _sentences(error.messages_dict))
    return PostedForm(typed, values)


def read_query(schema: Schema) -> Any:
    """Read the address at hand; what the schema does not know is nothing. Raises Invalid."""
    said = {name: text for name, text in request.args.items() if name in schema.load_fields}
    try:
        return schema.load(said)
    except ValidationError as error:
        wrong = _sentences(error.messages_dict)
        raise Invalid("; ".join(f"{name}: {said}" for name, said in wrong.items())) from None


def sent_values(schema: Schema, secrets: Collection[str] = ()) -> dict[str, Any]:
    """Give what the form at hand says, as the schema takes it; of `secrets` what was typed."""
    return {
        name: _meant(schema.load_fields[name], name)
        for name in schema.load_fields
        if _is_said(schema.load_fields[name], name, secrets)
    }


def _is_said(reader: fields.Field[Any], name: str, secrets: Collection[str]) -> bool:
    """A box says no by its absence; a form that has it at all says so by a hidden field."""
    if isinstance(reader, fields.Boolean):
        return name in request.form or f"{name}-asked" in request.form
    if name in secrets and not request.form.get(name):
        return False
    return name in request.form


def _meant(reader: fields.Field[Any], name: str) -> Any:
    text = request.form.get(name, "").replace("\r\n", "\n")
    if isinstance(reader, fields.Boolean):
        return bool(text)
    if isinstance(reader, fields.List):
        return [line for line in request.form.getlist(name) if line.strip()]
    if not text.strip() and _takes_nothing(reader):
        return None
    is_number = isinstance(reader, fields.Integer) and not isinstance(reader, QueryInteger)
    if is_number and INTEGER.fullmatch(text.strip()):
        return int(text)
    return text.strip() if is_number else text


def _takes_nothing(reader: fields.Field[Any]) -> bool:
    return bool(reader.allow_none) or (isinstance(reader, ApiField) and reader.blank is None)


def _sentences(messages: Mapping[Any, Any]) -> dict[str, str]:
    return {str(name): sentence_of(said) for name, said in messages.items()}


def sentence_of(said: Any) -> str:
    """Make of marshmallow's complaints about one field the sentence that stands beside it."""
    while isinstance(said, dict):
        said = next(iter(said.values()))
    complaint = str(said[0] if isinstance(said, list) else said)
    return complaint if complaint.endswith(".") else f"{complaint[0].upper()}{complaint[1:]}."
