"""A small storm on each database: whatever breaks, the three ledgers agree afterwards."""

from __future__ import annotations

import secrets

import pytest

from tests.storm.report import complaints, report
from tests.storm.scale import SMALL, SMALL_ON_SQLITE, Scale
from tests.storm.storm import Aftermath, rage
from tests.support.postgres import Postgres

SECONDS = 110.0


@pytest.mark.timeout(SECONDS)
def test_no_peso_is_lost_on_postgresql() -> None:
    seed = secrets.randbelow(10**6)
    print(f"seed {seed}")
    with Postgres(durable=True) as postgres:
        check(rage(SMALL, seed, postgres), SMALL)


@pytest.mark.timeout(SECONDS)
def test_no_peso_is_lost_on_sqlite() -> None:
    seed = secrets.randbelow(10**6)
    print(f"seed {seed}")
    check(rage(SMALL_ON_SQLITE, seed, None), SMALL_ON_SQLITE)


def check(aftermath: Aftermath, scale: Scale) -> None:
    print(report(aftermath, markdown=False))
    assert not complaints(aftermath), aftermath.stories
    assert len(aftermath.ledgers.sales) >= scale.sales
    assert aftermath.kills.total() >= scale.kills
    assert aftermath.restarts == scale.database_restarts
    states = {sale.state for sale in aftermath.ledgers.sales}
    assert {"delivered", "canceled", "refunded"} <= states
