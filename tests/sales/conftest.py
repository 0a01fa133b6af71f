"""A shop on each database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.support.shop import Shop, open_shop

OpenShop = Callable[..., Shop]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str | None:
    """None for SQLite; an empty PostgreSQL database otherwise."""
    if request.param == "sqlite":
        return None
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def open_a_shop(tmp_path: Path, database_url: str | None) -> Iterator[OpenShop]:
    """Opens a shop with settings of the test's own."""
    with ExitStack() as stack:

        def make(**settings: Any) -> Shop:
            return stack.enter_context(open_shop(tmp_path, database_url, **settings))

        yield make


@pytest.fixture
def shop(open_a_shop: OpenShop) -> Shop:
    return open_a_shop()
