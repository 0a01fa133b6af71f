"""Speak the RouterOS API on one connection that many threads share.

Each command carries a tag, by which its answer is known; whoever waits reads for all. So no
connection has a thread of its own, and a lone command is written and read by its own thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from time import monotonic

from librouteros.exceptions import ProtocolError

from portal.hotspot.deadline import Deadline
from portal.hotspot.routeros import messages
from portal.hotspot.routeros.commands import Intake
from portal.hotspot.routeros.errors import Lost, OneTooMany, TooMuch
from portal.hotspot.routeros.line.callers import Caller
from portal.hotspot.routeros.line.open_commands import CommandResult, OpenCommands, Unwanted, Waiter
from portal.hotspot.routeros.line.wire import Sentence, SentenceReader, Wire, encode
from portal.hotspot.routeros.values import Generation

# Of 64 KiB at most.
_MOST_LOOKS = 16


class Line:
    """Share one connection among any number of threads; of no use once `is_lost`.

    Of the threads that wait one reads, for all of them, and hands that over when its own answer
    is there. A command that is late is canceled, and what still comes of it dropped.
    `tagged` False asks for no tags; None learns from the first answer whether there are any.
    """

    def __init__(self, wire: Wire, birth: Generation, tagged: bool | None) -> None:
        self.birth = birth
        self._wire = wire
        self._sentences = SentenceReader()
        self._commands = OpenCommands(tagged)
        self._lock = Lock()
        self._writing = Lock()
        self._reads: Waiter | None = None
        self._inside = 0
        self._heard_at = monotonic()
        self.is_lost = False

    @property
    def tagged(self) -> bool:
        """Tell whether several commands may be open."""
        return self._commands.tagged is True

    @property
    def is_untagged(self) -> bool:
        """Tell whether the router gives no tags, or is asked for none."""
        return self._commands.tagged is False

    @property
    def mistagged(self) -> bool:
        """Tell whether the router stopped to give tags, or gave wrong ones."""
        return self._commands.mistagged

    def ask(
        self, sentence: Sequence[str], deadline: Deadline, caller: Caller, intake: Intake
    ) -> CommandResult:
        """Send a command and wait for its reply. Raises Trap and Lost, which is this command's own.

        Lost(silent) leaves the line to the others, if it has tags.
        """
        waiter = self._enter(intake, caller)
        try:
            if self._send(waiter, sentence, deadline):
                self._wait(waiter, deadline)
        except TimeoutError:
            self._give_up(waiter, messages.SILENT)
        except OneTooMany:
            self._give_up(waiter, messages.NOT_ANSWERING)
        except BaseException:
            # Somewhere in the middle of a sentence.
            self.close()
            raise
        finally:
            self._leave(waiter)
        return waiter.result()

    def look(self) -> None:
        """Take in what has come while nobody waited, the connection's end included.

        Only for who knows that nobody asks meanwhile.
        """
        for _ in range(_MOST_LOOKS):
            if self.is_lost or not self._read(0):
                return
        # Whoever goes on and on, unasked, costs the next to ask more than a new line would.
        self.close()

    def listen(self, deadline: Deadline) -> bool:
        """Do as `look` until something comes, by the deadline; whether something did."""
        while not self.is_lost and self.is_suspect() and not deadline.passed:
            self._read(deadline.remaining())
        return not (self.is_lost or self.is_suspect())

    def owes(self) -> float:
        """Give for how many seconds a `/cancel` has gone unanswered."""
        since = self._commands.overdue_since()
        return 0.0 if since is None else monotonic() - since

    def is_suspect(self) -> bool:
        """Tell whether nothing has come since a command was given up: the router may be gone."""
        since = self._commands.overdue_since()
        return since is not None and since >= self._heard_at

    def close(self) -> None:
        """Hang up. Whoever still waits loses his answer."""
        self._break(messages.CUT)

    def abandon(self) -> None:
        """Let go of a connection that another process goes on with, and of no lock."""
        self.is_lost = True
        self._wire.close()

    def _enter(self, intake: Intake, caller: Caller) -> Waiter:
        with self._lock:
            if self.is_lost:
                raise Lost(messages.CUT, sent=False)
            waiter = Waiter(self._commands.next_number(), intake, caller)
            self._commands.add(waiter)
            self._inside += 1
            return waiter

    def _send(self, waiter: Waiter, sentence: Sequence[str], deadline: Deadline) -> bool:
        data = encode(self._commands.words(sentence, waiter.number))
        while not self._writing.acquire(timeout=waiter.caller.patience(deadline)):
            pass
        try:
            waiter.sent_at = monotonic()
            self._wire.send(data, deadline)
            waiter.sent = True
        except TimeoutError:
            # The sentence's last byte never left, so the router cannot have acted on it.
            self._end(waiter, Lost(messages.SILENT, sent=False, silent=True))
            self.close()
        except OSError:
            self.close()
        finally:
            self._writing.release()
        return waiter.sent

    def _wait(self, waiter: Waiter, deadline: Deadline) -> None:
        while True:
            with self._lock:
                if waiter.over:
                    return
                waiter.awaits = True
                if self._reads is None:
                    self._reads = waiter
                reads = self._reads is waiter
            seconds = waiter.caller.patience(deadline)
            if reads:
                self._read(seconds)
            else:
                waiter.wake.acquire(timeout=seconds)

    def _leave(self, waiter: Waiter) -> None:
        with self._lock:
            self._inside -= 1
            if self._reads is waiter:
                self._reads = next((w for w in self._commands.waiters if w.awaits), None)
                if self._reads is not None:
                    self._reads.rouse()
            is_last = self.is_lost and not self._inside
        if is_last:
            self._wire.close()

    def _give_up(self, waiter: Waiter, reason: str) -> None:
        with self._lock:
            if waiter.over:
                return
            waiter.end(Lost(reason, sent=waiter.sent, silent=True))
            if not waiter.sent:
                self._commands.close(waiter.number)
                return
            number = self._commands.drop(waiter)
        if number is None:
            # Without tags the late answer would be taken for the next command's.
            self.close()
        else:
            self._cancel(waiter.number, number)

    def _cancel(self, late: int, number: int) -> None:
        words = self._commands.words(("/cancel", f"=tag={late}"), number)
        # Nobody is waited for: who writes has waited himself, and the line is as good as gone.
        if not self._writing.acquire(blocking=False):
            return
        try:
            self._wire.send_now(encode(words))
        except OSError:
            self.close()
        finally:
            self._writing.release()

    def _read(self, seconds: float) -> bool:
        """Take in what comes within so many seconds; false where nothing did."""
        try:
            data = self._wire.receive(seconds)
            if data:
                self._hand_out(data)
            elif data is not None:
                self._break(messages.CUT)
            return bool(data)
        except OSError:
            self._break(messages.CUT)
        except TooMuch:
            self._break(messages.TOO_MUCH)
        except (ProtocolError, ValueError, LookupError):
            self._break(messages.GARBLED)
        return False

    def _hand_out(self, data: bytes) -> None:
        """Give each sentence to whoever waits for it."""
        first: int | None = None
        try:
            for sentence in self._sentences.feed(data):
                if sentence[0] == b"!fatal":
                    raise ConnectionAbortedError
                with self._lock:
                    owner = self._commands.owner(sentence)
                first = owner.number if first is None else min(first, owner.number)
                self._give(owner, sentence)
        finally:
            if first is not None:
                self._heard(first)

    def _give(self, owner: Waiter | Unwanted, sentence: Sentence) -> None:
        try:
            if owner.take(sentence, self._sentences.size):
                self._end(owner)
        except TooMuch:
            self._end(owner, Lost(messages.TOO_MUCH, sent=True))
            # Whoever talks without end is not listened to any more; it may have been another's.
            raise ConnectionAbortedError from None
        except Exception as error:  # noqa: BLE001
            # It is for whoever asked, not for whoever happens to read.
            self._fail(owner, error)

    def _end(self, owner: Waiter | Unwanted, error: Exception | None = None) -> None:
        with self._lock:
            self._commands.close(owner.number)
            if not isinstance(owner, Waiter) or owner.over:
                return
            if error is None:
                owner.caller.answered()
            owner.end(error)

    def _fail(self, owner: Waiter | Unwanted, error: Exception) -> None:
        assert isinstance(owner, Waiter)
        with self._lock:
            goes_on = self._commands.drop(owner) is not None
            owner.end(error)
        if not goes_on:
            raise ConnectionAbortedError

    def _heard(self, first: int) -> None:
        """Note a sign of life for all whose commands may have waited for the first answered."""
        with self._lock:
            self._heard_at = monotonic()
            for waiter in self._commands.waiters:
                if waiter.number >= first:
                    waiter.caller.heard()

    def _break(self, reason: str) -> None:
        with self._lock:
            if not self.is_lost:
                self.is_lost = True
                for waiter in list(self._commands.waiters):
                    self._commands.close(waiter.number)
                    waiter.end(Lost(reason, sent=waiter.sent))
            is_last = not self._inside
        self._wire.hang_up()
        if is_last:
            self._wire.close()
