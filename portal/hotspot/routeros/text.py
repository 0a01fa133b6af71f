"""How text travels to and from a router.

RouterOS keeps bytes and knows no encoding. Ours is UTF-8; older Winbox wrote Windows-1252. So a
word of the wire is text in which every byte that is not UTF-8 stands as a lone surrogate
(PEP 383): it goes back as it came. People read and type what `readable` makes of it.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

ENCODING = "routeros-text"

_UNSENDABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udc7f\udd00-\udfff]")
_FOREIGN = re.compile("[\udc80-\udcff]")
_OLDER = "cp1252"
_MAC = re.compile(r"[0-9A-F]{2}(:[0-9A-F]{2}){5}", re.ASCII)


def is_sendable(value: str) -> bool:
    """Whether a value holds text only: no control characters, no halves of a character."""
    return _UNSENDABLE.search(value) is None


def readable(word: str) -> str:
    """What people read of a word of the wire; a word that is not UTF-8 is read as Windows-1252."""
    if _FOREIGN.search(word) is None:
        return word
    raw = word.encode("utf-8", "surrogateescape")
    try:
        return raw.decode(_OLDER)
    except UnicodeDecodeError:
        # Five bytes mean nothing there; Latin-1 has a character for each.
        return raw.decode("latin-1")


def spellings(text: str) -> tuple[str, ...]:
    """The words of the wire that people read as this text, UTF-8 first."""
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
    """The MAC as RouterOS writes it, `AA:BB:CC:DD:EE:FF`; None when it is none."""
    mac = text.upper()
    return mac if _MAC.fullmatch(mac) else None


def _decode(data: Buffer, errors: str = "strict", /) -> tuple[str, int]:
    return codecs.utf_8_decode(data, "surrogateescape", True)


def _encode(text: str, errors: str = "strict", /) -> tuple[bytes, int]:
    return codecs.utf_8_encode(text, "surrogateescape")


def _find(name: str) -> codecs.CodecInfo | None:
    if name.replace("_", "-") != ENCODING:
        return None
    return codecs.CodecInfo(encode=_encode, decode=_decode, name=ENCODING)


codecs.register(_find)
