"""Make bytes of sentences, and sentences of bytes as they come."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

from librouteros.protocol import decode_length, determine_length, encode_length

from portal.hotspot.routeros.errors import TooMuch
from portal.hotspot.routeros.values import to_wire

# librouteros logs every word at DEBUG, passwords included.
logging.getLogger("librouteros").addFilter(lambda record: False)

# The contents of a file that RouterOS shows are 60 KB at most.
LONGEST_WORD = 256 << 10
_SHORT = 0x80
_LONGEST_SENTENCE = 512 << 10
_MOST_WORDS = 64
TAG = b".tag="

Sentence = list[bytes]


def encode(words: Iterable[str]) -> bytes:
    """Give a sentence as the wire has it."""
    out = bytearray()
    for word in words:
        raw = to_wire(word)
        if len(raw) < _SHORT:
            out.append(len(raw))
        else:
            out += encode_length(len(raw))
        out += raw
    out.append(0)
    return bytes(out)


def tag_of(sentence: Sentence) -> bytes | None:
    """Give the tag that a sentence carries."""
    # RouterOS sends it behind the reply word or at the end.
    for word in (sentence[-1], *sentence[1:-1]):
        if word.startswith(TAG):
            return word[len(TAG) :]
    return None


class SentenceReader:
    """Take bytes apart into sentences, and keep what is not whole yet.

    `size` is the bytes of the sentence given last. No more is kept than half a mebibyte.
    """

    def __init__(self) -> None:
        self.size = 0
        self._rest = b""
        self._words: Sentence = []
        self._so_far = 0

    def feed(self, data: bytes) -> Iterator[Sentence]:
        """Yield each sentence that is whole now. Raises TooMuch, ProtocolError, ValueError."""
        buffer, at = self._rest + data if self._rest else data, 0
        while (found := _word(buffer, at)) is not None:
            start, end = found
            self._so_far += end - at
            at = end
            if start == end:
                yield self._whole()
                continue
            self._words.append(buffer[start:end])
            if self._so_far > _LONGEST_SENTENCE or len(self._words) > _MOST_WORDS:
                raise TooMuch
        self._rest = buffer[at:]

    def _whole(self) -> Sentence:
        sentence, self._words = self._words, []
        self.size, self._so_far = self._so_far, 0
        if not sentence:
            raise ValueError("a sentence without a word")
        return sentence


def _word(buffer: bytes, at: int) -> tuple[int, int] | None:
    """Give where the word that begins here has its bytes; None while it is not whole."""
    size = len(buffer)
    if at >= size:
        return None
    length, start = buffer[at], at + 1
    # Nearly every word is short.
    if length >= _SHORT:
        start += determine_length(buffer[at:start])
        if start > size:
            return None
        length = decode_length(buffer[at:start])
        if length > LONGEST_WORD:
            raise TooMuch
    end = start + length
    return (start, end) if end <= size else None
