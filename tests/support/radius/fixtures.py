"""Fixtures of a shop where a RADIUS server could read, for the modules that import them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.databases.admin import Databases
from tests.support.databases.migrated import copy_postgresql
from tests.support.shop import SECRETS, Shop, open_shop


@pytest.fixture(scope="module")
def open_for_all(postgres: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A shop on PostgreSQL, for all tests of a module."""
    url = copy_postgresql(postgres, SECRETS)
    with open_shop(tmp_path_factory.mktemp("shop"), url, Shop) as opened:
        yield opened
    postgres.drop_database(url)


@pytest.fixture
def radius_shop(open_for_all: Shop) -> Iterator[Shop]:
    """The same, within its application."""
    with open_for_all.app.app_context():
        yield open_for_all
