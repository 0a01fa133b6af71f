"""Try many inputs, and mind neither how long one takes nor how long Hypothesis thinks of them."""

from __future__ import annotations

from hypothesis import HealthCheck, settings


def any_input(examples: int = 100) -> settings:
    """Decorate a test with `given` below it; a busy machine makes no input wrong."""
    return settings(
        max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
