"""Text, words and true or false."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import fields, validate

from portal.web.fields import messages
from portal.web.fields.base import ApiField, extra_checks

UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
UNPRINTABLE_LINES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class Text(ApiField, fields.String):
    """Text that a database and a router can keep: no control characters, no half characters.

    Outer blanks are dropped unless `strip` is false; `lines` lets line breaks and tabs through.
    Lengths in characters.
    """

    default_error_messages = messages.TEXT

    def __init__(
        self,
        longest: int,
        *,
        shortest: int = 1,
        strip: bool = True,
        lines: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(validate=[_length(shortest, longest), *extra_checks(options)], **options)
        self._strip = strip
        self._unprintable = UNPRINTABLE_LINES if lines else UNPRINTABLE

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if self._unprintable.search(value):
            raise self.make_error("characters")
        return value.strip() if self._strip else value


class Choice(ApiField, fields.String):
    """One of a few words."""

    def __init__(self, *words: str, **options: Any) -> None:
        allowed = "debe ser " + " o ".join(words)
        super().__init__(validate=[validate.OneOf(words, error=allowed)], **options)
        self.error_messages["invalid"] = allowed


class Flag(ApiField, fields.Boolean):
    """true or false, and nothing that resembles them."""

    default_error_messages = messages.FLAG

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


def _length(shortest: int, longest: int) -> validate.Length:
    if shortest == longest:
        error = f"debe tener {longest} caracteres"
    else:
        error = f"debe tener entre {shortest} y {longest} caracteres"
    return validate.Length(min=shortest, max=longest, error=error)
