"""Write and read values as RouterOS has them: text, MACs, lengths of time, ids, marks.

RouterOS keeps bytes and knows no encoding. Ours is UTF-8; older Winbox wrote Windows-1252. So a
word of the wire is text in which every byte that is not UTF-8 stands as a lone surrogate
(PEP 383): it goes back as it came. People read and type what `readable` makes of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from portal.hotspot.errors import RouterRefused
from portal.hotspot.routeros import messages

Row = dict[str, str]

_UNSENDABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udc7f\udd00-\udfff]")
_FOREIGN = re.compile("[\udc80-\udcff]")
_OLDER = "cp1252"
_MAC = re.compile(r"[0-9A-F]{2}(:[0-9A-F]{2}){5}", re.ASCII)
_TOKEN = re.compile(r"([0-9a-f]+)\.(\d+)(\*[0-9A-Fa-f]+)", re.ASCII)

_WEEK, _DAY, _HOUR, _MINUTE = 604_800, 86_400, 3_600, 60
_DURATION = re.compile(
    r"(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:\d+ms)?"
    r"(?:(\d+):(\d\d):(\d\d)(?:\.\d+)?)?",
    re.ASCII,
)
# Sums of many such still fit a calendar, and a column of 64 bits.
_LONGEST, _MOST_DIGITS = 200 * 366 * _DAY, 16
_SECONDS = (_WEEK, _DAY, _HOUR, _MINUTE, 1, _HOUR, _MINUTE, 1)


def is_sendable(value: str) -> bool:
    """Tell whether a value holds text only: no control characters, no halves of a character."""
    return _UNSENDABLE.search(value) is None


def readable(word: str) -> str:
    """Give what people read of a word of the wire; one that is not UTF-8 is Windows-1252."""
    if _FOREIGN.search(word) is None:
        return word
    raw = word.encode("utf-8", "surrogateescape")
    try:
        return raw.decode(_OLDER)
    except UnicodeDecodeError:
        # Five bytes mean nothing there; Latin-1 has a character for each.
        return raw.decode("latin-1")


def spellings(text: str) -> tuple[str, ...]:
    """Give the words of the wire that people read as this text, UTF-8 first."""
    found = [text]
    for encoding in (_OLDER, "latin-1"):
        try:
            word = text.encode(encoding).decode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            continue
        if word not in found and readable(word) == text:
            found.append(word)
    return tuple(found)


def normal_mac(text: str) -> str | None:
    """Give the MAC as RouterOS writes it, `AA:BB:CC:DD:EE:FF`; None when it is none."""
    mac = text.upper()
    return mac if _MAC.fullmatch(mac) else None


def to_wire(word: str) -> bytes:
    """Give the bytes of a word."""
    return word.encode("utf-8", "surrogateescape")


def from_wire(raw: bytes) -> str:
    """Give the word that these bytes are; those that are not UTF-8 come back as they were."""
    return raw.decode("utf-8", "surrogateescape")


def parse_duration(text: str) -> int:
    """Read whole seconds out of `5m`, `1h2m3s`, `1w2d03:04:05`, `01:22:53` and their like.

    All of them occur in RouterOS' documentation. Fractions are dropped, a bare number is
    seconds, nothing at all is zero. Raises ValueError for anything else.
    """
    if text.isascii() and text.isdigit():
        return int(text)
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError("not a RouterOS duration")
    return sum(
        int(count) * unit
        for count, unit in zip(match.groups(), _SECONDS, strict=True)
        if count is not None
    )


def format_duration(seconds: int) -> str:
    """Give seconds as RouterOS reads them in any version, `90` as `90s`."""
    return f"{seconds}s"


def text(row: Row, key: str) -> str:
    """Give a property as people read it."""
    return readable(row.get(key, ""))


def truth(row: Row, key: str) -> bool:
    """Tell whether a property is set."""
    # A property that is false may simply be missing.
    return row.get(key, "") in ("true", "yes")


def seconds(row: Row, key: str) -> int:
    """Give a length of time in seconds. Raises RouterRefused where it is none."""
    try:
        return _sane(parse_duration(row.get(key, "")))
    except ValueError:
        raise RouterRefused(messages.UNREADABLE) from None


def number(row: Row, key: str) -> int:
    """Give a number. Raises RouterRefused where it is none."""
    written = row.get(key, "") or "0"
    if not (written.isascii() and written.isdigit() and len(written) <= _MOST_DIGITS):
        raise RouterRefused(messages.UNREADABLE)
    return int(written)


def _sane(length: int) -> int:
    if length > _LONGEST:
        raise ValueError("longer than any router is up")
    return length


@dataclass(frozen=True)
class Generation:
    """Say when a connection came to be: its number in the `era` of one router in one process.

    RouterOS may give other ids after a reboot. A reboot ends every connection, so an id holds
    on those that were already open when it was learnt, and on no other.
    """

    era: str
    count: int


@dataclass(frozen=True)
class ItemId:
    """Hold RouterOS' own id of an item, and the youngest connection on which it holds.

    `raw` may list several, separated by commas, as RouterOS takes them.
    """

    raw: str
    learnt: Generation

    def holds_on(self, birth: Generation) -> bool:
        """Tell whether a connection was already open when this id was learnt."""
        return birth.era == self.learnt.era and birth.count <= self.learnt.count

    @classmethod
    def several(cls, items: Sequence[ItemId]) -> ItemId:
        """Give the ids of one reply, for a command that acts on all of them."""
        return cls(",".join(item.raw for item in items), items[0].learnt)

    def token(self) -> str:
        """Give the id as callers keep it; it means nothing to another process."""
        return f"{self.learnt.era}.{self.learnt.count}{self.raw}"

    @classmethod
    def parse(cls, token: str | None) -> ItemId | None:
        """Give what `token` made; None for anything else, which then has to be looked up."""
        match = _TOKEN.fullmatch(token or "")
        if match is None:
            return None
        era, count, raw = match.groups()
        return cls(raw, Generation(era, int(count)))


def spare_mark(mark: str) -> str:
    """Give the mark as an e-mail address, which is what that field is for."""
    owner, _, item = mark.rpartition(":")
    return f"{item}@{'.'.join(reversed(owner.split(':')))}"


def mark_in(email: str) -> str:
    """Give the mark that `spare_mark` made an address of; something else for any other address."""
    item, _, host = email.rpartition("@")
    return f"{':'.join(reversed(host.split('.')))}:{item}" if item else ""
