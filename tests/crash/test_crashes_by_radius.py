"""Prove the same where a router asks us: what it would be told by RADIUS is what was paid for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.crash.forker import Forker
from tests.crash.scenarios import SCENARIOS, Scenario
from tests.crash.test_crashes import CrashTable
from tests.support.environment import PATIENT, open_environment
from tests.support.radius.environment import AskingEnvironment
from tests.support.shop import SECRETS

pytestmark = pytest.mark.long

# Those that the provisioner sees most of; the others differ at the gateway alone.
ROWS = ("sale", "extension refunded", "expiry")


@pytest.fixture(scope="module")
def asking_table(
    module_database_url: str | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CrashTable]:
    instance, url = tmp_path_factory.mktemp("instance"), module_database_url
    with ExitStack() as stack:
        environment = stack.enter_context(open_environment(instance, url, AskingEnvironment))
        about = environment.urls | {"instance_path": str(instance)}
        variables = SECRETS | ({"DATABASE_URL": url} if url else {})
        log = instance / "log"
        settings = PATIENT | about | {"log_level": "INFO"}
        yield CrashTable(environment, stack.enter_context(Forker(variables, settings, log)), log)


@pytest.mark.parametrize(
    "scenario",
    [scenario for scenario in SCENARIOS if scenario.name in ROWS],
    ids=lambda scenario: scenario.name,
)
def test_whoever_dies_at_any_point(asking_table: CrashTable, scenario: Scenario) -> None:
    assert asking_table.play(scenario) == []
    assert asking_table.environment.router.commands == []
