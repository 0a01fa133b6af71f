"""Read plain values of what callers send: text, words, truths, numbers, addresses, tokens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from ipaddress import IPv4Address
from typing import Any, ClassVar

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from marshmallow import ValidationError, fields, validate

from portal.web import messages
from portal.web.fields import patterns
from portal.web.schemas import ApiField, extra_checks

BIGGEST_INTEGER = 2**31 - 1
UNPRINTABLE = re.compile(rf"[{patterns.CONTROLS}\ud800-\udfff]")
UNPRINTABLE_LINES = re.compile(rf"[{patterns.CONTROLS_BUT_LINES}\ud800-\udfff]")
SPELLINGS = re.compile(
    "(?:{0}{0}:){{5}}{0}{0}|(?:{0}{0}-){{5}}{0}{0}|{0}{{12}}|(?:{0}{{4}}[.]){{2}}{0}{{4}}".format(
        "[0-9A-Fa-f]"
    )
)
MOST_DIGITS = 18
LONGEST_EMAIL = 254
# A hostel's own network may well be called .local or .test: only the form of an address counts.
SPECIAL_USE_DOMAIN_NAMES.clear()
LONGEST_PHONE = 20
# A leading plus, and as many digits as are kept; what else may stand between them is not told.
PHONE = r"(?:\+(?:[ ().-]*[0-9]){1,19}|[ ().-]*[0-9](?:[ ().-]*[0-9]){0,19})[ ().-]*"
CARD_NUMBER = re.compile(r"(?:\d[ -]?){12,18}\d")
# A token of hex digits, with its card's brand behind it or without, may hold as many decimal ones
# in a row by chance; one of decimal digits alone is none of them.
NO_TOKEN = re.compile(r"^(?!(?=\d*[a-f])[0-9a-f]{32}(?:\.[a-z_]{2,20})?$).*" + CARD_NUMBER.pattern)
CARD_SENT = "parece un número de tarjeta: envíe solo el token que crea la pasarela en el navegador"


class Text(ApiField, fields.String):
    """Read text that a database and a router can keep: no control or half characters.

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
        self._shortest, self._strip, self._lines = shortest, strip, lines
        self._unprintable = UNPRINTABLE_LINES if lines else UNPRINTABLE

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if self._unprintable.search(value):
            raise self.make_error("characters")
        return value.strip() if self._strip else value

    def documented(self) -> dict[str, Any]:
        """Say which characters are taken."""
        pattern = patterns.text(self._shortest, stripped=self._strip, lines=self._lines)
        return {"pattern": pattern} | super().documented()


class Choice(ApiField, fields.String):
    """Read one of a few words; of many, `complaint` says what they are."""

    def __init__(self, *words: str, complaint: str = "", **options: Any) -> None:
        allowed = complaint or "debe ser " + " o ".join(words)
        super().__init__(validate=[validate.OneOf(words, error=allowed)], **options)
        self.error_messages["invalid"] = allowed


class Flag(ApiField, fields.Boolean):
    """Read true or false, and nothing that resembles them."""

    default_error_messages = messages.FLAG

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class StrictInteger(ApiField, fields.Integer):
    """Read a JSON integer between two bounds: neither 1.5 nor "5" nor true.

    1.0 is one too: JSON has one kind of number, and JSON Schema calls it an integer.
    """

    def __init__(self, least: int = 1, most: int = BIGGEST_INTEGER, **options: Any) -> None:
        self._bounds = f"debe ser un número entero entre {least} y {most}"
        bounds = validate.Range(least, most, error=self._bounds)
        super().__init__(strict=True, validate=[bounds, *extra_checks(options)], **options)
        self.error_messages["invalid"] = self._bounds

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> int:
        if isinstance(value, Decimal) and _is_whole(value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid")
        return value


class Email(Text):
    """Read an e-mail address as mail servers everywhere take it, at most 254 characters."""

    default_error_messages = messages.EMAIL

    def __init__(self, **options: Any) -> None:
        super().__init__(LONGEST_EMAIL, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw)
        # No address has an encoded word (RFC 2047, 5): mail programs would read another there.
        if len(text) > LONGEST_EMAIL or "=?" in text:
            raise self.make_error("email")
        try:
            found = validate_email(
                text, check_deliverability=False, allow_smtputf8=False, strict=True
            )
        except EmailNotValidError as error:
            raise self.make_error("email") from error
        return found.ascii_email or found.normalized

    def documented(self) -> dict[str, Any]:
        """Say what kind of text it is."""
        return {"format": "email"}


class Phone(Text):
    """Read a telephone number in any spelling; its digits and a leading + remain, 20 at most.

    Null where no digit remains.
    """

    default_error_messages = messages.PHONE

    def __init__(self, **options: Any) -> None:
        super().__init__(60, shortest=0, **{"allow_none": True, **options})

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kw: Any
    ) -> str | None:
        """Read the number, or null. Raises ValidationError."""
        text = super().deserialize(value, attr, data, **kw)
        if not isinstance(text, str):
            return None
        digits = re.sub(r"[^0-9]", "", text)
        number = "+" + digits if text.startswith("+") else digits
        if len(number) > LONGEST_PHONE:
            raise self.make_error("long")
        return number if digits else None

    def documented(self) -> dict[str, Any]:
        """Say how numbers are usually written."""
        return {"pattern": patterns.whole(PHONE), "example": "5512345678"}


class Mac(Text):
    """Read a MAC address in any usual spelling, as AA:BB:CC:DD:EE:FF."""

    default_error_messages = messages.MAC

    def __init__(self, **options: Any) -> None:
        super().__init__(17, shortest=12, strip=False, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw)
        if not SPELLINGS.fullmatch(text):
            raise self.make_error("mac")
        digits = re.sub("[:.-]", "", text.upper())
        return ":".join(digits[at : at + 2] for at in range(0, 12, 2))

    def documented(self) -> dict[str, Any]:
        """Say which spellings are taken."""
        pattern = patterns.whole(SPELLINGS.pattern)
        return {"format": "mac", "pattern": pattern, "example": "AA:BB:CC:DD:EE:FF"}


class IPv4(Text):
    """Read an IPv4 address in dotted form."""

    default_error_messages = messages.IPV4

    def __init__(self, **options: Any) -> None:
        super().__init__(15, shortest=7, strip=False, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw)
        try:
            return str(IPv4Address(text))
        except ValueError as error:
            raise self.make_error("ip") from error

    def documented(self) -> dict[str, Any]:
        """Say what kind of text it is."""
        return {"format": "ipv4", "example": "192.168.88.100"}


class NoCardNumber(validate.Validator):
    """Refuse what looks like a card number in place of a token."""

    documented: ClassVar[dict[str, Any]] = {"not": {"pattern": NO_TOKEN.pattern}}

    def __call__(self, token: str) -> str:
        """Let the token through. Raises ValidationError."""
        if NO_TOKEN.search(token):
            raise ValidationError(CARD_SENT)
        return token


refuse_card_number = NoCardNumber()


def _is_whole(number: Decimal) -> bool:
    """Whether it is an integer of no more digits than any field takes."""
    return number.adjusted() < MOST_DIGITS and number == number.to_integral_value()


def _length(shortest: int, longest: int) -> validate.Length:
    if shortest == longest:
        error = f"debe tener {longest} caracteres"
    else:
        error = f"debe tener entre {shortest} y {longest} caracteres"
    return validate.Length(min=shortest, max=longest, error=error)
