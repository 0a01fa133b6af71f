"""Hold how often a sale asks its database for something, and how long it waits for each."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from portal.core.extensions import db
from tests.support.shop import MAC, Shop

# What is on sale, and opened, claimed, paid, delivered.
STEPS = 5


@pytest.fixture
def asked(shop: Shop) -> list[tuple[str, bool]]:
    """Each statement, and whether it was sent with a transaction around it."""
    found: list[tuple[str, bool]] = []

    def note(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        raw = connection.connection.driver_connection
        found.append((statement.lstrip(), not getattr(raw, "autocommit", False)))

    shop.buy(mac_cliente="02:00:00:00:00:01", ip_cliente=None)
    with shop.app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
    return found


@pytest.mark.each_database
@pytest.mark.parametrize("auto", [True, False])
def test_a_sale_is_one_statement_a_step(
    shop: Shop, asked: list[tuple[str, bool]], *, auto: bool
) -> None:
    assert shop.buy(mac_cliente=MAC, conexion_automatica=auto).status_code == 200
    with shop.app.app_context():
        is_postgresql = db.engine.dialect.name == "postgresql"
    print("\n".join(statement[:100] for statement, _ in asked))
    if is_postgresql:
        assert len(asked) == STEPS
        assert [statement.startswith("WITH") for statement, _ in asked] == [False] + [True] * 4
        assert not any(in_transaction for _, in_transaction in asked)
    else:
        assert len([s for s, _ in asked if not s.startswith("BEGIN")]) <= 12
