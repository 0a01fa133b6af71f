"""Answer CHAP as a hotspot's login form does, worked out on the server.

The router's template variables write bytes as octal escapes, `\\371\\015` (the router's
documentation); a password is answered as md5(id + password + challenge).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import md5

ESCAPED = re.compile(r"\\([0-3][0-7]{2})")
ID_BYTES, CHALLENGE_BYTES = 1, 16


@dataclass(frozen=True)
class Challenge:
    """Hold one that a router gave, id and challenge as hexadecimal digits."""

    id: str
    challenge: str

    def answer(self, password: str) -> str:
        """Give what to send in place of the password."""
        asked = bytes.fromhex(self.id) + password.encode() + bytes.fromhex(self.challenge)
        # The hash is the protocol's choice; what protects the password is https or a cable.
        return md5(asked, usedforsecurity=False).hexdigest()


def read_challenge(chap_id: str | None, challenge: str | None) -> Challenge | None:
    """Read the challenge in the router's writing; None where it is none."""
    one, other = _decode(chap_id), _decode(challenge)
    if len(one) != ID_BYTES or len(other) != CHALLENGE_BYTES:
        return None
    return Challenge(one.hex(), other.hex())


def _decode(text: str | None) -> bytes:
    plain = ESCAPED.sub(lambda found: chr(int(found[1], 8)), text or "")
    try:
        return plain.encode("latin-1")
    except UnicodeEncodeError:
        return b""
