"""Spell the buyer as any gateway takes names: which signs one takes is published nowhere."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from portal.payments.gateway import Customer

NOBODY = "Cliente"
# Letters that do not come apart into a letter and its sign: their names tell the letter.
LATIN = re.compile(r"LATIN (SMALL|CAPITAL) (?:LETTER|LIGATURE) ([A-Z]{1,2})(?: WITH STROKE)?")
GREEK = re.compile(r"(?:GREEK|CYRILLIC) (SMALL|CAPITAL) LETTER ([A-Z]+)\b")
# By the letter's name; of any other its first letter serves.
SPELLINGS = {
    "ETA": "i", "THETA": "th", "XI": "x", "PHI": "f", "CHI": "ch", "PSI": "ps", "FINAL": "s",
    "IE": "e", "ZHE": "zh", "SHORT": "i", "EL": "l", "EM": "m", "EN": "n", "ER": "r", "ES": "s",
    "EF": "f", "TSE": "ts", "CHE": "ch", "SHA": "sh", "SHCHA": "sh", "YU": "yu", "YA": "ya",
    "HARD": "", "SOFT": "",
}  # fmt: skip


def plainer(customer: Customer, field: str | None) -> Customer:
    """Spell the field that was refused in plainer letters; both where none was named."""
    if field == "email":
        return customer
    name = customer.name if field == "phone" else plain_name(customer.name)
    phone = customer.phone if field == "name" else None
    return replace(customer, name=name, phone=phone)


def plain_name(name: str) -> str:
    """Spell a name in letters from A to Z, points and blanks; `Cliente` where nothing is left."""
    letters = "".join(map(_letter, unicodedata.normalize("NFKD", name)))
    return " ".join(letters.split()) or NOBODY


def _letter(sign: str) -> str:
    if sign.isascii():
        return sign if sign.isalpha() or sign == "." else " "
    if unicodedata.combining(sign):
        return ""
    known = unicodedata.name(sign, "")
    found = LATIN.fullmatch(known) or GREEK.match(known)
    if found is None:
        return "ss" if sign == "ß" else " "
    spelt = SPELLINGS.get(found[2], found[2][:1] if found.re is GREEK else found[2]).lower()
    return spelt.capitalize() if found[1] == "CAPITAL" else spelt
