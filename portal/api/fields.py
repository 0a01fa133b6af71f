"""Fields of what callers send: strict about types, complaining in Spanish.

A complaint is a predicate ("es obligatorio"): the answer puts the field's name before it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from ipaddress import IPv4Address
from typing import Any

from email_validator import EmailNotValidError, validate_email
from marshmallow import Schema, fields, validate

BIGGEST_INTEGER = 2**31 - 1
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
UNPRINTABLE_LINES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
MAC = re.compile(
    r"[0-9A-F]{2}([:-]?)(?:[0-9A-F]{2}\1){4}[0-9A-F]{2}|(?:[0-9A-F]{4}\.){2}[0-9A-F]{4}"
)
MONEY = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
REFUSED = object()


class ApiField(fields.Field[Any]):
    """What all our fields share.

    `alias` is an English name that is accepted too; `blank` is what null and "" stand for
    (without it they are refused, or null is let through by `allow_none`).
    """

    default_error_messages = {  # noqa: RUF012
        "required": "es obligatorio",
        "null": "no puede ser nulo",
        "validator_failed": "no es válido",
        "invalid": "no es válido",
    }

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
        """The value, checked. Raises ValidationError."""
        if self.blank is not REFUSED and (value is None or value == ""):
            return self.blank
        return super().deserialize(value, attr, data, **kw)


class Text(ApiField, fields.String):
    """Text that a database and a router can keep: no control characters, no half characters.

    Outer blanks are dropped unless `strip` is false; `lines` lets line breaks and tabs through.
    Lengths in characters.
    """

    default_error_messages = {  # noqa: RUF012
        "invalid": "debe ser un texto",
        "characters": "contiene caracteres que no se permiten",
    }

    def __init__(
        self,
        longest: int,
        *,
        shortest: int = 1,
        strip: bool = True,
        lines: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(validate=[_length(shortest, longest), *_checks(options)], **options)
        self._strip = strip
        self._unprintable = UNPRINTABLE_LINES if lines else UNPRINTABLE

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if self._unprintable.search(value):
            raise self.make_error("characters")
        return value.strip() if self._strip else value


class StrictInteger(ApiField, fields.Integer):
    """A JSON integer between two bounds: neither 1.5 nor "5" nor true."""

    def __init__(self, least: int = 1, most: int = BIGGEST_INTEGER, **options: Any) -> None:
        self._bounds = f"debe ser un número entero entre {least} y {most}"
        bounds = validate.Range(least, most, error=self._bounds)
        super().__init__(strict=True, validate=[bounds, *_checks(options)], **options)
        self.error_messages["invalid"] = self._bounds

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid")
        return value


class QueryInteger(StrictInteger):
    """An integer in a query string, where everything is text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> int:
        if not isinstance(value, str) or not re.fullmatch(r"-?[0-9]{1,18}", value):
            raise self.make_error("invalid")
        return int(value)


class Flag(ApiField, fields.Boolean):
    """true or false, and nothing that resembles them."""

    default_error_messages = {"invalid": "debe ser verdadero o falso"}  # noqa: RUF012

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Choice(ApiField, fields.String):
    """One of a few words."""

    def __init__(self, *words: str, **options: Any) -> None:
        allowed = "debe ser " + " o ".join(words)
        super().__init__(validate=[validate.OneOf(words, error=allowed)], **options)
        self.error_messages["invalid"] = allowed


class Email(Text):
    """An e-mail address as mail servers everywhere take it, at most 254 characters."""

    default_error_messages = {"email": "debe ser un correo electrónico válido"}  # noqa: RUF012

    def __init__(self, **options: Any) -> None:
        super().__init__(254, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw)
        try:
            found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
        except EmailNotValidError as error:
            raise self.make_error("email") from error
        return found.ascii_email or found.normalized


class Phone(Text):
    """A telephone number in any spelling; its digits and a leading + remain, 20 at most.

    Null where no digit remains.
    """

    default_error_messages = {"long": "debe tener 20 dígitos como máximo"}  # noqa: RUF012

    def __init__(self, **options: Any) -> None:
        super().__init__(60, shortest=0, **{"allow_none": True, **options})

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kw: Any
    ) -> str | None:
        """The number, or null. Raises ValidationError."""
        text = super().deserialize(value, attr, data, **kw)
        if not isinstance(text, str):
            return None
        digits = re.sub(r"[^0-9]", "", text)
        number = "+" + digits if text.startswith("+") else digits
        if len(number) > 20:
            raise self.make_error("long")
        return number if digits else None


class Mac(Text):
    """A MAC address in any usual spelling, as AA:BB:CC:DD:EE:FF."""

    default_error_messages = {"mac": "debe ser una dirección MAC"}  # noqa: RUF012

    def __init__(self, **options: Any) -> None:
        super().__init__(17, shortest=12, strip=False, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw).upper()
        if not MAC.fullmatch(text):
            raise self.make_error("mac")
        digits = re.sub("[:.-]", "", text)
        return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


class IPv4(Text):
    """An IPv4 address in dotted form."""

    default_error_messages = {"ip": "debe ser una dirección IPv4"}  # noqa: RUF012

    def __init__(self, **options: Any) -> None:
        super().__init__(15, shortest=7, strip=False, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw)
        try:
            return str(IPv4Address(text))
        except ValueError as error:
            raise self.make_error("ip") from error


class Money(ApiField, fields.Field[Any]):
    """An amount: "20.00" on the wire (20 and 20.5 are read too), centavos inside."""

    default_error_messages = {"invalid": "debe ser un importe con dos decimales"}  # noqa: RUF012

    def __init__(self, least: int = 0, most: int = BIGGEST_INTEGER, **options: Any) -> None:
        error = f"debe estar entre {pesos(least)} y {pesos(most)}"
        bounds = validate.Range(least, most, error=error)
        super().__init__(validate=[bounds, *_checks(options)], **options)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kw: Any) -> str | None:
        return None if value is None else pesos(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
            raise self.make_error("invalid")
        # A number like 1e30 does not match, in whichever way it was written.
        if not MONEY.fullmatch(str(value)):
            raise self.make_error("invalid")
        return int(Decimal(value) * 100)


class Nested(ApiField, fields.Nested):
    """An object with a schema of its own."""

    default_error_messages = {"type": "debe ser un objeto"}  # noqa: RUF012

    def __init__(self, nested: type[Schema], **options: Any) -> None:
        super().__init__(nested=nested, **options)


class ListOf(ApiField, fields.List[Any]):
    """A list, at most so long."""

    default_error_messages = {"invalid": "debe ser una lista"}  # noqa: RUF012

    def __init__(self, item: fields.Field[Any], longest: int, **options: Any) -> None:
        error = f"debe tener {longest} elementos como máximo"
        limit = validate.Length(max=longest, error=error)
        super().__init__(cls_or_instance=item, validate=[limit, *_checks(options)], **options)


def pesos(centavos: int) -> str:
    """Centavos as the decimal text of the contract, "20.00"."""
    return f"{centavos // 100}.{centavos % 100:02d}"


def _length(shortest: int, longest: int) -> validate.Length:
    if shortest == longest:
        error = f"debe tener {longest} caracteres"
    else:
        error = f"debe tener entre {shortest} y {longest} caracteres"
    return validate.Length(min=shortest, max=longest, error=error)


def _checks(options: dict[str, Any]) -> Sequence[Any]:
    found = options.pop("validate", None) or []
    return found if isinstance(found, (list, tuple)) else [found]
