"""Hold how often a sale asks its database for something: on PostgreSQL each is a round trip."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from portal.core.extensions import db
from tests.support.databases.queries import recorded_queries
from tests.support.shop import MAC, OpenShop

# Whether the key is good; what is on sale; and the sale opened, claimed, paid, delivered.
ASKED, WRITTEN = 2, 4
# SQLite, which needs no trips, takes them apart.
WRITTEN_APART = 11


@pytest.mark.each_database
@pytest.mark.parametrize("auto", [True, False])
def test_a_sale_is_one_statement_a_step(open_a_shop: OpenShop, *, auto: bool) -> None:
    shop = open_a_shop(cache_seconds=0.0)
    shop.buy(mac_cliente="02:00:00:00:00:01", ip_cliente=None)
    begun: list[object] = []

    def note(connection: object) -> None:
        begun.append(connection)

    with shop.app.app_context():
        engine = db.engine
    event.listen(engine, "begin", note)
    try:
        with recorded_queries(shop.app) as statements:
            answer = shop.buy(mac_cliente=MAC, conexion_automatica=auto)
    finally:
        event.remove(engine, "begin", note)
    assert answer.status_code == 200
    print("\n".join(statement[:100] for statement in statements))
    written = [statement for statement in statements if not statement.startswith("SELECT")]
    is_apart = engine.dialect.name == "sqlite"
    assert len(written) == (WRITTEN_APART if is_apart else WRITTEN)
    assert len(statements) == len(written) + ASKED
    if not is_apart:
        # No statement of SQLAlchemy's own, and so no BEGIN and no COMMIT either.
        assert begun == []
