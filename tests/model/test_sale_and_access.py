"""Test sale and access against a model, whatever happens in whatever order."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.environment import ModelEnvironment, open_model_environment, search_young_orders
from tests.model.machine import Machine

pytestmark = [pytest.mark.long, pytest.mark.each_database]

# The same in every run, so that what fails is what was changed; others explore.
SEED = int(os.environ.get("PORTAL_SEED", "20"))
EXAMPLES = int(os.environ.get("PORTAL_EXAMPLES", "6"))
BOUNDED = settings(
    max_examples=EXAMPLES,
    stateful_step_count=40,
    deadline=None,
    print_blob=True,
    database=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def environment(
    database_url: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ModelEnvironment]:
    search_young_orders(monkeypatch)
    with open_model_environment(tmp_path, database_url) as environment:
        yield environment


# Making what failed as short as can be takes minutes.
@pytest.mark.timeout(600)
def test_everything_in_any_order(environment: ModelEnvironment) -> None:
    print(f"PORTAL_SEED={SEED} PORTAL_EXAMPLES={EXAMPLES}")
    machine = type("Everything", (Machine,), {"environment": environment})
    run_state_machine_as_test(seed(SEED)(machine), settings=BOUNDED)
