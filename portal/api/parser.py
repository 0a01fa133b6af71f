"""Read a request's JSON or query string into a schema, and say in Spanish what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NoReturn

from flask import Request
from marshmallow import Schema, ValidationError
from webargs.core import missing
from webargs.flaskparser import FlaskParser, is_json_request
from werkzeug.exceptions import UnsupportedMediaType

from portal.core.errors import BadRequest, Invalid
from portal.web.request_context import whole_body

UNKNOWN = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": None}
WHOLE_BODY = "_schema"
WHOLE_BODY_IN_SPANISH = "cuerpo"


class ApiParser(FlaskParser):
    """Give webargs our errors. Whether unknown fields count is each schema's own word."""

    DEFAULT_UNKNOWN_BY_LOCATION = UNKNOWN

    def load_json(self, req: Request, schema: Schema) -> Any:
        """Read the body, numbers exact. Raises BadRequest if unreadable, 415 if it is no JSON."""
        if req.mimetype and not is_json_request(req):
            raise UnsupportedMediaType
        raw = whole_body(req)
        if not req.mimetype:
            return missing if not raw else _not_json()
        try:
            return json.loads(raw, parse_float=Decimal, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise BadRequest from error

    def handle_error(
        self,
        error: ValidationError,
        req: Request,
        schema: Schema,
        *,
        error_status_code: int | None,
        error_headers: Mapping[str, str] | None,
    ) -> NoReturn:
        """Answer 422."""
        # webargs wraps the messages in the place where it looked, "json" or "query".
        raise invalid(_in_order(next(iter(error.messages_dict.values())), schema)) from error


def invalid(messages: Any) -> Invalid:
    """Make the 422 for marshmallow's messages.

    A message that ends in a full stop is a sentence; any other is a predicate, "es
    obligatorio", which its field's name is put before.
    """
    found = dict(_flat(messages))
    field, complaints = next(iter(found.items()))
    sentences = {name: [_alone(complaint) for complaint in found[name]] for name in found}
    return Invalid(_about(field, complaints[0]), errores=sentences)


def _in_order(messages: dict[Any, Any], schema: Schema) -> dict[Any, Any]:
    """Unknown fields come out of a set, in any order: by name, then, after the known ones."""
    known = {field.data_key or name for name, field in schema.load_fields.items()}
    return dict(sorted(messages.items(), key=lambda item: "" if item[0] in known else str(item[0])))


def _about(field: str, complaint: str) -> str:
    return complaint if complaint.endswith(".") else f"El campo «{field}» {complaint}."


def _alone(complaint: str) -> str:
    return complaint if complaint.endswith(".") else f"{complaint[0].upper()}{complaint[1:]}."


def _flat(messages: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, list[str]]]:
    if isinstance(messages, dict):
        for name, inner in messages.items():
            # A name is the caller's own text: a half of a surrogate pair cannot be sent back.
            clean = str(name).encode(errors="replace").decode()
            yield from _flat(inner, path if clean == WHOLE_BODY else (*path, clean))
    else:
        yield ".".join(path) or WHOLE_BODY_IN_SPANISH, [str(message) for message in messages]


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _not_json() -> NoReturn:
    raise UnsupportedMediaType
