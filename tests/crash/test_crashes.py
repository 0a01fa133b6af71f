"""A process that dies, at any point of anything that it does, costs nobody a peso."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from portal.models import Sale
from portal.sales.errors import Problem
from portal.sales.purchase import buy
from portal.sales.request import PurchaseRequest
from tests.crash.books import Books
from tests.crash.crash_points import Death, deaths
from tests.crash.environment import PATIENT, Environment, Visitor, open_environment
from tests.crash.forker import Forker
from tests.crash.scenarios import DECLINED, SCENARIOS, VISA, Act, Scenario
from tests.crash.telling import untruths
from tests.support.shop import ROUTER_PASSWORD, SECRETS

pytestmark = pytest.mark.long

BYSTANDERS = {"owner": "", "neighbour": "portal:0123456789ab:acc_0"}


@dataclass(frozen=True)
class Played:
    """What was done for a visitor, and the death over it; None where nobody died."""

    visitor: Visitor
    act: Act
    death: Death | None


class Theatre:
    """A stage, and a process that forks those who die on it."""

    def __init__(self, stage: Environment, forker: Forker, log: Path) -> None:
        self.stage, self._forker, self._log = stage, forker, log
        for name, comment in BYSTANDERS.items():
            stage.router.add_user(name, "1234", comment=comment, profile="1hora")
        self.bystanders = self._bystanders()

    def play(self, scenario: Scenario) -> list[str]:
        """Everybody dies once; then the worker begins anew. What is wrong afterwards."""
        self.stage.clear()
        ways = self._rehearse(scenario)
        played = [self._die(scenario, way) for way in ways]
        self.stage.settle()
        books = self.stage.books()
        wrong = self._strange(scenario, played, books) + books.wrong()
        wrong += [f"{sale.id} is told otherwise" for sale in untruths(self.stage, books)]
        return _explained([*wrong, *self._repeat(scenario, played)], played, self.stage.sales())

    def _rehearse(self, scenario: Scenario) -> list[Death]:
        act = scenario.prepare(self.stage, self.stage.visitor())
        ended = self._forker.rehearse(act.deed, act.subject, scenario.settings)
        scenario.afterwards(self.stage, act)
        self.stage.put_off()
        return deaths(ended.points)

    def _die(self, scenario: Scenario, death: Death) -> Played:
        visitor = self.stage.visitor()
        act = scenario.prepare(self.stage, visitor)
        ended = self._forker.run(act.deed, act.subject, scenario.settings, death.tape)
        scenario.afterwards(self.stage, act)
        self.stage.put_off()
        return Played(visitor, act, death if ended.killed else None)

    def _strange(self, scenario: Scenario, played: list[Played], books: Books) -> list[str]:
        survivors = [f"{p.visitor.mac} survived" for p in played if p.death is None]
        ends = {sale.state for sale in books.sales} - scenario.ends
        others = [] if self._bystanders() == self.bystanders else ["P4: others were touched"]
        return survivors + [f"some ended {end}" for end in ends] + others + self._spilt()

    def _spilt(self) -> list[str]:
        """Secrets that the dead have told their log."""
        said = self._log.read_text()
        secrets = (ROUTER_PASSWORD, self.stage.private_key, self.stage.api_key, VISA, DECLINED)
        return [f"P5: {secret} was logged" for secret in secrets if secret in said]

    def _repeat(self, scenario: Scenario, played: list[Played]) -> Iterator[str]:
        """What is wrong when each buys the same once more, with the same key."""
        for one in played:
            self._buy_again(one.act)
        self.stage.settle()
        books = self.stage.books()
        yield from (f"repeated: {breach}" for breach in books.wrong())
        for one in played:
            paid = [s for s in books.sales if s.mac == one.visitor.mac and books.money_of(s)]
            if len(paid) > scenario.bought:
                yield f"P1: {one.visitor.mac} paid {len(paid)} times"

    def _buy_again(self, act: Act) -> None:
        if "order" not in act.purchase:
            self.stage.send(act.purchase)
            return
        with self.stage.app.app_context(), suppress(Problem):
            buy(PurchaseRequest(**act.purchase["order"]))

    def _bystanders(self) -> list[dict[str, str]]:
        return [self.stage.router.users[name] for name in BYSTANDERS]


def _explained(wrong: list[str], played: list[Played], sales: list[Sale]) -> list[str]:
    """The sentences with the death that each sale, access or device is about."""
    died = {one.visitor.mac: one.death for one in played}
    about = {name: died.get(s.mac) for s in sales for name in (s.id, s.access_id, s.mac)}
    return [
        f"{sentence} [{', '.join(str(d) for name, d in about.items() if str(name) in sentence)}]"
        for sentence in wrong
    ]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def theatre(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Theatre]:
    instance, url = tmp_path_factory.mktemp("instance"), None
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").create_database()
    with ExitStack() as stack:
        stage = stack.enter_context(open_environment(instance, url))
        about = {"conekta_api_url": stage.gateway.url, "instance_path": str(instance)}
        environment = SECRETS | ({"DATABASE_URL": url} if url else {})
        log = instance / "log"
        settings = PATIENT | about | {"log_level": "INFO"}
        yield Theatre(stage, stack.enter_context(Forker(environment, settings, log)), log)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_whoever_dies_at_any_point(theatre: Theatre, scenario: Scenario) -> None:
    assert theatre.play(scenario) == []
