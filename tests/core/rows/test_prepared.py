"""Test statements that PostgreSQL plans once: carried out, whoever shares its connections."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, bindparam, select, text
from sqlalchemy.exc import ProgrammingError

from portal.core.extensions import db
from portal.core.rows.columns import table_of
from portal.core.rows.prepared import Prepared, find
from portal.models import Company
from tests.support.databases.admin import Databases
from tests.support.databases.migrated import copy_postgresql
from tests.support.shop import SECRETS, close_app, make_app
from tests.support.tenants import make_tenant

COMPANIES = table_of(Company).c
BY_NAME = select(COMPANIES.id, COMPANIES.name.label("called")).where(
    COMPANIES.name == bindparam("name"), COMPANIES.active == bindparam("active", True)
)


@pytest.fixture(scope="module")
def app(postgres: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder: Path = tmp_path_factory.mktemp("instance")
    app = make_app(folder, copy_postgresql(postgres, SECRETS))
    make_tenant(app, "100 % %(x)s")
    with app.app_context():
        yield app
    close_app(app)


def engine() -> Engine:
    return db.engine


def prepared_names() -> list[str]:
    with engine().connect() as connection:
        return list(connection.scalars(text("SELECT name FROM pg_prepared_statements")))


def test_it_is_planned_once_and_finds_what_it_should(app: Flask) -> None:
    engine().dispose()
    for _ in range(3):
        found = find(BY_NAME, {"name": "100 % %(x)s"})
        assert found.called == "100 % %(x)s"
        assert find(BY_NAME, {"name": "nobody"}) is None
        assert find(BY_NAME, {"name": "100 % %(x)s", "active": False}) is None
    assert len(prepared_names()) == 1


def test_what_says_the_same_has_the_same_name_and_nothing_else_has(app: Flask) -> None:
    dialect = engine().dialect
    one, same = Prepared(BY_NAME, dialect), Prepared(BY_NAME, dialect)
    other = Prepared(BY_NAME.where(COMPANIES.id == bindparam("id")), dialect)
    assert one.name == same.name != other.name


@pytest.mark.parametrize("forgotten", [True, False])
def test_a_pooler_may_lie_in_between(app: Flask, *, forgotten: bool) -> None:
    engine().dispose()
    statement = Prepared(BY_NAME, engine().dialect)
    if forgotten:
        # Known to be prepared here, on a connection that the pooler has given to another.
        statement.run(engine(), {"name": "x"})
        execute("DEALLOCATE ALL")
    else:
        execute(statement.preparation)
    for _ in range(2):
        assert statement.run(engine(), {"name": "100 % %(x)s"})


def execute(statement: str) -> None:
    raw: Any = engine().raw_connection()
    raw.cursor().execute(statement)
    raw.commit()
    raw.close()


def test_errors_are_those_of_sqlalchemy_without_values(app: Flask) -> None:
    broken = select(text("nothing")).where(bindparam("key", "planted-secret") == "x")
    with pytest.raises(ProgrammingError) as caught:
        find(broken, {})
    assert "planted-secret" not in str(caught.value)
