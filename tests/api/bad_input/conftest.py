"""Give a shop on each kind of database, and look at all that bad input must leave alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from portal.core.database import reading
from portal.models import Access, Alert, Sale
from tests.support.shop import Shop, open_shop

# One device sends hundreds of bad cards here, which elsewhere would make it wait.
NO_LIMITS = {"device_declines": 0, "address_declines": 0, "router_declines": 0}


@pytest.fixture(scope="module")
def shop(
    module_database_url: str | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shop]:
    """One shop for a module's tests."""
    with open_shop(tmp_path_factory.mktemp("instance"), module_database_url, **NO_LIMITS) as shop:
        yield shop


def traces(shop: Shop) -> dict[str, Any]:
    """What was asked outside so far, and what is stored."""
    with shop.app.app_context(), reading() as session:
        stored = {
            record.__tablename__: session.scalar(sa.select(sa.func.count()).select_from(record))
            for record in (Sale, Access, Alert)
        }
    gateway = shop.gateway.figures()
    return stored | {
        "calls": gateway["calls"],
        "lines to the gateway": gateway["connections"],
        "commands": len(shop.router.commands),
        "lines to the router": shop.router.counters.connections,
    }
