"""The schemas that all endpoints build on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, fields, pre_load

from portal.web.fields import ApiField, QueryInteger, messages


class BaseSchema(Schema):
    """Reads English aliases into the Spanish names, and complains in Spanish."""

    error_messages = messages.SCHEMA

    @pre_load
    def _read_aliases(self, data: Any, **_kw: Any) -> Any:
        if not isinstance(data, Mapping) or not self._aliases():
            return data
        renamed = {self._aliases()[name]: v for name, v in data.items() if name in self._aliases()}
        return renamed | {name: v for name, v in data.items() if name not in self._aliases()}

    def _aliases(self) -> dict[str, str]:
        return {
            field.alias: field.data_key or name
            for name, field in self.load_fields.items()
            if isinstance(field, ApiField) and field.alias
        }


class PublicSchema(BaseSchema):
    """What a portal page sends: fields that we do not know are ignored."""

    class Meta:
        unknown = EXCLUDE


class AdminSchema(BaseSchema):
    """What an operator sends: a field that we do not know is a mistake worth telling."""

    class Meta:
        unknown = RAISE


class PageQuery(AdminSchema):
    """Which part of a list."""

    limit = QueryInteger(1, 200, load_default=50)
    offset = QueryInteger(0, load_default=0)


class ErrorBody(Schema):
    """Every error's answer."""

    detail = fields.String(required=True, metadata={"description": "Qué pasó y qué hacer."})
    errores = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "Solo en 422: cada campo con sus errores."},
    )


class Message(Schema):
    """An answer that only says what was done."""

    mensaje = fields.String(required=True)
