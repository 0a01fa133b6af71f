"""Answer with lists, a part at a time, and with rows that an answer adds something to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from portal.models import Base
from portal.operators.lookup import ListPage


class PageAnswer(Schema):
    """Describe part of a list; `total` is how long the whole is."""

    total = fields.Integer(required=True)
    limit = fields.Integer(required=True)
    offset = fields.Integer(required=True)


def page_schema(plural: str, schema: type[Schema]) -> type[Schema]:
    """Make the schema of a list's answer, its items under `plural`."""
    name = schema.__name__.removesuffix("Schema") + "Page"
    items = fields.List(fields.Nested(schema), required=True)
    return PageAnswer.from_dict({plural: items}, name=name)


def page_answer(plural: str, page: ListPage[Any], query: Mapping[str, Any]) -> dict[str, Any]:
    """Answer `query`, which holds `limit` and `offset`, with a part of a list."""
    return {
        "total": page.total,
        "limit": query["limit"],
        "offset": query["offset"],
        plural: page.rows,
    }


def columns_of(row: Base) -> dict[str, Any]:
    """Give what stands in a row, secrets still sealed."""
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}
