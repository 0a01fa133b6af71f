"""How a customer and a device are reached."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Address
from typing import Any

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from portal.web.fields import messages
from portal.web.fields.text import Text

SPELLINGS = re.compile(
    r"[0-9A-F]{2}([:-]?)(?:[0-9A-F]{2}\1){4}[0-9A-F]{2}|(?:[0-9A-F]{4}\.){2}[0-9A-F]{4}"
)
LONGEST_EMAIL = 254
# A hostel's own network may well be called .local or .test: only the form of an address counts.
SPECIAL_USE_DOMAIN_NAMES.clear()
LONGEST_PHONE = 20


class Email(Text):
    """An e-mail address as mail servers everywhere take it, at most 254 characters."""

    default_error_messages = messages.EMAIL

    def __init__(self, **options: Any) -> None:
        super().__init__(LONGEST_EMAIL, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw)
        if len(text) > LONGEST_EMAIL:
            raise self.make_error("email")
        try:
            found = validate_email(
                text, check_deliverability=False, allow_smtputf8=False, strict=True
            )
        except EmailNotValidError as error:
            raise self.make_error("email") from error
        return found.ascii_email or found.normalized


class Phone(Text):
    """A telephone number in any spelling; its digits and a leading + remain, 20 at most.

    Null where no digit remains.
    """

    default_error_messages = messages.PHONE

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
        if len(number) > LONGEST_PHONE:
            raise self.make_error("long")
        return number if digits else None


class Mac(Text):
    """A MAC address in any usual spelling, as AA:BB:CC:DD:EE:FF."""

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
    """An IPv4 address in dotted form."""

    default_error_messages = messages.IPV4

    def __init__(self, **options: Any) -> None:
        super().__init__(15, shortest=7, strip=False, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw)
        try:
            return str(IPv4Address(text))
        except ValueError as error:
            raise self.make_error("ip") from error
