"""Draw codes that people type on a phone, from a cryptographic source."""

from __future__ import annotations

import secrets

READABLE = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
DIGITS = "0123456789"
# How often credentials are drawn anew when a name is taken.
NAME_DRAWS = 8
FEWEST_DIGITS = 6
NAME_LENGTH, PASSWORD_DIGITS = 6, 4


def draw_credentials(kind: str, pin_digits: int | None = None) -> tuple[str, str]:
    """Give a hotspot name and password: `user_password` 6 characters and 4 digits; `pin` as many
    digits as it is told, 6 where it is not.

    The letters and digits that are mistaken for one another (0 O 1 I) are left out of names.
    """
    if kind == "pin":
        pin = _draw(DIGITS, pin_digits or FEWEST_DIGITS)
        return pin, pin
    return _draw(READABLE, NAME_LENGTH), _draw(DIGITS, PASSWORD_DIGITS)


def _draw(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))
