"""Read requests: the schemas and the field that all endpoints' are built on, and their parser."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar, NoReturn

from flask import Request
from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, pre_load, validate
from webargs.core import missing
from webargs.flaskparser import FlaskParser, is_json_request
from werkzeug.exceptions import UnsupportedMediaType

from portal.core.errors import BadRequest, Invalid
from portal.web import messages
from portal.web.request_context import whole_body

REFUSED = object()
UNKNOWN = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": None}
WHOLE_BODY = "_schema"
WHOLE_BODY_IN_SPANISH = "cuerpo"


class ApiField(fields.Field[Any]):
    """Give all our fields what they share.

    `alias` is an English name that is accepted too; `blank` is what null and "" stand for
    (without it they are refused, or null is let through by `allow_none`).
    """

    default_error_messages = messages.EVERY

    def __init__(
        self, *, alias: str | None = None, blank: Any = REFUSED, about: str = "", **options: Any
    ) -> None:
        also = f"También se acepta como `{alias}`." if alias else ""
        description = " ".join(filter(None, (about, also)))
        if description:
            options["metadata"] = {"description": description, **(options.get("metadata") or {})}
        if blank is not REFUSED:
            options.setdefault("allow_none", True)
            options.setdefault("load_default", blank)
        super().__init__(**options)
        self.alias = alias
        self.blank = blank

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kw: Any
    ) -> Any:
        """Check the value, and give it back. Raises ValidationError."""
        if self.blank is not REFUSED and (value is None or value == ""):
            return self.blank
        return super().deserialize(value, attr, data, **kw)

    def documented(self) -> dict[str, Any]:
        """Say in JSON Schema what is taken besides type, length and words, which are plain."""
        said: dict[str, Any] = {}
        for check in self.validators:
            if isinstance(check, validate.Range):
                said |= {"minimum": check.min, "maximum": check.max}
            said |= getattr(check, "documented", {})
        return said


def extra_checks(options: dict[str, Any]) -> Sequence[Any]:
    """Take the validators that a caller gave besides the field's own out of `options`."""
    found = options.pop("validate", None) or []
    return found if isinstance(found, (list, tuple)) else [found]


class BaseSchema(Schema):
    """Read English aliases into the Spanish names, and complain in Spanish."""

    error_messages = messages.SCHEMA
    # What JSON Schema can say of several fields together.
    documented: ClassVar[dict[str, Any]] = {}
    # The same where all fields are sent, and not those alone that change.
    documented_whole: ClassVar[dict[str, Any]] = {}

    @pre_load
    def _read_aliases(self, data: Any, **_kw: Any) -> Any:
        aliases = self._aliases
        if not isinstance(data, Mapping) or not aliases:
            return data
        renamed = {aliases[name]: v for name, v in data.items() if name in aliases}
        return renamed | {name: v for name, v in data.items() if name not in aliases}

    @cached_property
    def _aliases(self) -> dict[str, str]:
        return {
            field.alias: field.data_key or name
            for name, field in self.load_fields.items()
            if isinstance(field, ApiField) and field.alias
        }


class PublicSchema(BaseSchema):
    """Read what a portal page sends: fields that we do not know are ignored."""

    class Meta:
        unknown = EXCLUDE


class AdminSchema(BaseSchema):
    """Read what an operator sends: a field that we do not know is a mistake worth telling."""

    class Meta:
        unknown = RAISE


class ErrorBody(Schema):
    """Describe every error's answer."""

    detail = fields.String(required=True, metadata={"description": "Qué pasó y qué hacer."})
    errores = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "Solo en 422: cada campo con sus errores."},
    )
    referencia = fields.String(
        metadata={"description": "Solo en 409 de un pago con `Idempotency-Key`: el que espera."}
    )
    pasarela = fields.String(
        metadata={"description": "Solo en 503 de un pago: otra pasarela con la que se puede pagar."}
    )
    consulta = fields.String(metadata={"description": "Dónde preguntar cómo va ese pago."})


class Message(Schema):
    """Describe an answer that only says what was done."""

    mensaje = fields.String(required=True)


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
