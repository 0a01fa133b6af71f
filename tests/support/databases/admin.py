"""Make and drop databases on one PostgreSQL server through its admin URL."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any
from uuid import uuid4

import psycopg2
from sqlalchemy.engine import make_url

from tests.support.patience import PATIENCE


def execute(url: str, statement: str) -> None:
    """Run one statement that PostgreSQL refuses inside a transaction."""
    with closing(psycopg2.connect(url, connect_timeout=int(PATIENCE))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)


def fetch(url: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows that a query gives, with these values in place of each %s."""
    with closing(psycopg2.connect(url, connect_timeout=int(PATIENCE))) as connection:
        cursor = connection.cursor()
        cursor.execute(query, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


class Databases:
    """Makes databases on the server behind `admin_url` and drops them again.

    `admin_url` may name a SQLAlchemy driver; the URLs given out are bare `postgresql://`, which
    both libpq and our settings understand.
    """

    def __init__(self, admin_url: str) -> None:
        self._admin = make_url(admin_url).set(drivername="postgresql")
        self._created: list[str] = []
        self._templates: dict[str, str] = {}

    @property
    def admin_url(self) -> str:
        return self._admin.render_as_string(hide_password=False)

    def url(self, database: str) -> str:
        return self._admin.set(database=database).render_as_string(hide_password=False)

    def create_database(self, template: str = "template1", name: str | None = None) -> str:
        """A new database, a copy of the database `template`, to which nobody may be connected."""
        name = name or f"portal_test_{uuid4().hex[:12]}"
        # Copied as files: to log each of its pages takes twice as long.
        how = f'TEMPLATE "{template}" STRATEGY FILE_COPY'
        execute(self.admin_url, f"CREATE DATABASE {name} {how}")
        self._created.append(name)
        return self.url(name)

    def template(self, key: str, prepare: Callable[[str], None]) -> str:
        """The name of a database that `prepare(url)` has filled; prepared once for each `key`.

        `prepare` must close its connections: PostgreSQL does not copy a database in use.
        """
        if key not in self._templates:
            url = self.create_database()
            prepare(url)
            self._templates[key] = str(make_url(url).database)
        return self._templates[key]

    def drop_database(self, url: str) -> None:
        """Drop a database that we made, ending whoever is still connected to it."""
        name = str(make_url(url).database)
        execute(self.admin_url, f"DROP DATABASE {name} WITH (FORCE)")
        self._created.remove(name)

    def drop_all(self) -> None:
        self._templates.clear()
        for name in reversed(self._created.copy()):
            self.drop_database(self.url(name))
