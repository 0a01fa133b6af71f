"""Read what is written and never read back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import missing
from marshmallow.utils import get_value

from portal.web.fields import Text, patterns

MASK = "********"
SHORTEST_SECRET = 16
KEY = re.compile(r"[A-Za-z0-9_-]{6,200}")


class SecretText(Text):
    """Read a secret, and show a mask where one is stored.

    The mask itself, sent back as it was shown, leaves the secret as it is.
    """

    default_error_messages = {"mask": "debe enviarse completo"}  # noqa: RUF012

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kw: Any
    ) -> Any:
        """Read the secret, or nothing. Raises ValidationError."""
        if value == MASK:
            if self.required and kw.get("partial") is not True:
                raise self.make_error("mask")
            return missing
        return super().deserialize(value, attr, data, **kw)

    def serialize(self, attr: str, obj: Any, accessor: Any = None, **kw: Any) -> str | None:
        """Show the mask, without ever decrypting what is stored."""
        sealed = get_value(obj, f"{self.attribute or attr}_sealed")
        return None if sealed is None or sealed is missing else MASK


class RouterPassword(SecretText):
    """Read a router's password, which may be empty, and is null where there is none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(128, shortest=0, strip=False, allow_none=True, **options)

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kw: Any
    ) -> Any:
        """Read it; the null that was shown leaves it as it is. Raises ValidationError."""
        return missing if value is None else super().deserialize(value, attr, data, **kw)


class SigningSecret(SecretText):
    """Read a secret by which others know what we sign: 16 characters at least, 200 at most."""

    default_error_messages = {"short": "debe tener al menos 16 caracteres"}  # noqa: RUF012

    def __init__(self, **options: Any) -> None:
        super().__init__(200, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw)
        if len(text) < SHORTEST_SECRET:
            raise self.make_error("short")
        return text

    def documented(self) -> dict[str, Any]:
        """Say how long it is; what it is covered with is shorter."""
        secret = patterns.text(SHORTEST_SECRET, stripped=True, lines=False)
        return {"pattern": f"{secret}|{patterns.whole(re.escape(MASK))}"}


class GatewayKey(Text):
    """Read a key as the gateway's panel shows it."""

    default_error_messages = {"key": "debe copiarse tal como la muestra el panel de la pasarela"}  # noqa: RUF012

    def __init__(self, **options: Any) -> None:
        super().__init__(200, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw)
        if not KEY.fullmatch(text):
            raise self.make_error("key")
        return text

    def documented(self) -> dict[str, Any]:
        """Say how it is written; where it is secret, what it is covered with."""
        pattern = KEY.pattern
        if isinstance(self, SecretText):
            pattern += "|" + re.escape(MASK)
        return {"pattern": patterns.whole(pattern)}


class SecretGatewayKey(SecretText, GatewayKey):
    """Read a private key."""

    def __init__(self, **options: Any) -> None:
        GatewayKey.__init__(self, **options)
