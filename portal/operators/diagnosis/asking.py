"""Ask several routers the same, side by side, for a part of the time that there is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from portal.core.concurrency import map_concurrently
from portal.core.errors import Problem
from portal.core.vault import VaultError
from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import RouterError, RouterUnavailable
from portal.models import Router
from portal.operators.diagnosis.facts import Look, Unseen

# One that hangs leaves the others their time.
MOST_SECONDS = 1.0

T = TypeVar("T")


def ask_each(
    routers: Sequence[Router], question: Callable[[Router, float], T], deadline: Deadline
) -> list[tuple[Router, Look[T]]]:
    """Ask each, with the seconds that it has; give what it answered, or why nothing is known."""
    soon = deadline.within(MOST_SECONDS)
    answers = map_concurrently(lambda router: _ask(router, question, soon), routers)
    return list(zip(routers, answers, strict=True))


def _ask(router: Router, question: Callable[[Router, float], T], deadline: Deadline) -> Look[T]:
    if deadline.passed:
        return Unseen.LATE
    try:
        return question(router, deadline.remaining())
    except RouterError as error:
        return Unseen.LATE if isinstance(error, RouterUnavailable) else Unseen.REFUSED
    except (Problem, VaultError):
        return Unseen.REFUSED
