"""Tell what changed in RouterOS from which version on."""

from __future__ import annotations

import re

Version = tuple[int, ...]

# RouterOS documentation: the API's page and the changelogs.
PLAIN_LOGIN: Version = (6, 43)
CHALLENGE_LOGIN_GONE: Version = (6, 45, 1)
ISO_DATES: Version = (7, 10)
EMPTY_REPLY: Version = (7, 18)
# RADIUS logins are signed, and answers have to be.
SIGNED_RADIUS: Version = (7, 15)


def parse_version(text: str) -> Version:
    """Read `7.20.8`, `6.49.10` or `7.22beta1` as numbers; raises ValueError."""
    match = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    if match is None:
        raise ValueError(f"not a RouterOS version: {text}")
    return tuple(int(part) for part in match.groups() if part is not None)
