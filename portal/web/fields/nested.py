"""Read objects and lists within objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from portal.web import messages
from portal.web.schemas import ApiField, extra_checks


class Nested(ApiField, fields.Nested):
    """Read an object with a schema of its own."""

    default_error_messages = messages.NESTED

    def __init__(self, nested: type[Schema], **options: Any) -> None:
        super().__init__(nested=nested, **options)

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, partial: Any = None, **kw: Any
    ) -> Any:
        if not isinstance(value, Mapping):
            raise self.make_error("type")
        return super()._deserialize(value, attr, data, partial=partial, **kw)


class ListOf(ApiField, fields.List[Any]):
    """Read a list, at most so long."""

    default_error_messages = messages.LIST

    def __init__(self, item: fields.Field[Any], longest: int, **options: Any) -> None:
        error = f"debe tener {longest} elementos como máximo"
        limit = validate.Length(max=longest, error=error)
        super().__init__(cls_or_instance=item, validate=[limit, *extra_checks(options)], **options)
