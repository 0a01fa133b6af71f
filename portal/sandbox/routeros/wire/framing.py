"""Frame the API: sentences of length-prefixed words (RouterOS documentation).

Values on the wire are bytes. They are held as text decoded with `surrogateescape`, so UTF-8 is
readable and any other byte still comes back exactly as it was.
"""

from __future__ import annotations

from collections.abc import Iterable

LONGEST_WORD = 16 * 1024 * 1024

# One entry for each extra length byte: the first byte's mask, and the first length too long.
_PREFIXES = ((0x00, 0x80), (0x80, 0x4000), (0xC0, 0x200000), (0xE0, 0x10000000))
_FIVE_BYTES = 0xF0


class BadFrame(ValueError):
    """Say that what came is no sentence of this protocol."""


def to_text(raw: bytes) -> str:
    """Give bytes of the wire as text; nothing is lost."""
    return raw.decode("utf-8", "surrogateescape")


def to_bytes(text: str) -> bytes:
    """Give the bytes that `to_text` was given."""
    return text.encode("utf-8", "surrogateescape")


def encode_length(length: int) -> bytes:
    """Give a word's length as its prefix."""
    for extra, (mask, limit) in enumerate(_PREFIXES):
        if length < limit:
            return (length | mask << 8 * extra).to_bytes(extra + 1, "big")
    return bytes([_FIVE_BYTES]) + length.to_bytes(4, "big")


def encode_sentence(words: Iterable[str]) -> bytes:
    """Write words with their prefixes, ended by the word of length zero."""
    out = bytearray()
    for word in words:
        raw = to_bytes(word)
        out += encode_length(len(raw))
        out += raw
    out.append(0)
    return bytes(out)


def _read_length(buffer: bytearray, at: int) -> tuple[int, int] | None:
    if at >= len(buffer):
        return None
    first = buffer[at]
    if first < 0x80:
        return first, at + 1
    if first > _FIVE_BYTES:
        raise BadFrame(f"control byte {first:#x}")
    extra = 1 if first < 0xC0 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4
    end = at + 1 + extra
    if end > len(buffer):
        return None
    mask = _FIVE_BYTES if extra == 4 else _PREFIXES[extra][0]
    return (first - mask) << 8 * extra | int.from_bytes(buffer[at + 1 : end], "big"), end


def take_sentence(buffer: bytearray) -> list[str] | None:
    """Take the first whole sentence out of the buffer, or None while it is incomplete.

    Raises BadFrame when no sentence can come of it.
    """
    words: list[str] = []
    at = 0
    while (found := _read_length(buffer, at)) is not None:
        length, start = found
        if length > LONGEST_WORD:
            raise BadFrame(f"a word of {length} bytes")
        at = start + length
        if at > len(buffer):
            return None
        if not length:
            del buffer[:at]
            return words
        words.append(to_text(bytes(buffer[start:at])))
    return None


def split_sentences(data: bytes) -> list[bytes]:
    """Whole sentences apart from each other, as they are on the wire."""
    said: list[bytes] = []
    buffer = bytearray(data)
    while buffer:
        before = bytes(buffer)
        if take_sentence(buffer) is None:
            return [*said, before]
        said.append(before[: len(before) - len(buffer)])
    return said
