"""Prove that a PostgreSQL that restarts is noticed before a query, and looking costs no round
trip.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from portal.core import database
from portal.core.database import reading, writing
from portal.core.extensions import db
from tests.support.databases.postgres import Postgres
from tests.support.shop import close_app, make_app

BEGAN_JUST_NOW = text("SELECT transaction_timestamp() = statement_timestamp()")


@pytest.fixture
def app(crashing_postgres: Postgres, tmp_path: Path) -> Iterator[Flask]:
    app = make_app(tmp_path, crashing_postgres.create_database())
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
