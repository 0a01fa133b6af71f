"""Read hosts and web addresses."""

from __future__ import annotations

import re
from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

from portal.web.fields import Text, patterns

ASCII_LABEL = "[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
# Its last part begins with a letter, so that none takes it for a number.
NAME = f"(?:{ASCII_LABEL}\\.)*[A-Za-z_](?:[A-Za-z0-9_-]{{0,61}}[A-Za-z0-9_])?"
OCTETS = r"\.".join([f"(?:{patterns.integers(0, 255)})"] * 4)
PORT = f":(?:{patterns.integers(1, 65535)})"
PATH = rf"[/?#][^\s\"'<>\\{patterns.CONTROLS}]*"
LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
HOST_NAME = re.compile(rf"(?=.{{1,253}}$){LABEL}(?:\.{LABEL})*")
LOGIN_HOST = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|[^:\[\]]+)(?::(?P<port>[0-9]{1,5}))?")


class HostField(Text):
    """Read a host name or an IP address; in lower case, an IPv6 address as it is shortest.

    An IPv6 address may stand in the brackets of a web address.
    """

    default_error_messages = {  # noqa: RUF012
        "host": "debe ser un nombre de host o una dirección IP, sin http:// ni puerto"
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(253, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw).lower()
        if text.startswith("[") and text.endswith("]") and ":" in text:
            text = text[1:-1]
        if not is_host(text):
            raise self.make_error("host")
        return str(IPv6Address(text)) if ":" in text else text

    def documented(self) -> dict[str, Any]:
        """Say what kinds of host there are."""
        name_or_ipv4 = {"pattern": patterns.whole(f"{NAME}|{OCTETS}")}
        choices = [name_or_ipv4, {"format": "ipv6"}]
        null = [{"type": "null"}] if self.allow_none else []
        return {"anyOf": [*choices, *null], "example": "203.0.113.7"}


class LoginHost(Text):
    """Read a host of the router's login page, with its port where it is not the usual one."""

    default_error_messages = {"host": "debe ser un host, como 10.5.50.1 o wifi.example:8080"}  # noqa: RUF012

    def __init__(self, **options: Any) -> None:
        super().__init__(261, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw).lower()
        found = LOGIN_HOST.fullmatch(text)
        if not found or not is_host(found["host"].strip("[]")) or not _is_port(found["port"]):
            raise self.make_error("host")
        return text

    def documented(self) -> dict[str, Any]:
        """Say how host and port are written."""
        ipv6 = r"\[(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}\]"
        pattern = f"(?:{NAME}|{OCTETS}|{ipv6})(?:{PORT})?"
        return {"pattern": patterns.whole(pattern), "example": "10.5.50.1"}


class WebAddress(Text):
    """Read an absolute http or https address without credentials."""

    default_error_messages = {"address": "debe ser una dirección http:// o https://"}  # noqa: RUF012

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw)
        if not is_web_address(text):
            raise self.make_error("address")
        return text

    def documented(self) -> dict[str, Any]:
        """Say how it is written."""
        pattern = f"https?://(?:{NAME}|{OCTETS})(?:{PORT})?(?:{PATH})?"
        return {"format": "uri", "pattern": patterns.whole(pattern)}


def is_host(text: str) -> bool:
    """Tell whether this is a host name or an IP address. A name that looks like IPv4 must be one.

    So must `0x7f.1`, which name services read as an address too.
    """
    if "%" in text:
        return False
    try:
        ip_address(text)
    except ValueError:
        last = text.rpartition(".")[2]
        return HOST_NAME.fullmatch(text) is not None and not NUMBER.fullmatch(last)
    return True


def is_web_address(text: str) -> bool:
    """Tell whether a page may show an image from there."""
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
