"""Tell whether a database has all the tables and columns that this version works with."""

from __future__ import annotations

import re
from functools import cache

from flask import Flask, current_app
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from config import ROOT
from portal.core.extensions import db

FOLDER = ROOT / "migrations"
REVISION = re.compile(r'^(down_)?revision = "(\w+)"$', re.MULTILINE)


def prepare(app: Flask) -> None:
    """Let Flask-Migrate work on the application. A web process never loads it, nor Alembic."""
    from flask_migrate import Migrate

    Migrate(app, db, directory=str(FOLDER))


def upgrade() -> None:
    """Walk the migrations that the current application's database lacks."""
    import flask_migrate

    prepare(current_app)
    flask_migrate.upgrade()


def is_behind(session: Session) -> bool:
    """Tell whether migrations are missing, or were made by another version."""
    if not inspect(session.connection()).has_table("alembic_version"):
        return True
    found = session.scalars(text("SELECT version_num FROM alembic_version"))
    return set(found) != newest()


@cache
def newest() -> frozenset[str]:
    """Give the migrations that no other one follows, as Alembic does, which is not loaded here."""
    files = (FOLDER / "versions").glob("*.py")
    said = [REVISION.findall(file.read_text(encoding="utf-8")) for file in files]
    named = {name for each in said for follows, name in each if not follows}
    followed = {name for each in said for follows, name in each if follows}
    return frozenset(named - followed)
