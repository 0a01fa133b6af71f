"""Prove that a PostgreSQL that restarts is noticed before a query, and looking costs no round
trip.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from portal.core import database
from portal.core.database import reading, writing
from portal.core.extensions import db
from portal.core.statements import row_by_row
from tests.support.databases.migrated import copy_postgresql
from tests.support.databases.postgres import Postgres
from tests.support.shop import SECRETS, close_app, make_app

WHOLE_TABLES = text("SHOW enable_seqscan")
BEGAN_JUST_NOW = text("SELECT transaction_timestamp() = statement_timestamp()")


@pytest.fixture
def app(crashing_postgres: Postgres, tmp_path: Path) -> Iterator[Flask]:
    app = make_app(tmp_path, copy_postgresql(crashing_postgres, SECRETS))
    yield app
    close_app(app)


def backend() -> int:
    """The process of the server that answers."""
    with reading() as session:
        return int(session.scalar(text("SELECT pg_backend_pid()")) or 0)


@pytest.mark.parametrize("crash", [False, True])
def test_the_first_query_after_a_restart_succeeds(
    app: Flask, crashing_postgres: Postgres, *, crash: bool
) -> None:
    with app.app_context():
        before = backend()
        if crash:
            crashing_postgres.kill()
        crashing_postgres.restart()
        assert backend() != before
        with writing() as session:
            assert session.scalar(text("SELECT 1")) == 1


def test_a_connection_that_the_server_ended_is_replaced(app: Flask) -> None:
    with app.app_context():
        before = backend()
        with reading() as other, reading() as session:
            other.execute(text("SELECT 1"))
            session.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": before})
        assert backend() != before


def test_a_quiet_connection_is_asked(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    with app.app_context():
        before = backend()
        monkeypatch.setattr(db.engine.dialect, "do_ping", asked.append)
        assert backend() == before
        assert not asked
        monkeypatch.setattr(database, "UNPROVED_SECONDS", 0.0)
        assert backend() == before
        assert len(asked) == 1


def test_only_writers_have_a_transaction(app: Flask) -> None:
    with app.app_context():
        for session_of, apart in ((reading, True), (writing, False)):
            with session_of() as session:
                session.execute(BEGAN_JUST_NOW)
                assert session.scalar(BEGAN_JUST_NOW) is apart


@pytest.mark.parametrize("opened", [reading, writing])
def test_what_looks_up_row_by_row_leaves_no_trace_and_hides_no_error(
    app: Flask, opened: Callable[[], AbstractContextManager[Session]]
) -> None:
    with app.app_context():
        with pytest.raises(DataError), opened() as session, row_by_row(session):
            session.execute(text("SELECT 1 / 0"))
        with opened() as session:
            with row_by_row(session):
                assert session.scalar(WHOLE_TABLES) == "off"
            assert session.scalar(WHOLE_TABLES) == "on"
