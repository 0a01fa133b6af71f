"""Count what a request asks of the database, in this process: the served one is not looked into.

The application is the same and so are its statements; sandboxes and sockets are real here too.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event
from werkzeug.test import TestResponse

from portal.core.extensions import db
from tests.benchmarks.scenario import IN_ORDER, ORDER_FIRST
from tests.support.databases.queries import recorded_queries
from tests.support.shop import Shop, open_shop

CHANGES = ("INSERT", "UPDATE", "DELETE", "WITH")
# What a process has read lately stays, so that only a first request is a cold one.
SETTINGS: dict[str, Any] = {"cache_seconds": 60.0, "log_level": "ERROR"}
CATALOGUE = "/api/v1/catalogo_perfiles_venta"


@dataclass(frozen=True)
class Queries:
    """Statements of one request, those of them that change something, and commits of these."""

    request: str
    statements: int
    writes: int
    commits: int


def count_queries(folder: Path, database_url: str | None) -> list[Queries]:
    """What a warm sale asks for, in each form and manner, and the catalogue, cold and warm."""
    found = []
    for charge in (ORDER_FIRST, IN_ORDER):
        with open_shop(folder, database_url, conekta_charge=charge, **SETTINGS) as shop:
            shop.buy()
            for auto, manner in ((False, "by hand"), (True, "automatic")):
                buy = _buying(shop, auto)
                found.append(_counted(shop, f"sale, {charge}, {manner}", buy))
    with open_shop(folder, database_url, **SETTINGS) as shop:
        for state in ("not read lately", "read a moment ago"):
            found.append(_counted(shop, f"catalogue, {state}", lambda: _catalogue(shop)))
    return found


def _buying(shop: Shop, auto: bool) -> Callable[[], TestResponse]:
    return lambda: shop.buy(conexion_automatica=auto)


def _catalogue(shop: Shop) -> TestResponse:
    return shop.app.test_client().get(CATALOGUE, headers={"X-API-Key": shop.api_key})


def _counted(shop: Shop, name: str, ask: Callable[[], TestResponse]) -> Queries:
    with shop.app.app_context():
        engine = db.engine
    commits: list[int] = []
    changed: set[Any] = set()

    def note_change(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(CHANGES):
            changed.add(connection)

    def note_commit(connection: Any) -> None:
        if connection in changed:
            changed.discard(connection)
            commits.append(1)

    event.listen(engine, "before_cursor_execute", note_change)
    event.listen(engine, "commit", note_commit)
    try:
        with recorded_queries(shop.app) as statements, closing(ask()) as answer:
            if answer.status_code != 200:
                raise RuntimeError(f"{name}: {answer.get_data(as_text=True)}")
    finally:
        event.remove(engine, "before_cursor_execute", note_change)
        event.remove(engine, "commit", note_commit)
    writes = [s for s in statements if s.lstrip().upper().startswith(CHANGES)]
    # What is prepared on PostgreSQL writes in one statement, which commits by itself.
    commits += [1 for statement in writes if statement.startswith("WITH")]
    return Queries(name, len(statements), len(writes), len(commits))
