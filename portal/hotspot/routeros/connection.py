"""One connection to a router, asked one command at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from librouteros.exceptions import ConnectionClosed, FatalError, ProtocolError
from librouteros.protocol import ApiProtocol

from portal.hotspot.deadline import Deadline
from portal.hotspot.routeros import messages
from portal.hotspot.routeros.errors import Lost, TooMuch, Trap
from portal.hotspot.routeros.intake import Intake, Row, pairs
from portal.hotspot.routeros.item import Generation
from portal.hotspot.routeros.text import ENCODING
from portal.hotspot.routeros.wire import Wire

# librouteros logs every word at DEBUG, passwords included.
logging.getLogger("librouteros").addFilter(lambda record: False)

Heard = Callable[[], None]

_LONGEST_SENTENCE = 512 << 10
_MOST_WORDS = 64


@dataclass(frozen=True)
class CommandResult:
    """The rows of a reply, all values as text, and what `!done` brought (the id of an add)."""

    rows: list[Row]
    done: Row


class Connection:
    """A conversation with a router. One thread at a time; of no use after Lost."""

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
        """The next sentence's words. librouteros would read one without end."""
        words: list[str] = []
        size = 0
        while word := self._wire.word():
            size += len(word)
            if size > _LONGEST_SENTENCE or len(words) == _MOST_WORDS:
                raise TooMuch
            words.append(word.decode(ENCODING))
        return words

    def is_quiet(self) -> bool:
        """Whether the connection seems alive, as far as can be told without asking."""
        return self._wire.is_quiet()

    def close(self) -> None:
        """Hang up."""
        self._wire.close()
