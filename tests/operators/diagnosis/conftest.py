"""Give a counter with a customer before it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.operators.diagnosis.scenes import Counter
from tests.support.environment import open_environment
from tests.support.fixtures import MakeDatabase


@pytest.fixture(scope="module")
def opened(
    make_database: MakeDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Counter]:
    folder = tmp_path_factory.mktemp("instance")
    with open_environment(folder, make_database(), Counter, log_level="ERROR") as counter:
        yield counter


@pytest.fixture
def counter(opened: Counter) -> Counter:
    """Begun anew; one for a module's tests on each kind of database."""
    opened.clear()
    return opened
