"""Take apart what a sale is found by, and what somebody looks for, into the same small words.

Two kinds carry a sign, so that no other word is taken for them: `#4242` is the end of a card,
`$2000` an amount in centavos. They are looked for whole, all others by how they begin.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from portal.models import Sale

PIECE = re.compile(r"[^\W_]+")
# What the database would read as its own signs.
UNSAFE = re.compile(r"[\s'\\:&|!()<>*%]")
PART_OF_MAC = re.compile(r"[0-9a-f]{2}([:-][0-9a-f]{2})+[:-]?")
AMOUNT = re.compile(r"\$?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})(?:\.([0-9]{2}))?")
LAST4 = re.compile(r"[0-9]{4}")
LONGEST_WORD = 100


@dataclass(frozen=True)
class Sought:
    """Hold what one of a sale's words must be: begin so, or be one of these."""

    beginning: str | None
    exact: tuple[str, ...] = ()


def words_of(sale: Sale) -> str:
    """Give the words that a sale is found by, a space between two."""
    return " ".join(sorted(set(_words(sale))))


def sought(text: str) -> list[Sought]:
    """Take apart what somebody typed; a sale is found that has all of it. Empty: nothing is."""
    return [wanted for chunk in fold(text).split() for wanted in _of_chunk(chunk)]


def matches(words: str, wanted: list[Sought]) -> bool:
    """Tell whether a sale of these words is found, as the database would."""
    known = words.split()
    return bool(wanted) and all(
        any(
            word in each.exact or (each.beginning and word.startswith(each.beginning))
            for word in known
        )
        for each in wanted
    )


def fold(text: str) -> str:
    """Write it in small letters, without accents: people type names as they please."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def _words(sale: Sale) -> Iterator[str]:
    name, email = fold(sale.customer_name), fold(sale.customer_email)
    yield from (piece[:LONGEST_WORD] for piece in PIECE.findall(f"{name} {email}"))
    yield UNSAFE.sub("", email)[:LONGEST_WORD]
    if sale.customer_phone:
        yield from PIECE.findall(sale.customer_phone)
    if sale.mac:
        digits = sale.mac.replace(":", "").lower()
        yield from (digits[start:] for start in range(0, len(digits), 2))
    if sale.card_last4:
        yield f"#{sale.card_last4}"
    yield f"${sale.amount}"


def _of_chunk(chunk: str) -> Iterator[Sought]:
    if PART_OF_MAC.fullmatch(chunk):
        yield Sought(re.sub("[:-]", "", chunk))
    elif "@" in chunk:
        beginning = UNSAFE.sub("", chunk)[:LONGEST_WORD]
        yield Sought(beginning)
    else:
        exact = tuple(_exact(chunk))
        pieces = PIECE.findall(chunk)
        if exact and pieces != [chunk]:
            yield Sought(None, exact)
        else:
            yield from (Sought(piece[:LONGEST_WORD], exact) for piece in pieces)


def _exact(chunk: str) -> Iterator[str]:
    if LAST4.fullmatch(chunk):
        yield f"#{chunk}"
    if amount := AMOUNT.fullmatch(chunk):
        yield f"${int(amount[1].replace(',', '')) * 100 + int(amount[2] or 0)}"
