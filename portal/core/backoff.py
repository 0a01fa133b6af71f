"""Space out repeated tries: doubling, bounded, spread."""

from __future__ import annotations

import random

SPREAD = 0.2


def retry_delay(attempts: int, first: float, longest: float) -> float:
    """Give the seconds until the next try: doubling from `first`, spread by a fifth either way."""
    delay = min(first * 2.0 ** min(attempts, 30), longest)
    return delay * random.uniform(1 - SPREAD, 1 + SPREAD)  # noqa: S311 - jitter guards no secret
