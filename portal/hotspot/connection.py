"""One connection to a router, asked one command at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from librouteros.exceptions import ConnectionClosed, FatalError, ProtocolError
from librouteros.protocol import ApiProtocol

from portal.hotspot import advice
from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import Lost, Trap
from portal.hotspot.item import Birth
from portal.hotspot.text import ENCODING
from portal.hotspot.wire import Wire

# librouteros logs every word at DEBUG, passwords included.
logging.getLogger("librouteros").addFilter(lambda record: False)

Row = dict[str, str]
Heard = Callable[[], None]

_BARE_VALUE = 3


@dataclass(frozen=True)
class Answer:
    """The rows of a reply, all values as text, and what `!done` brought (the id of an add)."""

    rows: list[Row]
    done: Row


class Connection:
    """A conversation with a router. One thread at a time; of no use after Lost."""

    def __init__(self, wire: Wire, birth: Birth) -> None:
        self._wire = wire
        self._protocol = ApiProtocol(transport=wire, encoding=ENCODING)
        self.birth = birth
        self.idle_since = monotonic()

    def ask(self, sentence: Sequence[str], deadline: Deadline, heard: Heard) -> Answer:
        """Send a command and read its whole reply; `heard` is called for each sentence of it.

        Raises Trap, after which the connection serves on, and Lost, after which it does not.
        """
        self._wire.begin(deadline)
        self._send(sentence)
        try:
            return self._answer(heard)
        except TimeoutError:
            raise Lost(advice.SILENT, sent=True, silent=True) from None
        except (ConnectionClosed, FatalError, OSError):
            raise Lost(advice.CUT, sent=True) from None
        except (ProtocolError, ValueError, LookupError):
            raise Lost(advice.GARBLED, sent=True) from None

    def _send(self, sentence: Sequence[str]) -> None:
        try:
            self._protocol.writeSentence(*sentence)
        except OSError as error:
            # The sentence's last byte never left, so the router cannot have acted on it.
            silent = isinstance(error, TimeoutError)
            reason = advice.SILENT if silent else advice.CUT
            raise Lost(reason, sent=False, silent=silent) from None

    def _answer(self, heard: Heard) -> Answer:
        rows: list[Row] = []
        traps: list[str] = []
        while True:
            reply, words = self._protocol.readSentence()
            heard()
            if reply == "!re":
                rows.append(_row(words))
            elif reply == "!trap":
                traps.append(_row(words).get("message", ""))
            elif reply == "!done":
                break
        if traps:
            raise Trap("\n".join(traps))
        return Answer(rows, _row(words))

    def is_quiet(self) -> bool:
        """Whether the connection seems alive, as far as can be told without asking."""
        return self._wire.is_quiet()

    def close(self) -> None:
        """Hang up."""
        self._wire.close()


def _row(words: Sequence[str]) -> Row:
    # librouteros' own parser would make numbers and truths of names and passwords.
    parts = (word.split("=", 2) for word in words)
    return {part[1]: part[2] for part in parts if len(part) == _BARE_VALUE}
