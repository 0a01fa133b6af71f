"""Test by what a router is served: what its record needs, and when it may be changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.core.database import reading
from portal.core.errors import Conflict, Invalid
from portal.models import AuditEntry, Router
from portal.operators import plans, routers
from portal.operators.audit import AuditAction
from portal.operators.plans import PlanValues
from tests.support.databases.admin import Databases
from tests.support.databases.migrated import copy_postgresql
from tests.support.shop import SECRETS, Shop, open_shop
from tests.support.tenants import ACTOR


def roaming(router_id: str) -> PlanValues:
    return PlanValues(
        router_id=router_id,
        name="Un día",
        amount=3000,
        profile_name="1hora",
        duration_seconds=86400,
        all_sites=True,
    )


@pytest.fixture(scope="module")
def open_for_all(postgres: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A shop where a server of RADIUS could read."""
    url = copy_postgresql(postgres, SECRETS)
    with open_shop(tmp_path_factory.mktemp("shop"), url, Shop) as opened:
        yield opened
    postgres.drop_database(url)


@pytest.fixture
def shop(open_for_all: Shop) -> Iterator[Shop]:
    with open_for_all.app.app_context():
        yield open_for_all


@pytest.fixture
def asking(shop: Shop) -> Router:
    """A router that asks us, and has no API that we could enter."""
    return routers.create(ACTOR, shop.company_id, name="Azotea", delivery="radius")[0]


def test_a_router_that_asks_us_needs_no_address(shop: Shop, asking: Router) -> None:
    kept = routers.get(shop.company_id, asking.id)
    assert (kept.delivery, kept.host, kept.has_api, kept.coa_port) == ("radius", None, False, 3799)
    with pytest.raises(Invalid) as refused:
        routers.update(ACTOR, shop.company_id, asking.id, delivery="api")
    assert list(refused.value.extra["errores"]) == ["host"]
    routers.update(ACTOR, shop.company_id, asking.id, host="192.0.2.7", password="of its API")
    assert routers.get(shop.company_id, asking.id).has_api


def test_the_way_is_not_changed_under_what_was_sold(shop: Shop) -> None:
    assert shop.buy().status_code == 200
    with pytest.raises(Conflict):
        routers.update(ACTOR, shop.company_id, shop.router_id, delivery="radius")
    assert routers.get(shop.company_id, shop.router_id).delivery == "api"


def test_it_is_on_record_who_changed_it(shop: Shop, asking: Router) -> None:
    routers.update(ACTOR, shop.company_id, asking.id, host="192.0.2.7", delivery="api")
    with reading() as session:
        entry = (
            session.query(AuditEntry)
            .filter_by(target=asking.id, action=AuditAction.ROUTER_UPDATE)
            .one()
        )
    assert entry.before is not None
    assert entry.after is not None
    assert (entry.before["delivery"], entry.after["delivery"]) == ("radius", "api")


def test_a_code_is_good_at_all_sites_only_where_routers_ask(shop: Shop, asking: Router) -> None:
    with pytest.raises(Invalid):
        plans.create(ACTOR, shop.company_id, **roaming(shop.router_id))
    assert plans.create(ACTOR, shop.company_id, **roaming(asking.id)).all_sites


def test_on_sqlite_nobody_would_be_let_in(tmp_path: Path) -> None:
    with open_shop(tmp_path, None, Shop) as shop, shop.app.app_context():
        with pytest.raises(Invalid) as refused:
            routers.create(ACTOR, shop.company_id, name="Azotea", delivery="radius")
        assert "PostgreSQL" in refused.value.detail
