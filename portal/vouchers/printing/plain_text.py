"""Write text that PDF's own fonts and cheap printers have the letters for."""

from __future__ import annotations

import textwrap
import unicodedata

# What typesetters write, and what a plain font has instead.
PLAIN = {
    **dict.fromkeys("‘’‚′", "'"),
    **dict.fromkeys("“”„″", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\u00a0\u2007\u2009\u202f", " "),
    "…": "...",
    "•": "-",
    "·": "-",
    "™": "(TM)",
    "€": "EUR",
    "×": "x",
}
TRANSLATED = str.maketrans(PLAIN)


def plain(text: str, encoding: str) -> str:
    """Give the text in letters of this encoding: an accent that it lacks is left off its letter,
    and what it has no letter for at all is left out.
    """
    kept = (
        _kept(sign, encoding) for sign in unicodedata.normalize("NFC", text.translate(TRANSLATED))
    )
    return " ".join("".join(kept).split())


def wrapped(text: str, columns: int) -> list[str]:
    """Break the text into lines of at most so many columns, between words where it can be."""
    return textwrap.wrap(text, columns, break_long_words=True) or [""]


def _kept(sign: str, encoding: str) -> str:
    if _has(sign, encoding):
        return sign
    bare = "".join(c for c in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(c))
    return "".join(c for c in bare if _has(c, encoding))


def _has(sign: str, encoding: str) -> bool:
    try:
        return bool(sign.encode(encoding)) and (sign.isprintable() or sign == " ")
    except UnicodeEncodeError:
        return False
