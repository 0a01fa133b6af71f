"""Read a code as people type and paste it: all that our pages show, copy and send is read."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from portal.access.credentials import FEWEST_DIGITS, NAME_LENGTH, PASSWORD_DIGITS, READABLE
from portal.access.pin_density import LONGEST_PIN

LONGEST_TYPED = 100
# Half characters, which a browser never sends, are no letters here either.
PIECES = re.compile(r"[^\W_]+")
PIN = re.compile(rf"[0-9]{{{FEWEST_DIGITS},{LONGEST_PIN}}}")
PAIR = re.compile(rf"([{READABLE}]{{{NAME_LENGTH}}})([0-9]{{{PASSWORD_DIGITS}}})")
# No name of ours holds the letters O and I, so where they are typed a digit was meant.
LOOKALIKES = str.maketrans("OI", "01")
# What stands beside the code on our pages and receipts, and is copied along.
LABELS = frozenset(
    ("tu", "your", "pin", "código", "code", "usuario", "user", "contraseña", "password")
)


@dataclass(frozen=True)
class TypedCode:
    """Hold what opens an access; of a PIN both are the same."""

    name: str = field(repr=False)
    password: str = field(repr=False)

    @property
    def is_pin(self) -> bool:
        """Tell whether the name alone proves it."""
        return self.name == self.password and self.name.isdecimal()


def read_code(typed: str, password: str = "") -> TypedCode | None:
    """Read what stands in the code's field, and in the password's; None where nothing does."""
    if len(typed) > LONGEST_TYPED or len(password) > LONGEST_TYPED:
        return None
    pieces, secret = _pieces(typed), "".join(_pieces(password))
    if not pieces:
        return None
    whole = "".join(pieces)
    plain, hidden = (text.upper().translate(LOOKALIKES) for text in (whole, secret))
    pair = PAIR.fullmatch(plain) or PAIR.fullmatch(plain + hidden)
    if pair and hidden in ("", pair[2]):
        return TypedCode(pair[1], pair[2])
    if PIN.fullmatch(plain) and hidden in ("", plain):
        return TypedCode(plain, plain)
    if len(pieces) == 2 and not secret:
        return TypedCode(*pieces)
    return TypedCode(whole, secret or whole)


def _pieces(text: str) -> list[str]:
    """Split it at blanks and signs, the labels left out where anything else remains."""
    pieces = PIECES.findall(unicodedata.normalize("NFKC", text))
    return [piece for piece in pieces if piece.lower() not in LABELS]
