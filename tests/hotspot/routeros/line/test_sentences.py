"""Test that sentences come whole out of bytes that come in pieces."""

from __future__ import annotations

import random

import pytest
from librouteros.protocol import encode_sentence

from portal.hotspot.routeros.errors import TooMuch
from portal.hotspot.routeros.line.wire import SentenceReader, encode, tag_of

SAID = [
    ["!re", "=name=día", ".tag=1"],
    ["!done", ".tag=12", "=ret=*1"],
    ["!re", "=contents=" + "x" * 20_000, ".tag=3"],
    ["!re", "=contents=" + "y" * 100, "=more=" + "z" * 200, ".tag=4"],
]


def test_bytes_are_those_of_the_library() -> None:
    for words in SAID:
        assert encode(words) == encode_sentence(*words, encoding="utf-8")


def test_pieces_of_any_size_make_the_same_sentences() -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    whole = b"".join(map(encode, SAID))
    expected = [[word.encode() for word in words] for words in SAID]
    for longest in (1, 2, 7, 300, 30_000):
        reader, said, at, sizes = SentenceReader(), [], 0, 0
        while at < len(whole):
            piece = whole[at : at + dice.randint(1, longest)]
            at += len(piece)
            for sentence in reader.feed(piece):
                said.append(sentence)
                sizes += reader.size
        assert said == expected
        assert sizes == len(whole)


def test_a_tag_is_found_wherever_it_stands() -> None:
    assert tag_of([b"!re", b".tag=7", b"=name=.tag=8"]) == b"7"
    assert tag_of([b"!re", b"=name=x", b".tag=7"]) == b"7"
    assert tag_of([b"!done", b"=ret=.tag=8"]) is None


@pytest.mark.parametrize(
    "endless",
    [b"\x04=x=y", b"\xc3\x00\x00" + b"n" * 0x30000, b"\xe0\x20\x00\x00"],
)
def test_a_sentence_without_end_is_given_up(endless: bytes) -> None:
    reader = SentenceReader()

    def feed() -> None:
        for _ in range(1_000):
            list(reader.feed(endless))

    with pytest.raises(TooMuch):
        feed()
