"""Give each gateway in turn, before its own sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.payments.contract.houses import HOUSES, House, open_house


@pytest.fixture(scope="module", params=sorted(HOUSES))
def running(request: pytest.FixtureRequest) -> Iterator[House]:
    with open_house(request.param) as house:
        yield house


@pytest.fixture
def house(running: House) -> Iterator[House]:
    yield running
    running.sandbox.heal()
    running.sandbox.accept(running.key)


@pytest.fixture
def gateway(house: House):
    return house.gateway()
