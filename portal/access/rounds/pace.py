"""Read a router in its turn: what can have changed, and seldom where nobody is online."""

from __future__ import annotations

from portal.access.usage_sync import WHOLE_EVERY, sync_usage
from portal.models.job import Pace
from portal.ports import settings

# Where nobody was online for two rounds, the next ones come after so many times the usual time
# at most: who comes online there is seen later by that much.
QUIETEST = 4


def go_round(router_id: str, quiet: int) -> Pace:
    """Read the router, and say when to do so again. Raises RouterError.

    `quiet`: in how many rounds in a row nobody was online.
    """
    done = sync_usage(router_id, whole=False)
    quiet = 0 if done.online or done.changed else quiet + 1
    return Pace(settings().usage_sync_seconds * _factor(quiet), quiet)


def seen_within() -> float:
    """Give the seconds within which a use is counted, however short, where the router answers.

    The last round before all of its users are due to be read again may still read a part of them,
    and a quiet router's next one comes latest.
    """
    return float(settings().usage_sync_seconds * (WHOLE_EVERY + QUIETEST))


def _factor(quiet: int) -> float:
    return float(min(2 ** max(0, quiet - 1), QUIETEST))
