"""Prove that a process that dies, at any point of anything that it does, costs nobody a peso.

In each scenario a process dies at every fourth point, others than in the scenario before it, and
at each of a kind that none has died at yet; `PORTAL_CASES=all` has it die at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from portal.models import Sale
from portal.sales.errors import Problem
from portal.sales.purchase import buy
from portal.sales.request import PurchaseRequest
from tests.crash.checkpoints import Point
from tests.crash.crash_points import CrashPoint, crash_points
from tests.crash.false_answers import false_answers
from tests.crash.forker import Forker
from tests.crash.scenarios import DECLINED, SCENARIOS, VISA, Scenario, Task
from tests.support.environment import PATIENT, Environment, Visitor, open_environment
from tests.support.ledgers import Ledgers
from tests.support.pairs import Share
from tests.support.shop import ROUTER_PASSWORD, SECRETS

pytestmark = pytest.mark.long

NTH = 4
TRIES = 3
BYSTANDERS = {"owner": "", "neighbour": "portal:0123456789ab:acc_0"}


@dataclass(frozen=True)
class Played:
    """What was done for a visitor, where to die over it, and what was passed by who did not."""

    visitor: Visitor
    task: Task
    crash_point: CrashPoint
    survived: tuple[Point, ...] | None = None


class CrashTable:
    """An environment, and a process that forks those who die on it."""

    def __init__(self, environment: Environment, forker: Forker, log: Path) -> None:
        self.environment, self._forker, self._log = environment, forker, log
        for name, comment in BYSTANDERS.items():
            environment.router.add_user(name, "1234", comment=comment, profile="1hora")
        self.bystanders = self._bystanders()
        self._shares: dict[int, Share[CrashPoint]] = {
            count: Share(NTH * count, lambda way: way.kind) for count in (1, 2)
        }

    def play(self, scenario: Scenario) -> list[str]:
        """Everybody dies once; then the worker begins anew. What is wrong afterwards."""
        self.environment.clear()
        played = [one for name in scenario.gateways for one in self._play_at(name, scenario)]
        self._end(scenario)
        ledgers = self.environment.ledgers()
        wrong = self._strange(scenario, played, ledgers) + ledgers.wrong()
        wrong += [
            f"{sale.id} is told otherwise" for sale in false_answers(self.environment, ledgers)
        ]
        return _explained(
            [*wrong, *self._repeat(scenario, played)], played, self.environment.sales()
        )

    def _end(self, scenario: Scenario) -> None:
        if scenario.at_last is not None:
            self.environment.work_off()
            for name in scenario.gateways:
                with self.environment.paid_at(name):
                    scenario.at_last(self.environment)
        self.environment.settle()

    def _play_at(self, gateway: str, scenario: Scenario) -> list[Played]:
        """Its points are divided among the gateways, by turns."""
        row = SCENARIOS.index(scenario) + NTH * scenario.gateways.index(gateway)
        with self.environment.paid_at(gateway):
            ways = self._rehearse(scenario)
            chosen = self._shares[len(scenario.gateways)].of(ways, row)
            return [self._crash(scenario, way, ways) for way in chosen]

    def _rehearse(self, scenario: Scenario) -> list[CrashPoint]:
        task = scenario.prepare(self.environment, self.environment.visitor())
        ended = self._forker.rehearse(task.action, task.subject, scenario.settings)
        scenario.afterwards(self.environment, task)
        self.environment.put_off()
        return crash_points(ended.points)

    def _crash(
        self, scenario: Scenario, crash_point: CrashPoint, ways: Sequence[CrashPoint]
    ) -> Played:
        """Have one die there; who went another way this time shows where on it that is now.

        A round of the router, say, asks for other users than the one before it did.
        """
        place = ways.index(crash_point)
        for _ in range(TRIES):
            played = self._try(scenario, crash_point)
            if played.survived is None:
                break
            passed = crash_points(played.survived)
            if crash_point not in passed:
                crash_point = passed[min(place, len(passed) - 1)]
        return played

    def _try(self, scenario: Scenario, crash_point: CrashPoint) -> Played:
        visitor = self.environment.visitor()
        task = scenario.prepare(self.environment, visitor)
        ended = self._forker.run(
            task.action, task.subject, scenario.settings, crash_point.checkpoints
        )
        scenario.afterwards(self.environment, task)
        self.environment.put_off()
        return Played(visitor, task, crash_point, None if ended.killed else ended.points)

    def _strange(self, scenario: Scenario, played: list[Played], ledgers: Ledgers) -> list[str]:
        survivors = [
            f"{one.visitor.mac} never came to it, but passed {_named(one.survived)}"
            for one in played
            if one.survived is not None
        ]
        ends = {sale.state for sale in ledgers.sales} - scenario.ends
        others = [] if self._bystanders() == self.bystanders else ["P4: others were touched"]
        return survivors + [f"some ended {end}" for end in ends] + others + self._spilt()

    def _spilt(self) -> list[str]:
        """Secrets that the dead have told their log."""
        said = self._log.read_text()
        secrets = (
            ROUTER_PASSWORD,
            *self.environment.private_keys,
            self.environment.api_key,
            VISA,
            DECLINED,
        )
        return [f"P5: {secret} was logged" for secret in secrets if secret in said]

    def _repeat(self, scenario: Scenario, played: list[Played]) -> Iterator[str]:
        """What is wrong when each buys the same once more, with the same key."""
        for one in played:
            self._buy_again(one.task)
        self._end(scenario)
        ledgers = self.environment.ledgers()
        yield from (f"repeated: {breach}" for breach in ledgers.wrong())
        for one in played:
            paid = [s for s in ledgers.sales if s.mac == one.visitor.mac and ledgers.money_of(s)]
            if len(paid) > scenario.bought:
                yield f"P1: {one.visitor.mac} paid {len(paid)} times"

    def _buy_again(self, task: Task) -> None:
        if "order" not in task.purchase:
            self.environment.send(task.purchase)
            return
        with self.environment.app.app_context(), suppress(Problem):
            buy(PurchaseRequest(**task.purchase["order"]))

    def _bystanders(self) -> list[dict[str, str]]:
        return [self.environment.router.users[name] for name in BYSTANDERS]


def _named(points: Sequence[Point]) -> str:
    return ", ".join(point.name for point in points)


def _explained(wrong: list[str], played: list[Played], sales: list[Sale]) -> list[str]:
    """The sentences with the crash that each sale, access or device is about."""
    died = {one.visitor.mac: one.crash_point for one in played}
    about = {name: died.get(s.mac) for s in sales for name in (s.id, s.access_id, s.mac)}
    return [
        f"{sentence} [{', '.join(str(d) for name, d in about.items() if str(name) in sentence)}]"
        for sentence in wrong
    ]


@pytest.fixture(scope="module")
def crash_table(
    module_database_url: str | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CrashTable]:
    instance, url = tmp_path_factory.mktemp("instance"), module_database_url
    with ExitStack() as stack:
        environment = stack.enter_context(open_environment(instance, url))
        about = environment.urls | {"instance_path": str(instance)}
        variables = SECRETS | ({"DATABASE_URL": url} if url else {})
        log = instance / "log"
        settings = PATIENT | about | {"log_level": "INFO"}
        yield CrashTable(environment, stack.enter_context(Forker(variables, settings, log)), log)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_whoever_dies_at_any_point(crash_table: CrashTable, scenario: Scenario) -> None:
    assert crash_table.play(scenario) == []
