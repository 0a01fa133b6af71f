"""Test connections that are lent for a statement: whatever comes of it, the next one is good."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, func, select, text
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneIsFree

from portal.core.database import lending, writing
from portal.core.extensions import db
from portal.core.rows.prepared import execute_at_once, find
from tests.support.databases.admin import Databases
from tests.support.databases.migrated import copy_postgresql
from tests.support.shop import SECRETS, close_app, make_app

PLACES = 2
ME = func.pg_backend_pid()
BACKEND = select(ME.label("pid"))
ENDED = select(func.pg_terminate_backend(ME), func.pg_sleep(30))
CANCELED = select(func.pg_cancel_backend(ME), func.pg_sleep(30))
BROKEN = select(text("1 / 0"))
IN_TRANSACTION = text("SELECT transaction_timestamp() < statement_timestamp()")


@pytest.fixture(scope="module")
def app(postgres: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = make_app(
        tmp_path_factory.mktemp("instance"),
        copy_postgresql(postgres, SECRETS),
        db_pool_size=1,
        db_max_overflow=PLACES - 1,
        db_pool_timeout=0.1,
    )
    with app.app_context():
        yield app
    close_app(app)


@pytest.fixture(autouse=True)
def all_come_back(app: Flask) -> Iterator[None]:
    yield
    assert lending(db.engine).checkedout() == 0
    with writing() as session:
        session.execute(IN_TRANSACTION)
        assert session.scalar(IN_TRANSACTION), "it was left to commit by itself"


def backend() -> int:
    return int(find(BACKEND, {}).pid)


@pytest.mark.parametrize("ask", [find, execute_at_once])
@pytest.mark.parametrize(
    ("statement", "error", "stays"),
    [
        (ENDED, OperationalError, False),
        (CANCELED, OperationalError, True),
        (BROKEN, DataError, True),
    ],
    ids=["ended", "canceled", "broken"],
)
def test_after_an_error_the_next_is_answered(
    ask: Callable[..., Any], statement: Select[Any], error: type[Exception], *, stays: bool
) -> None:
    before = backend()
    with pytest.raises(error) as caught:
        ask(statement, {})
    assert getattr(caught.value, "connection_invalidated", False) is not stays
    assert (backend() == before) is stays


def leave_in_the_middle() -> None:
    with lending(db.engine).lent() as record:
        raw: Any = record.dbapi_connection
        raw.cursor().execute("BEGIN; SELECT 'half of it'")
        raise KeyboardInterrupt


def test_who_leaves_in_the_middle_leaves_no_answer_behind(app: Flask) -> None:
    before = backend()
    with pytest.raises(KeyboardInterrupt):
        leave_in_the_middle()
    assert backend() != before


def test_where_all_are_taken_it_waits_no_longer_than_is_said(app: Flask) -> None:
    with ExitStack() as taken:
        for _ in range(PLACES):
            taken.enter_context(db.engine.connect())
        with pytest.raises(NoneIsFree):
            backend()
    assert backend()
