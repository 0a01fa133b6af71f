"""Prove the same where a router asks us: what it would be told by RADIUS is what was paid for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
import sqlalchemy as sa

from portal.access.radius.keys import radius_keys
from portal.access.radius.routers import enrol
from portal.core.database import reading, writing
from portal.models import Access, RadiusUser, Router
from tests.crash.forker import Forker
from tests.crash.scenarios import SCENARIOS, Scenario
from tests.crash.test_crashes import CrashTable
from tests.support.environment import PATIENT, Environment, open_environment
from tests.support.ledgers import Ledgers
from tests.support.shop import SECRETS

pytestmark = pytest.mark.long

ROWS = ("sale", "declined", "extension", "refund by the operator", "extension refunded", "expiry")


class AskingEnvironment(Environment):
    """An environment whose router is never asked anything."""

    def _furnish(self) -> None:
        super()._furnish()
        keys = radius_keys()
        with writing() as session:
            router = session.get_one(Router, self.router_id)
            router.delivery, router.host, router.password = "radius", None, None
            session.flush()
            enrol(session, keys, router)

    def ledgers(self) -> Ledgers:
        """The three ledgers; the router's is what the RADIUS server would tell it."""
        return replace(super().ledgers(), users=self._told())

    def _told(self) -> list[dict[str, str]]:
        with self.app.app_context():
            keys = radius_keys()
            with reading() as session:
                query = sa.select(RadiusUser, Access).join(
                    Access, Access.id == RadiusUser.access_id
                )
                return [
                    {
                        "router": user.router_id,
                        "comment": self.mark_prefix + access.id,
                        "name": access.name,
                        "password": keys.open(access.id, user.password_cipher),
                        "profile": user.profile,
                        "disabled": str(user.disabled).lower(),
                        "limit-bytes-total": str(user.limit_bytes or "false"),
                    }
                    for user, access in session.execute(query)
                ]


@pytest.fixture(scope="module")
def asking_table(
    module_database_url: str | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CrashTable]:
    instance, url = tmp_path_factory.mktemp("instance"), module_database_url
    with ExitStack() as stack:
        environment = stack.enter_context(open_environment(instance, url, AskingEnvironment))
        about = {"conekta_api_url": environment.gateway.url, "instance_path": str(instance)}
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
