"""Speak the RouterOS API on one connection, one command at a time, within its deadline."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from librouteros.exceptions import ConnectionClosed, FatalError, ProtocolError
from librouteros.protocol import ApiProtocol, decode_length, determine_length

from portal.hotspot.deadline import Deadline
from portal.hotspot.routeros import messages
from portal.hotspot.routeros.commands import Intake, pairs
from portal.hotspot.routeros.errors import Lost, TooMuch, Trap
from portal.hotspot.routeros.values import ENCODING, Generation, Row

# librouteros logs every word at DEBUG, passwords included.
logging.getLogger("librouteros").addFilter(lambda record: False)

Heard = Callable[[], None]

_CHUNK = 65_536
# The contents of a file that RouterOS shows are 60 KB at most.
LONGEST_WORD = 256 << 10
_SHORT = 0x80
_LONGEST_SENTENCE = 512 << 10
_MOST_WORDS = 64


class Wire:
    """Carry librouteros' protocol over a socket.

    Buffered, since a word is read in small pieces. The socket's timeout is set
    to what is left of the deadline before each system call, so that a peer that sends one
    byte now and then cannot stretch it.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._buffer = b""
        self._at = 0
        self._allowed = 0
        self._deadline = Deadline(0)

    def begin(self, deadline: Deadline, most: int) -> None:
        """Start a call that must be over by `deadline` and brings at `most` so many bytes."""
        self._deadline = deadline
        self._allowed = most

    def write(self, data: bytes) -> None:
        """Send all of it. When this raises, the last byte was not handed over."""
        self._sock.settimeout(self._deadline.socket_timeout())
        self._sock.sendall(data)

    def word(self) -> bytes:
        """Read the next word; empty at a sentence's end. Raises ProtocolError and as `read`."""
        at, buffer = self._at, self._buffer
        # Nearly every word is short and has arrived whole.
        if at < len(buffer) and buffer[at] < _SHORT and at + buffer[at] < len(buffer):
            self._at = at + 1 + buffer[at]
            return buffer[at + 1 : self._at]
        first = self.read(1)
        return self.read(decode_length(first + self.read(determine_length(first))))

    def read(self, length: int) -> bytes:
        """Read exactly `length` bytes. Raises ConnectionClosed, TimeoutError, OSError, TooMuch."""
        if length > LONGEST_WORD:
            raise TooMuch
        while len(self._buffer) - self._at < length:
            self._receive()
        start, self._at = self._at, self._at + length
        return self._buffer[start : self._at]

    def _receive(self) -> None:
        self._sock.settimeout(self._deadline.socket_timeout())
        got = self._sock.recv(_CHUNK)
        if not got:
            raise ConnectionClosed("closed by the router")
        self._allowed -= len(got)
        if self._allowed < 0:
            raise TooMuch
        self._buffer = self._buffer[self._at :] + got
        self._at = 0

    def is_quiet(self) -> bool:
        """Tell whether nothing has arrived unasked, not even the connection's end."""
        if self._at < len(self._buffer):
            return False
        self._sock.settimeout(0)
        try:
            self._sock.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        """Hang up."""
        self._sock.close()


@dataclass(frozen=True)
class CommandResult:
    """Hold the rows of a reply, all values as text, and what `!done` brought (the id of an add)."""

    rows: list[Row]
    done: Row


class Connection:
    """Speak with a router on one connection. One thread at a time; of no use after Lost."""

    def __init__(self, wire: Wire, birth: Generation) -> None:
        self._wire = wire
        self._protocol = ApiProtocol(transport=wire, encoding=ENCODING)
        self.birth = birth
        self.idle_since = monotonic()

    def ask(
        self, sentence: Sequence[str], deadline: Deadline, heard: Heard, intake: Intake
    ) -> CommandResult:
        """Send a command and read its reply; `heard` is called for each sentence of it.

        Raises Trap, after which the connection serves on, and Lost, after which it does not.
        """
        self._wire.begin(deadline, intake.bounds.received)
        self._send(sentence)
        try:
            return self._answer(heard, intake)
        except TimeoutError:
            raise Lost(messages.SILENT, sent=True, silent=True) from None
        except (ConnectionClosed, FatalError, OSError):
            raise Lost(messages.CUT, sent=True) from None
        except TooMuch:
            raise Lost(messages.TOO_MUCH, sent=True) from None
        except (ProtocolError, ValueError, LookupError):
            raise Lost(messages.GARBLED, sent=True) from None

    def _send(self, sentence: Sequence[str]) -> None:
        try:
            self._protocol.writeSentence(*sentence)
        except OSError as error:
            # The sentence's last byte never left, so the router cannot have acted on it.
            silent = isinstance(error, TimeoutError)
            reason = messages.SILENT if silent else messages.CUT
            raise Lost(reason, sent=False, silent=silent) from None

    def _answer(self, heard: Heard, intake: Intake) -> CommandResult:
        while True:
            reply, *words = self._sentence()
            heard()
            if reply == "!re":
                intake.take(words)
            elif reply == "!trap":
                intake.take_trap(words)
            elif reply == "!fatal":
                raise FatalError(reply)
            elif reply == "!done":
                break
            else:
                intake.take_noise()
        if intake.traps:
            raise Trap("\n".join(intake.traps))
        return CommandResult(intake.rows, pairs(words))

    def _sentence(self) -> list[str]:
        """Read the next sentence's words. librouteros would read one without end."""
        words: list[str] = []
        size = 0
        while word := self._wire.word():
            size += len(word)
            if size > _LONGEST_SENTENCE or len(words) == _MOST_WORDS:
                raise TooMuch
            words.append(word.decode(ENCODING))
        return words

    def is_quiet(self) -> bool:
        """Tell whether the connection seems alive, as far as can be told without asking."""
        return self._wire.is_quiet()

    def close(self) -> None:
        """Hang up."""
        self._wire.close()
