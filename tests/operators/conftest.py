"""An application on each kind of database for a module's tests, and somebody who acts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait

import pytest
from flask import Flask

from portal.models import Company, Router
from portal.operators import companies, routers
from portal.operators.audit import Actor
from tests.support.radius.fixtures import open_for_all, radius_shop

__all__ = ["open_for_all", "radius_shop"]
Meanwhile = Callable[[Callable[[], object]], Future[object]]
ROUTER = {
    "name": "Cafetería",
    "host": "192.0.2.1",
    "port": 8728,
    "username": "portal",
    "password": "router-secret",
}


@pytest.fixture(scope="module")
def app(app: Flask) -> Iterator[Flask]:
    """Entered already."""
    with app.app_context():
        yield app


@pytest.fixture
def meanwhile(app: Flask) -> Iterator[Meanwhile]:
    """Runs an action in another thread, and so in another transaction."""

    def entered(action: Callable[[], object]) -> object:
        with app.app_context():
            return action()

    with ThreadPoolExecutor(1) as threads:
        yield lambda action: threads.submit(entered, action)


def waits(action: Future[object]) -> bool:
    """Whether the action is held up: it has had ample time to end if it were not."""
    return wait([action], timeout=0.3).done == set()


@pytest.fixture
def actor() -> Actor:
    return Actor("ana@example.com", request_id="request-1", ip="192.0.2.9")


@pytest.fixture
def company(app: Flask, actor: Actor) -> Company:
    return companies.create(actor, name="Café Ñandú")


@pytest.fixture
def router(app: Flask, actor: Actor, company: Company) -> Router:
    return routers.create(actor, company.id, **ROUTER)[0]
