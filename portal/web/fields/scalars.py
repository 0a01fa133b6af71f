"""Read plain values of what callers send: text, words, truths, numbers, addresses, tokens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Address
from typing import Any

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from marshmallow import ValidationError, fields, validate

from portal.web import messages
from portal.web.schemas import ApiField, extra_checks

BIGGEST_INTEGER = 2**31 - 1
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
UNPRINTABLE_LINES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
SPELLINGS = re.compile(
    r"[0-9A-F]{2}([:-]?)(?:[0-9A-F]{2}\1){4}[0-9A-F]{2}|(?:[0-9A-F]{4}\.){2}[0-9A-F]{4}"
)
LONGEST_EMAIL = 254
# A hostel's own network may well be called .local or .test: only the form of an address counts.
SPECIAL_USE_DOMAIN_NAMES.clear()
LONGEST_PHONE = 20
CARD_NUMBER = re.compile(r"(?:\d[ -]?){12,18}\d")
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
        self._strip = strip
        self._unprintable = UNPRINTABLE_LINES if lines else UNPRINTABLE

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if self._unprintable.search(value):
            raise self.make_error("characters")
        return value.strip() if self._strip else value


class Choice(ApiField, fields.String):
    """Read one of a few words."""

    def __init__(self, *words: str, **options: Any) -> None:
        allowed = "debe ser " + " o ".join(words)
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
    """Read a JSON integer between two bounds: neither 1.5 nor "5" nor true."""

    def __init__(self, least: int = 1, most: int = BIGGEST_INTEGER, **options: Any) -> None:
        self._bounds = f"debe ser un número entero entre {least} y {most}"
        bounds = validate.Range(least, most, error=self._bounds)
        super().__init__(strict=True, validate=[bounds, *extra_checks(options)], **options)
        self.error_messages["invalid"] = self._bounds

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> int:
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


class Mac(Text):
    """Read a MAC address in any usual spelling, as AA:BB:CC:DD:EE:FF."""

    default_error_messages = messages.MAC

    def __init__(self, **options: Any) -> None:
        super().__init__(17, shortest=12, strip=False, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw).upper()
        if not SPELLINGS.fullmatch(text):
            raise self.make_error("mac")
        digits = re.sub("[:.-]", "", text)
        return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


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


def refuse_card_number(token: str) -> None:
    """Refuse what looks like a card number in place of a token. Raises ValidationError."""
    if CARD_NUMBER.search(token):
        raise ValidationError(CARD_SENT)


def _length(shortest: int, longest: int) -> validate.Length:
    if shortest == longest:
        error = f"debe tener {longest} caracteres"
    else:
        error = f"debe tener entre {shortest} y {longest} caracteres"
    return validate.Length(min=shortest, max=longest, error=error)
