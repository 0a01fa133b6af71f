"""Give all endpoints the schemas and the field that theirs are built on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from marshmallow import EXCLUDE, RAISE, Schema, fields, pre_load, validate

from portal.web import messages

REFUSED = object()


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
    consulta = fields.String(metadata={"description": "Dónde preguntar cómo va ese pago."})


class Message(Schema):
    """Describe an answer that only says what was done."""

    mensaje = fields.String(required=True)
