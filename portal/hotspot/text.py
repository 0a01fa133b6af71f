"""How text travels to and from a router."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

ENCODING = "routeros-text"
"""UTF-8; a word that is not UTF-8 is read as Latin-1, which older Winbox wrote."""

_UNSENDABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_MAC = re.compile(r"[0-9A-F]{2}(:[0-9A-F]{2}){5}", re.ASCII)


def is_sendable(value: str) -> bool:
    """Whether a value holds text only: no control characters, no halves of a character."""
    return _UNSENDABLE.search(value) is None


def normal_mac(text: str) -> str | None:
    """The MAC as RouterOS writes it, `AA:BB:CC:DD:EE:FF`; None when it is none."""
    mac = text.upper()
    return mac if _MAC.fullmatch(mac) else None


def _decode(data: Buffer, errors: str = "strict", /) -> tuple[str, int]:
    raw = bytes(data)
    try:
        return raw.decode("utf-8"), len(raw)
    except UnicodeDecodeError:
        return raw.decode("latin-1"), len(raw)


def _find(name: str) -> codecs.CodecInfo | None:
    if name.replace("_", "-") != ENCODING:
        return None
    return codecs.CodecInfo(encode=codecs.utf_8_encode, decode=_decode, name=ENCODING)


codecs.register(_find)
