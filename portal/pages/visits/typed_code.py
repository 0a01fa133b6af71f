"""Read a code as people type and paste it: all that our pages show, copy and send is read."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from portal.access.desired_state import FEWEST_DIGITS, NAME_LENGTH, PASSWORD_DIGITS, READABLE
from portal.access.pin_density import LONGEST_PIN
from portal.vouchers.codes import PREFIX_LETTERS

LONGEST_TYPED = 100
# Half characters, which a browser never sends, are no letters here either.
PIECES = re.compile(r"[^\W_]+")
PIN = re.compile(rf"[0-9]{{{FEWEST_DIGITS},{LONGEST_PIN}}}")
PAIR = re.compile(rf"([{READABLE}]{{{NAME_LENGTH}}})([0-9]{{{PASSWORD_DIGITS}}})")
# A prefix that a batch of codes has: letters alone, so that it is known where the digits begin.
PREFIXED_PIN = re.compile(rf"[{PREFIX_LETTERS}]{{2,3}}[0-9]{{{FEWEST_DIGITS},{LONGEST_PIN + 1}}}")
PREFIXED_PAIR = re.compile(
    rf"([{PREFIX_LETTERS}]{{2,3}}[{READABLE}]{{{NAME_LENGTH}}})([0-9]{{{PASSWORD_DIGITS}}})"
)
# No name of ours holds the letters O and I, so where they are typed a digit was meant.
LOOKALIKES = str.maketrans("OI", "01")
# What stands beside the code on our pages and receipts, and is copied along.
LABELS = frozenset(
    ("tu", "your", "pin", "código", "code", "usuario", "user", "contraseña", "password")
)


@dataclass(frozen=True)
class TypedCode:
    """Hold what opens an access; of a PIN both are the same.

    `as_typed` is how it was spelt where it may be a code of another tool's, which are often small
    letters: only one that stands so on the router is looked for by it.
    """

    name: str = field(repr=False)
    password: str = field(repr=False)
    as_typed: str | None = field(default=None, repr=False, compare=False)

    @property
    def is_pin(self) -> bool:
        """Tell whether the name alone proves it."""
        return self.name == self.password and _is_pin(self.name)


def read_code(typed: str, password: str = "") -> TypedCode | None:
    """Read what stands in the code's field, and in the password's; None where nothing does."""
    if len(typed) > LONGEST_TYPED or len(password) > LONGEST_TYPED:
        return None
    pieces, secret = _pieces(typed), "".join(_pieces(password))
    if not pieces:
        return None
    whole = "".join(pieces)
    plain, hidden = (text.upper().translate(LOOKALIKES) for text in (whole, secret))
    pair = _pair(plain) or _pair(plain + hidden)
    if pair and hidden in ("", pair[2]):
        return TypedCode(pair[1], pair[2])
    if _is_pin(plain) and hidden in ("", plain):
        return TypedCode(plain, plain, whole)
    if len(pieces) == 2 and not secret:
        return TypedCode(*pieces)
    return TypedCode(whole, secret or whole, whole)


def _pair(text: str) -> re.Match[str] | None:
    return PAIR.fullmatch(text) or PREFIXED_PAIR.fullmatch(text)


def _is_pin(text: str) -> bool:
    return bool(PIN.fullmatch(text) or PREFIXED_PIN.fullmatch(text))


def _pieces(text: str) -> list[str]:
    """Split it at blanks and signs, the labels left out where anything else remains."""
    pieces = PIECES.findall(unicodedata.normalize("NFKC", text))
    return [piece for piece in pieces if piece.lower() not in LABELS]
