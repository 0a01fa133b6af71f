"""Refuse passwords that are guessed among the first: common words, rows of keys, one's own name.

What is left of a password without them has to be long enough by itself, so neither `Password2026!`
nor an e-mail address with a digit behind it is one. Length alone is the contract's (ten).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from portal.core.errors import Invalid

WORDS_FILE = Path(__file__).with_name("common_words.txt")
ROWS = (
    *("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"),
    *("1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "qazwsxedcrfvtgbyhnujm", "147258369"),
)
RUN = 4
SHORTEST_OWN = 4
REPEATED = re.compile(r"(.{1,5}?)\1{2,}|(.{4,})\2")
YEAR = re.compile(r"(?:19|20)\d\d")
DIGIT_WORTH, LEAST = 0.5, 6.0
# Who writes pa$$w0rd is guessed as fast.
LOOKALIKES = str.maketrans("013457@$!", "oieastasi")
WEAK = (
    "Esa contraseña es de las que se adivinan pronto. Use varias palabras que no vayan juntas de "
    "costumbre, sin su correo, su nombre ni el de su empresa."
)


def check(password: str, own: Iterable[str | None], field: str = "password") -> None:
    """Refuse a weak password. `own`: e-mail, names, company. Raises Invalid, about the field."""
    if is_weak(password, [text for text in own if text]):
        raise Invalid(WEAK, errores={field: [WEAK]})


def is_weak(password: str, own: Iterable[str] = ()) -> bool:
    """Tell whether little is left of it without what everybody tries first."""
    plain = _plain(password)
    guessed = [False] * len(plain)
    for begin, end in _guesses(plain, {*_common(), *_own_words(own)}):
        guessed[begin:end] = [True] * (end - begin)
    left = [char for char, known in zip(plain, guessed, strict=True) if not known]
    return sum(map(_worth, left)) < LEAST


def _plain(text: str) -> str:
    """Write it in small letters without accents, a letter for each."""
    return "".join(unicodedata.normalize("NFKD", char)[0].lower()[0] for char in text)


def _worth(char: str) -> float:
    if char.isspace():
        return 0.0
    return DIGIT_WORTH if char.isdigit() else 1.0


def _guesses(plain: str, words: set[str]) -> Iterator[tuple[int, int]]:
    """Yield from where to where stands what is guessed."""
    for text in {plain, plain.translate(LOOKALIKES)}:
        for word in words:
            yield from _places(text, word)
    for pattern in (REPEATED, YEAR):
        yield from (found.span() for found in pattern.finditer(plain))
    for begin in range(len(plain) - RUN + 1):
        if plain[begin : begin + RUN] in _runs():
            yield begin, begin + RUN


def _places(text: str, word: str) -> Iterator[tuple[int, int]]:
    begin = text.find(word)
    while begin >= 0:
        yield begin, begin + len(word)
        begin = text.find(word, begin + 1)


def _own_words(own: Iterable[str]) -> Iterator[str]:
    for text in own:
        whole = _plain(text)
        words = re.split(r"[\W_]+", whole)
        every = (whole, whole.partition("@")[0], "".join(words), *words)
        yield from (word for word in every if len(word) >= SHORTEST_OWN)


@cache
def _runs() -> frozenset[str]:
    """Collect what four keys or letters in a row may be, either way."""
    both = [*ROWS, *(row[::-1] for row in ROWS)]
    return frozenset(row[n : n + RUN] for row in both for n in range(len(row) - RUN + 1))


@cache
def _common() -> frozenset[str]:
    return frozenset(WORDS_FILE.read_text(encoding="utf-8").split())
