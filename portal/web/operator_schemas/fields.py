"""Read what only operators send: words and units of theirs, moments, marks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from portal.core.local_time import When
from portal.operators import rfc
from portal.web.fields import ApiField, Choice, Nested, StrictInteger, Text, patterns

FINGERPRINT = re.compile(r"[0-9A-Fa-f]{64}|(?:[0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2}")
COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
DAY = (
    r"20[0-9]{2}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|"
    r"(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|"
    r"20(?:[02468][048]|[13579][26])-02-29"
)
TIME = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9])?"


class Fingerprint(Text):
    """Read the SHA-256 of a certificate: 64 hex digits, with or without colons."""

    default_error_messages = {"fingerprint": "debe ser una huella SHA-256 en hexadecimal"}  # noqa: RUF012

    def __init__(self, **options: Any) -> None:
        super().__init__(95, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw)
        if not FINGERPRINT.fullmatch(text):
            raise self.make_error("fingerprint")
        return text.lower()

    def documented(self) -> dict[str, Any]:
        """Say how it is written."""
        return {"pattern": patterns.whole(FINGERPRINT.pattern)}


class Colour(Text):
    """Read a colour such as #0a84ff."""

    default_error_messages = {"colour": "debe ser un color como #0a84ff"}  # noqa: RUF012

    def __init__(self, **options: Any) -> None:
        super().__init__(7, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw)
        if not COLOUR.fullmatch(text):
            raise self.make_error("colour")
        return text.lower()

    def documented(self) -> dict[str, Any]:
        """Say how it is written."""
        return {"pattern": patterns.whole(COLOUR.pattern), "example": "#0a84ff"}


class Rfc(Text):
    """Read the RFC of whoever sells, as the SAT writes it; those of customers without one not."""

    default_error_messages = {  # noqa: RUF012
        "rfc": "debe ser un RFC de 12 o 13 caracteres, como viene en la constancia fiscal",
        "generic": "debe ser el RFC de quien vende: este es el genérico de los clientes",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(20, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = rfc.normalized(super()._deserialize(value, attr, data, **kw))
        if not rfc.is_rfc(text):
            raise self.make_error("rfc")
        if text in rfc.GENERIC:
            raise self.make_error("generic")
        return text

    def documented(self) -> dict[str, Any]:
        """Say how it is written, and which are nobody's."""
        nobodys = {"type": "string", "pattern": patterns.whole("|".join(sorted(rfc.GENERIC)))}
        written = {"pattern": patterns.whole(rfc.PATTERN), "example": "EKU9003173C9"}
        return {**written, "not": nobodys}


class Whole(Nested):
    """Read an object that is sent whole, also where its owner may be sent in part."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, partial: Any = None, **kw: Any
    ) -> Any:
        return super()._deserialize(value, attr, data, partial=False, **kw)


class Translated(Choice):
    """Read one of a few Spanish words, each standing for one of ours."""

    def __init__(self, words: Mapping[str, str], **options: Any) -> None:
        self._ours = dict(words)
        self._theirs = {ours: word for word, ours in words.items()}
        super().__init__(*words, **options)

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kw: Any
    ) -> Any:
        """Read our word. Raises ValidationError."""
        word = super().deserialize(value, attr, data, **kw)
        return self._ours.get(word, word) if isinstance(word, str) else word

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kw: Any) -> str | None:
        return self._theirs.get(value)


class Scaled(StrictInteger):
    """Read a number of minutes, megabytes or percent, kept in seconds, bytes or basis points."""

    def __init__(self, factor: int, most: int, *, least: int = 1, **options: Any) -> None:
        self._factor = factor
        super().__init__(least, most, **options)

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kw: Any
    ) -> Any:
        """Read the number in the smaller unit. Raises ValidationError."""
        number = super().deserialize(value, attr, data, **kw)
        return number * self._factor if isinstance(number, int) else number

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kw: Any) -> int | None:
        return None if value is None else value // self._factor


class MomentField(ApiField):
    """Read a day or a moment in ISO 8601. Whose day it is, is for who reads it to say."""

    default_error_messages = {  # noqa: RUF012
        "invalid": "debe ser una fecha como 2025-01-31 o 2025-01-31T18:30:00Z"
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> When:
        try:
            # In a query string the plus of an offset arrives as a blank.
            return _when(str(value).strip().replace(" ", "+"))
        except ValueError:
            raise self.make_error("invalid") from None

    def documented(self) -> dict[str, Any]:
        """Say how days and moments are written."""
        pattern = patterns.whole(f"(?:{DAY})(?:{TIME})?")
        return {"type": "string", "pattern": pattern, "example": "2025-01-31"}


def _when(text: str) -> When:
    """Read the day or the moment. Raises ValueError."""
    if len(text) == len("2025-01-31"):
        day = when = date.fromisoformat(text)
    else:
        when = datetime.fromisoformat(text)
        day = when.date()
    if not EARLIEST <= day <= LATEST:
        raise ValueError
    return when
