"""Test a small chaos run on each database: whatever breaks, the three ledgers agree afterwards."""

from __future__ import annotations

import secrets

import pytest

from tests.chaos.aftermath import Aftermath, run
from tests.chaos.lost_gateway import WAYS
from tests.chaos.report import complaints, report
from tests.chaos.scale import BRIEF_BY_RADIUS, SMALL, SMALL_ON_SQLITE
from tests.support.databases.postgres import Postgres

pytestmark = pytest.mark.long

# Twice what it may take where it ends for lack of time; idle machines need a minute.
SECONDS = 600.0


@pytest.mark.timeout(SECONDS)
def test_no_peso_is_lost_on_postgresql() -> None:
    seed = secrets.randbelow(10**6)
    print(f"seed {seed}")
    with Postgres() as postgres:
        aftermath = run(SMALL, seed, postgres)
    check(aftermath)
    assert any("tag" in name for name in aftermath.faults), "no router tangled its answers"


@pytest.mark.timeout(SECONDS)
def test_no_peso_is_lost_on_sqlite() -> None:
    seed = secrets.randbelow(10**6)
    print(f"seed {seed}")
    check(run(SMALL_ON_SQLITE, seed, None))


@pytest.mark.timeout(SECONDS)
def test_no_peso_is_lost_and_nobody_refused_by_radius() -> None:
    seed = secrets.randbelow(10**6)
    print(f"seed {seed}")
    with Postgres() as postgres:
        aftermath = run(BRIEF_BY_RADIUS, seed, postgres)
    print(report(aftermath, markdown=False))
    assert not complaints(aftermath), aftermath.stories
    assert aftermath.faults["radius: datagram lost"] > 0


def check(aftermath: Aftermath) -> None:
    print(report(aftermath, markdown=False))
    assert not complaints(aftermath), aftermath.stories
    lost = [name for name in aftermath.faults if name.startswith("second gateway lost")]
    assert len(lost) == len(WAYS), aftermath.faults
    states = {sale.state for sale in aftermath.ledgers.sales}
    assert {"delivered", "canceled", "refunded"} <= states
