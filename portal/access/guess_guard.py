"""Notice who guesses codes from many devices of a router, slow them down, and tell of it.

`guess_limits` says from when, and by how much.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import BoundedSemaphore

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.attempt_limits import CODES, TRIED_CODES, AttemptLimit
from portal.access.guess_limits import budget, chance_of_code, chance_of_last4, turn_seconds
from portal.access.live_codes import STANDING, LiveCodes, live_codes
from portal.access.recovery_limits import LOST_CODES
from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert
from portal.core.database import reading, writing
from portal.core.errors import TooManyRequests
from portal.models import Access, Router

LONGEST_WAIT = 3.0
WAIT = "En este WiFi se están probando muchos códigos. Espere unos segundos e intente otra vez."
CODES_GUESSED = (
    "Alguien prueba códigos en «{}»: más de {} equivocados en una hora. Quien tiene el suyo entra "
    "con unos segundos de espera. Si se repite, use PIN más largos (pin_digitos)."
)
CARDS_GUESSED = (
    "Alguien prueba correos y tarjetas en «Perdí mi código» de «{}»: más de {} equivocados en "
    "una hora. Sus clientes siguen pudiendo usarlo, con unos segundos de espera."
)
# Requests of a process that may sleep until their turn, whatever the router.
_sleepers = BoundedSemaphore(8)


@dataclass(frozen=True)
class GuessGuard:
    """Watch a router's tries of one kind. `chance` is how likely a guess is right."""

    tries: AttemptLimit
    chance: Callable[[LiveCodes], float]
    alert: str

    def begin(self, router_id: str, who: str, *, is_own: bool = False) -> None:
        """Count a try before it is looked at; in a storm, wait for the router's next turn.

        `is_own`: it can open nothing but what stands in the name of who tries. Raises
        TooManyRequests; a try that got no turn counts for nothing.
        """
        is_storm = self.tries.count(router_id, who, is_own=is_own)
        if not is_storm or is_own:
            return
        try:
            self._wait_for_turn(router_id)
        except TooManyRequests:
            # Else whoever knows a MAC could try codes in its name, of which its own needs no turn.
            if not _has_access(router_id, who):
                with writing() as session:
                    self.tries.take_back(session, router_id, who)
            raise

    def begin_late(self, router_id: str, code: str, waits: TooManyRequests) -> None:
        """Let one who has to wait try a code all the same: in the router's turns, once a code.

        They may have been made to wait by others who claimed to be them, but of those none knew
        the code. Raises `waits` where the code was tried of late, or no turn is near.
        """
        key = _key(router_id, code)
        try:
            TRIED_CODES.count(router_id, key)
        except TooManyRequests:
            raise waits from None
        try:
            self._wait_for_turn(router_id)
        except TooManyRequests:
            with writing() as session:
                TRIED_CODES.take_back(session, router_id, key)
            raise waits from None

    def note_right(self, router_id: str, who: str, code: str, *, was_late: bool = False) -> None:
        """Count a try no more: it was a good one."""
        tries, key = (TRIED_CODES, _key(router_id, code)) if was_late else (self.tries, who)
        with writing() as session:
            tries.take_back(session, router_id, key)

    def note_wrong(self, router_id: str, code: str | None = None) -> None:
        """Take a wrong try off the router's budget; tell the operator when it is used up."""
        if code is not None:
            with suppress(TooManyRequests):
                TRIED_CODES.count(router_id, _key(router_id, code))
        with writing() as session:
            live = live_codes(session, router_id)
            allowed = budget(live.count, self.chance(live))
            row, now = self.tries.row_of_all(session, router_id)
            was_storm = allowed.is_used_up(row.locked_until, now)
            row.locked_until = allowed.after_a_try(row.locked_until, now)
            row.last_at = now
            if not was_storm and allowed.is_used_up(row.locked_until, now):
                self._tell(session, router_id, int(allowed.tries))

    def _tell(self, session: Session, router_id: str, tries: int) -> None:
        router = session.get_one(Router, router_id)
        message = self.alert.format(router.name, tries)
        kind = AlertKind(f"code_guessing_{self.tries.kind}")
        raise_alert(session, router.company_id, kind, router_id, message)

    def _wait_for_turn(self, router_id: str) -> None:
        """Wait for the turn, holding nothing but the request itself, of few requests a process."""
        if not _sleepers.acquire(blocking=False):
            raise TooManyRequests(math.ceil(LONGEST_WAIT), WAIT)
        try:
            time.sleep(self._take_turn(router_id))
        finally:
            _sleepers.release()

    def _take_turn(self, router_id: str) -> float:
        """Give the seconds until the turn that is now ours. Raises TooManyRequests: none near."""
        with reading() as session:
            apart = turn_seconds(self.chance(live_codes(session, router_id)))
        with writing() as session:
            return self.tries.take_turn(session, router_id, apart, LONGEST_WAIT, WAIT)


def _key(router_id: str, code: str) -> str:
    """Give what a code is counted by, in which it cannot be read."""
    digest: str = Access.name.digests(router_id, code.upper())[0]
    return digest


def _has_access(router_id: str, mac: str) -> bool:
    own = select(Access.id).where(Access.router_id == router_id, Access.mac == mac, STANDING)
    with reading() as session:
        return session.scalar(own.limit(1)) is not None


CODE_GUESSES = GuessGuard(CODES, chance_of_code, CODES_GUESSED)
LOST_CODE_GUESSES = GuessGuard(LOST_CODES, chance_of_last4, CARDS_GUESSED)
