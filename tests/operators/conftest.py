"""A migrated application on each database, and somebody who acts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask

from config import load_settings
from portal import create_app
from portal.extensions import db
from portal.models import Company, Router
from portal.operators import companies, routers
from portal.operators.audit import Actor
from tests.support.databases import Databases

SECRETS = ("secret_key", "jwt_apikey_secret", "jwt_session_secret")
KEY = "dGhpcnR5LXR3byBieXRlcyB0byBlbmNyeXB0IHdpdGg="
ROUTER = {
    "name": "Cafetería",
    "host": "192.0.2.1",
    "port": 8728,
    "username": "portal",
    "password": "router-secret",
}


def make_app(instance: Path, database_url: str = "") -> Flask:
    secrets = {name: f"{name} of an application in a test" for name in SECRETS}
    return create_app(
        load_settings(
            {}, instance_path=instance, database_url=database_url, **secrets, encryption_keys=KEY
        )
    )


def migrate(instance: Path, database_url: str = "") -> None:
    app = make_app(instance, database_url)
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()


@pytest.fixture(scope="session")
def migrated_instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    instance = tmp_path_factory.mktemp("migrated")
    migrate(instance)
    return instance


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, migrated_instance: Path, tmp_path: Path) -> Iterator[Flask]:
    instance = shutil.copytree(migrated_instance, tmp_path / "instance")
    if request.param == "sqlite":
        yield from entered(make_app(instance))
        return
    databases: Databases = request.getfixturevalue("postgres")
    template = databases.template("operators", lambda url: migrate(instance, url))
    url = databases.create_database(template)
    yield from entered(make_app(instance, url))
    databases.drop_database(url)


def entered(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app
        db.engine.dispose()


@pytest.fixture
def actor() -> Actor:
    return Actor("ana@example.com", request_id="request-1", ip="192.0.2.9")


@pytest.fixture
def company(app: Flask, actor: Actor) -> Company:
    return companies.create(actor, name="Café Ñandú")


@pytest.fixture
def router(app: Flask, actor: Actor, company: Company) -> Router:
    return routers.create(actor, company.id, **ROUTER)[0]
