"""Log in to the API, in the ways of old and new versions (RouterOS documentation)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable

from portal.sandbox.routeros.menus.errors import Trap
from portal.sandbox.routeros.menus.versions import CHALLENGE_LOGIN_GONE, PLAIN_LOGIN, Version
from portal.sandbox.routeros.wire.framing import to_bytes


class Login:
    """Log one connection in: in clear since 6.43, by challenge and response before 6.45.1."""

    def __init__(self, password_of: Callable[[str], str | None], version: Version) -> None:
        self.done = False
        self.name = ""
        self._password_of = password_of
        self._version = version
        self._challenge = b""

    def attempt(self, args: dict[str, str]) -> str | None:
        """Take a `/login`. Returns the challenge where one is due; raises Trap when refused."""
        if self._version < CHALLENGE_LOGIN_GONE and "response" in args:
            good = self._challenge != b"" and self._fits(args, "response", self._response)
        elif self._version < PLAIN_LOGIN or (
            self._version < CHALLENGE_LOGIN_GONE and "password" not in args
        ):
            self._challenge = secrets.token_bytes(16)
            return self._challenge.hex()
        else:
            good = self._fits(args, "password", to_bytes)
        if not good:
            raise self.refusal()
        self.done, self.name = True, args["name"]
        return None

    def refusal(self) -> Trap:
        """Tell how this version says that user or password are wrong."""
        old = self._version < PLAIN_LOGIN
        return Trap("cannot log in" if old else "invalid user name or password (6)", None)

    def _fits(self, args: dict[str, str], key: str, expected: Callable[[str], bytes]) -> bool:
        password = self._password_of(args.get("name", ""))
        return password is not None and _same(args.get(key, ""), expected(password))

    def _response(self, password: str) -> bytes:
        raw = b"\0" + to_bytes(password) + self._challenge
        return b"00" + hashlib.md5(raw, usedforsecurity=False).hexdigest().encode()


def _same(given: str, expected: bytes) -> bool:
    return hmac.compare_digest(to_bytes(given), expected)
