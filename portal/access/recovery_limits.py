"""Limit tries at a lost code: three, then an hour."""

from __future__ import annotations

from datetime import timedelta

from portal.access.attempt_limits import AttemptLimit

TRIES = 3
WAIT = timedelta(hours=1)
WAIT_SENTENCE = "Ya hubo tres intentos. Espera una hora e intenta otra vez."


def _an_hour_after_three(failures: int) -> float:
    return WAIT.total_seconds() if failures >= TRIES else 0.0


LOST_CODES = AttemptLimit("lost_code", WAIT, _an_hour_after_three, WAIT_SENTENCE)
