"""Read amounts of money, and numbers that stand in a query."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from marshmallow import fields

from portal.web import messages
from portal.web.fields import patterns
from portal.web.fields.scalars import BIGGEST_INTEGER, StrictInteger
from portal.web.schemas import AdminSchema, ApiField, BaseSchema

OURS = patterns.whole(r"-?[0-9]+\.[0-9]{2}")
AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")


class QueryInteger(StrictInteger):
    """Read an integer in a query string, where everything is text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> int:
        if not isinstance(value, str) or not re.fullmatch(r"-?[0-9]{1,18}", value):
            raise self.make_error("invalid")
        return int(value)


class PageQuery(AdminSchema):
    """Say which part of a list is asked for."""

    limit = QueryInteger(1, 200, load_default=50)
    offset = QueryInteger(0, load_default=0)


class Money(ApiField, fields.Field[Any]):
    """Read an amount: "20.00" on the wire (20 and 20.5 too), centavos inside and as bounds."""

    default_error_messages = messages.MONEY

    def __init__(self, least: int = 0, most: int = BIGGEST_INTEGER, **options: Any) -> None:
        super().__init__(**options)
        self._least, self._most = least, most
        self.error_messages["bounds"] = f"debe estar entre {pesos(least)} y {pesos(most)}"

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kw: Any) -> str | None:
        return None if value is None else pesos(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
            raise self.make_error("invalid")
        # A number like 1e30 does not match, in whichever way it was written.
        if not AMOUNT.fullmatch(str(value)):
            raise self.make_error("invalid")
        centavos = int(Decimal(value) * 100)
        if not self._least <= centavos <= self._most:
            raise self.make_error("bounds")
        return centavos

    def documented(self) -> dict[str, Any]:
        """Say how amounts are written: as text, which holds their decimals exactly."""
        is_read = isinstance(self.parent, BaseSchema)
        pattern = patterns.amounts(self._least, self._most) if is_read else OURS
        return {"format": "decimal", "pattern": pattern, "example": "20.00"}


def pesos(centavos: int) -> str:
    """Write centavos as the decimal text of the contract, "20.00"."""
    return f"{centavos // 100}.{centavos % 100:02d}"
