"""Test by what a router is served: what its record needs, and when it may be changed."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portal.core.database import reading
from portal.core.errors import Conflict, Invalid
from portal.models import Access, AuditEntry, Router
from portal.operators import plans, routers
from portal.operators.audit import AuditAction
from portal.operators.plans import PlanValues
from tests.support.shop import Shop, open_shop
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


@pytest.fixture
def asking(radius_shop: Shop) -> Router:
    """A router that asks us, and has no API that we could enter."""
    return routers.create(ACTOR, radius_shop.company_id, name="Azotea", delivery="radius")[0]


def test_a_router_that_asks_us_needs_no_address(radius_shop: Shop, asking: Router) -> None:
    kept = routers.get(radius_shop.company_id, asking.id)
    assert (kept.delivery, kept.host, kept.has_api, kept.coa_port) == ("radius", None, False, 3799)
    with pytest.raises(Invalid) as refused:
        routers.update(ACTOR, radius_shop.company_id, asking.id, delivery="api")
    assert list(refused.value.extra["errores"]) == ["host"]
    routers.update(
        ACTOR, radius_shop.company_id, asking.id, host="192.0.2.7", password="of its API"
    )
    assert routers.get(radius_shop.company_id, asking.id).has_api


def test_the_way_is_not_changed_under_what_was_sold(radius_shop: Shop) -> None:
    assert radius_shop.buy().status_code == 200
    with pytest.raises(Conflict) as refused:
        routers.update(ACTOR, radius_shop.company_id, radius_shop.router_id, delivery="radius")
    assert re.search(r"tiene 1 accesos vigentes.*como router nuevo", refused.value.detail)
    radius_shop.change(Access, expires_at=datetime(2030, 5, 6, 18, tzinfo=UTC))
    with pytest.raises(Conflict, match="termina el 6 may"):
        routers.update(ACTOR, radius_shop.company_id, radius_shop.router_id, delivery="radius")
    assert routers.get(radius_shop.company_id, radius_shop.router_id).delivery == "api"


def test_it_is_on_record_who_changed_it(radius_shop: Shop, asking: Router) -> None:
    routers.update(ACTOR, radius_shop.company_id, asking.id, host="192.0.2.7", delivery="api")
    with reading() as session:
        entry = (
            session.query(AuditEntry)
            .filter_by(target=asking.id, action=AuditAction.ROUTER_UPDATE)
            .one()
        )
    assert entry.before is not None
    assert entry.after is not None
    assert (entry.before["delivery"], entry.after["delivery"]) == ("radius", "api")


def test_a_code_is_good_at_all_sites_only_where_routers_ask(
    radius_shop: Shop, asking: Router
) -> None:
    with pytest.raises(Invalid):
        plans.create(ACTOR, radius_shop.company_id, **roaming(radius_shop.router_id))
    assert plans.create(ACTOR, radius_shop.company_id, **roaming(asking.id)).all_sites


def test_on_sqlite_nobody_would_be_let_in(tmp_path: Path) -> None:
    with open_shop(tmp_path, None, Shop) as shop, shop.app.app_context():
        with pytest.raises(Invalid) as refused:
            routers.create(ACTOR, shop.company_id, name="Azotea", delivery="radius")
        assert "PostgreSQL" in refused.value.detail
