"""Fields that only operators send: hosts, fingerprints, colours, secrets, units."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from marshmallow import missing
from marshmallow.utils import get_value

from portal.api.fields import ApiField, Choice, Nested, StrictInteger, Text

MASK = "********"
LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
HOST_NAME = re.compile(rf"(?=.{{1,253}}$){LABEL}(?:\.{LABEL})*")
LOGIN_HOST = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|[^:\[\]]+)(?::(?P<port>[0-9]{1,5}))?")
FINGERPRINT = re.compile(r"[0-9a-f]{64}|(?:[0-9a-f]{2}:){31}[0-9a-f]{2}")
COLOUR = re.compile(r"#[0-9a-f]{6}")
KEY = re.compile(r"[A-Za-z0-9_-]{6,200}")
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


class Host(Text):
    """A host name, or an IPv4 or IPv6 address; in lower case."""

    default_error_messages = {  # noqa: RUF012
        "host": "debe ser un nombre de host o una dirección IP, sin http:// ni puerto"
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(253, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw).lower()
        if not is_host(text):
            raise self.make_error("host")
        return text


class LoginHost(Text):
    """A host of the router's login page, with its port where it is not the usual one."""

    default_error_messages = {"host": "debe ser un host, como 10.5.50.1 o wifi.example:8080"}  # noqa: RUF012

    def __init__(self, **options: Any) -> None:
        super().__init__(261, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw).lower()
        found = LOGIN_HOST.fullmatch(text)
        if not found or not is_host(found["host"].strip("[]")) or not _is_port(found["port"]):
            raise self.make_error("host")
        return text


class Fingerprint(Text):
    """The SHA-256 of a certificate: 64 hex digits, with or without colons."""

    default_error_messages = {"fingerprint": "debe ser una huella SHA-256 en hexadecimal"}  # noqa: RUF012

    def __init__(self, **options: Any) -> None:
        super().__init__(95, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw).lower()
        if not FINGERPRINT.fullmatch(text):
            raise self.make_error("fingerprint")
        return text


class Colour(Text):
    """A colour such as #0a84ff."""

    default_error_messages = {"colour": "debe ser un color como #0a84ff"}  # noqa: RUF012

    def __init__(self, **options: Any) -> None:
        super().__init__(7, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw).lower()
        if not COLOUR.fullmatch(text):
            raise self.make_error("colour")
        return text


class WebAddress(Text):
    """An absolute http or https address without credentials."""

    default_error_messages = {"address": "debe ser una dirección http:// o https://"}  # noqa: RUF012

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw)
        if not is_web_address(text):
            raise self.make_error("address")
        return text


class SecretText(Text):
    """A secret: read, and shown as a mask where one is stored.

    The mask itself, sent back as it was shown, leaves the secret as it is.
    """

    default_error_messages = {"mask": "debe enviarse completo"}  # noqa: RUF012

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kw: Any
    ) -> Any:
        """The secret, or nothing. Raises ValidationError."""
        if value == MASK:
            if self.required and kw.get("partial") is not True:
                raise self.make_error("mask")
            return missing
        return super().deserialize(value, attr, data, **kw)

    def serialize(self, attr: str, obj: Any, accessor: Any = None, **kw: Any) -> str | None:
        """The mask, without ever decrypting what is stored."""
        sealed = get_value(obj, f"{self.attribute or attr}_sealed")
        return None if sealed is None or sealed is missing else MASK


class GatewayKey(Text):
    """A key as the gateway's panel shows it."""

    default_error_messages = {"key": "debe copiarse tal como la muestra el panel de Conekta"}  # noqa: RUF012

    def __init__(self, **options: Any) -> None:
        super().__init__(200, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw)
        if not KEY.fullmatch(text):
            raise self.make_error("key")
        return text


class SecretGatewayKey(SecretText, GatewayKey):
    """A private key."""

    def __init__(self, **options: Any) -> None:
        GatewayKey.__init__(self, **options)


class Whole(Nested):
    """An object that is sent whole, also where its owner may be sent in part."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, partial: Any = None, **kw: Any
    ) -> Any:
        return super()._deserialize(value, attr, data, partial=False, **kw)


class Translated(Choice):
    """One of a few Spanish words, each standing for one of ours."""

    def __init__(self, words: Mapping[str, str], **options: Any) -> None:
        self._ours = dict(words)
        self._theirs = {ours: word for word, ours in words.items()}
        super().__init__(*words, **options)

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kw: Any
    ) -> Any:
        """Our word. Raises ValidationError."""
        word = super().deserialize(value, attr, data, **kw)
        return self._ours.get(word, word) if isinstance(word, str) else word

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kw: Any) -> str | None:
        return self._theirs.get(value)


class Scaled(StrictInteger):
    """A number of minutes or megabytes, kept in seconds or bytes."""

    def __init__(self, factor: int, most: int, **options: Any) -> None:
        self._factor = factor
        super().__init__(1, most, **options)

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kw: Any
    ) -> Any:
        """The number in the smaller unit. Raises ValidationError."""
        number = super().deserialize(value, attr, data, **kw)
        return number * self._factor if isinstance(number, int) else number

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kw: Any) -> int | None:
        return None if value is None else value // self._factor


class Moment(ApiField):
    """A day or a moment in ISO 8601, as an aware moment. A day is UTC's, its end with `ends`."""

    default_error_messages = {  # noqa: RUF012
        "invalid": "debe ser una fecha como 2025-01-31 o 2025-01-31T18:30:00Z"
    }

    def __init__(self, *, ends: bool = False, **options: Any) -> None:
        super().__init__(metadata={"type": "string", "example": "2025-01-31"}, **options)
        self._ends = ends

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> datetime:
        try:
            # In a query string the plus of an offset arrives as a blank.
            return self._moment(str(value).strip().replace(" ", "+"))
        except (ValueError, OverflowError):
            raise self.make_error("invalid") from None

    def _moment(self, text: str) -> datetime:
        if len(text) == len("2025-01-31"):
            day = datetime.combine(date.fromisoformat(text), time(), UTC)
            moment = day + timedelta(days=1) if self._ends else day
        else:
            moment = datetime.fromisoformat(text)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if not EARLIEST <= moment.date() <= LATEST:
            raise ValueError
        return moment.astimezone(UTC)


def is_host(text: str) -> bool:
    """Whether this is a host name or an IP address. A name that looks like IPv4 must be one."""
    if "%" in text:
        return False
    try:
        ip_address(text)
    except ValueError:
        last = text.rpartition(".")[2]
        return HOST_NAME.fullmatch(text) is not None and not last.isdigit()
    return True


def is_web_address(text: str) -> bool:
    """Whether a page may show an image from there."""
    if re.search(r"[\s\"'<>\\]", text):
        return False
    try:
        parts = urlsplit(text)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and named and "@" not in parts.netloc


def _is_port(text: str | None) -> bool:
    return text is None or 1 <= int(text) <= 65535
