"""Test framing, held against librouteros' own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from librouteros import protocol

from portal.sandbox.routeros.wire.framing import (
    BadFrame,
    encode_length,
    encode_sentence,
    take_sentence,
    to_bytes,
    to_text,
)
from tests.support.any_input import any_input

EDGES = [0, 1, 0x7F, 0x80, 0x3FFF, 0x4000, 0x1FFFFF, 0x200000, 0xFFFFFFF]


@pytest.mark.parametrize("length", EDGES)
def test_lengths_are_encoded_as_librouteros_does(length: int) -> None:
    assert encode_length(length) == protocol.encode_length(length)


def test_the_longest_form_has_five_bytes() -> None:
    assert encode_length(0x10000000) == b"\xf0\x10\x00\x00\x00"


@pytest.mark.parametrize("length", [1, 0x7F, 0x80, 0x3FFF, 0x4000, 0x1FFFFF, 0x200000])
def test_words_of_every_prefix_come_back(length: int) -> None:
    word = "x" * length
    assert take_sentence(bytearray(encode_sentence([word, "end"]))) == [word, "end"]


@any_input()
@given(st.lists(st.binary(min_size=1, max_size=300), max_size=6), st.integers(0, 400))
def test_any_bytes_come_back_whole_however_they_are_cut(raw: list[bytes], cut: int) -> None:
    words = [to_text(word) for word in raw]
    sent = encode_sentence(words)
    buffer = bytearray(sent[:cut])
    first = take_sentence(buffer)
    assert (first is None) == (cut < len(sent))
    buffer += sent[cut:]
    assert (first if first is not None else take_sentence(buffer)) == words
    assert [to_bytes(word) for word in words] == raw
    assert not buffer


def test_sentences_are_taken_one_at_a_time() -> None:
    buffer = bytearray(encode_sentence(["/a"]) + encode_sentence(["/b", "=c=d"]))
    assert take_sentence(buffer) == ["/a"]
    assert take_sentence(buffer) == ["/b", "=c=d"]
    assert take_sentence(buffer) is None


@pytest.mark.parametrize("raw", [b"\xff", b"\xf8\x00\x00\x00\x00", b"\xf0\x7f\xff\xff\xff"])
def test_what_is_no_sentence_is_refused(raw: bytes) -> None:
    with pytest.raises(BadFrame):
        take_sentence(bytearray(raw))
