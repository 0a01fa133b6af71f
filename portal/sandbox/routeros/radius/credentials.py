"""Bring a password to the server: as it is (PAP), or as the answer to a challenge (CHAP)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any

from portal.sandbox.routeros.login_pages.challenges import Challenge
from portal.sandbox.routeros.wire.framing import to_bytes


@dataclass(frozen=True)
class Pap:
    """Hold the password, hidden on the way by the secret alone."""

    password: str = field(repr=False)

    def fits(self, password: str) -> bool:
        """Tell whether a user of this password may come in."""
        return hmac.compare_digest(to_bytes(self.password), to_bytes(password))

    def enter(self, packet: Any) -> None:
        """Put it into a question."""
        packet["User-Password"] = packet.PwCrypt(to_bytes(self.password))


@dataclass(frozen=True)
class Chap:
    """Hold what a phone answered to the challenge that the login page showed it."""

    challenge: Challenge
    response: bytes = field(repr=False)

    @classmethod
    def of(cls, challenge: Challenge, password: str) -> Chap:
        """Give what a phone answers that knows the password."""
        raw = challenge.id + to_bytes(password) + challenge.challenge
        return cls(challenge, hashlib.md5(raw, usedforsecurity=False).digest())

    def fits(self, password: str) -> bool:
        """Tell whether a user of this password may come in."""
        return hmac.compare_digest(self.response, Chap.of(self.challenge, password).response)

    def enter(self, packet: Any) -> None:
        """Put it into a question."""
        packet["CHAP-Password"] = self.challenge.id + self.response
        packet["CHAP-Challenge"] = self.challenge.challenge


Credentials = Pap | Chap
