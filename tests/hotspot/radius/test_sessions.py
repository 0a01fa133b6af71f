"""What is sent to a router to end or change a session, read by hand off a real socket."""

from __future__ import annotations

import hashlib
import hmac
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from portal.hotspot.radius.sessions import (
    AnswerKind,
    NasAddress,
    NasAnswer,
    SessionChanges,
    SessionKey,
    change,
    disconnect,
)
from tests.support.patience import PATIENCE

SECRET = "planted-secret-77"
KEY = SessionKey("+52 ñandú", "192.168.88.10", "80000001", "AA:BB:CC:00:00:01")
DISCONNECT, DISCONNECT_ACK, DISCONNECT_NAK, COA, COA_ACK, COA_NAK = 40, 41, 42, 43, 44, 45
USER_NAME, FRAMED_ADDRESS, SESSION_TIMEOUT, SESSION_ID, PORT_LIMIT = 1, 8, 27, 44, 62
VENDOR, AUTHENTICATOR, ERROR_CAUSE, MIKROTIK = 26, 80, 101, 14988
Answerer = Callable[[bytes, int], bytes | None]


def attributes(packet: bytes) -> dict[int, bytes]:
    found, rest = {}, packet[20:]
    while rest:
        if rest[0] == VENDOR:
            found[VENDOR << 8 | rest[6]] = rest[8 : rest[1]]
        else:
            found[rest[0]] = rest[2 : rest[1]]
        rest = rest[rest[1] :]
    return found


def is_signed(packet: bytes, secret: bytes) -> bool:
    """Whether both proofs of RFC 5176 are right: the request's authenticator and the message's."""
    body = packet[:4] + bytes(16) + packet[20:]
    proof = attributes(packet)[AUTHENTICATOR]
    without = body.replace(proof, bytes(16))
    return hashlib.md5(body + secret).digest() == packet[4:20] and proof == hmac.digest(
        secret, without, "md5"
    )


def answer(packet: bytes, code: int, extra: bytes = b"", secret: bytes = SECRET.encode()) -> bytes:
    head = struct.pack("!BBH", code, packet[1], 20 + len(extra))
    proof = hashlib.md5(head + packet[4:20] + extra + secret).digest()
    return head + proof + extra


@contextmanager
def router(answerer: Answerer) -> Iterator[tuple[NasAddress, list[bytes]]]:
    """Somebody who hears what we send, and answers as he is told; the second time too."""
    heard: list[bytes] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        line.settimeout(PATIENCE)

        def listen() -> None:
            while True:
                packet, sender = line.recvfrom(4096)
                if not packet:
                    return
                heard.append(packet)
                if said := answerer(packet, len(heard)):
                    line.sendto(said, sender)

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield NasAddress("127.0.0.1", line.getsockname()[1], SECRET), heard
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
                end.sendto(b"", line.getsockname())
            thread.join(PATIENCE)


def test_a_disconnect_names_the_session_thrice_and_is_signed() -> None:
    with router(lambda packet, _: answer(packet, DISCONNECT_ACK)) as (nas, heard):
        assert disconnect(nas, KEY, PATIENCE) == NasAnswer(AnswerKind.ACK)
    named = attributes(heard[0])
    assert heard[0][0] == DISCONNECT
    assert named[USER_NAME] == "+52 ñandú".encode()
    assert named[FRAMED_ADDRESS] == bytes((192, 168, 88, 10))
    assert named[SESSION_ID] == b"80000001"
    assert is_signed(heard[0], SECRET.encode())


def test_a_change_says_what_changes_and_nothing_else() -> None:
    wanted = SessionChanges(session_timeout=-5, rate_limit="2M/10M", port_limit=3, group="vip")
    with router(lambda packet, _: answer(packet, COA_ACK)) as (nas, heard):
        assert change(nas, KEY, wanted, PATIENCE).kind is AnswerKind.ACK
    named = attributes(heard[0])
    assert heard[0][0] == COA
    assert named[SESSION_TIMEOUT] == struct.pack("!I", 1), "-5 would become 136 years"
    assert named[PORT_LIMIT] == struct.pack("!I", 3)
    assert (named[VENDOR << 8 | 8], named[VENDOR << 8 | 3]) == (b"2M/10M", b"vip")
    assert not {VENDOR << 8 | limit for limit in (1, 2, 17, 18)} & set(named), "CoA takes none"
    assert is_signed(heard[0], SECRET.encode())


@pytest.mark.parametrize(("code", "ask"), [(DISCONNECT_NAK, "end"), (COA_NAK, "change")])
def test_a_refusal_is_told_with_its_cause(code: int, ask: str) -> None:
    gone = struct.pack("!BBI", ERROR_CAUSE, 6, 503)
    with router(lambda packet, _: answer(packet, code, gone)) as (nas, _heard):
        told = (
            disconnect(nas, KEY, PATIENCE)
            if ask == "end"
            else change(nas, KEY, SessionChanges(session_timeout=60), PATIENCE)
        )
    assert told == NasAnswer(AnswerKind.NAK, 503)


def test_a_lost_packet_is_sent_again_as_it_was() -> None:
    def second_only(packet: bytes, number: int) -> bytes | None:
        return answer(packet, DISCONNECT_ACK) if number > 1 else None

    with router(second_only) as (nas, heard):
        assert disconnect(nas, KEY, 1.5).kind is AnswerKind.ACK
    assert len(heard) == 2
    assert heard[0] == heard[1]


def test_silence_is_an_answer_and_so_is_nobody() -> None:
    with router(lambda _packet, _: None) as (nas, _heard):
        assert disconnect(nas, KEY, 0.3) == NasAnswer(AnswerKind.SILENT)
    assert disconnect(nas, KEY, 0.3).kind is AnswerKind.SILENT
    unknown = NasAddress("does-not-exist.invalid", 3799, SECRET)
    assert disconnect(unknown, KEY, 0.3).kind is AnswerKind.SILENT


def test_an_answer_of_another_secret_is_none() -> None:
    def forge(packet: bytes, _number: int) -> bytes:
        return answer(packet, DISCONNECT_ACK, secret=b"another")

    with router(forge) as (nas, _heard):
        assert disconnect(nas, KEY, 0.3) == NasAnswer(AnswerKind.SILENT, is_forged=True)


def test_no_secret_and_no_name_is_in_a_repr() -> None:
    nas = NasAddress("192.0.2.1", 3799, SECRET)
    assert SECRET not in repr(nas) + str(nas)
    assert "ñandú" not in repr(KEY)
