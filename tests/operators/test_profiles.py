"""Test that a plan's profile comes to stand on the routers that lack it."""

from __future__ import annotations

import pytest

from portal.core.database import reading, writing
from portal.core.errors import NotFound
from portal.models import AuditEntry, Plan, Router
from portal.operators import companies
from portal.operators.profiles.making import ProfileMade, make_missing
from tests.support.shop import OpenShop, Shop
from tests.support.tenants import ACTOR

PROFILES = "/ip/hotspot/user/profile"


@pytest.fixture
def shop(open_a_shop: OpenShop) -> Shop:
    return open_a_shop()


def recorded(shop: Shop) -> list[str | None]:
    with reading() as session:
        entries = session.query(AuditEntry).filter_by(action="router.add_profile")
        return [entry.target for entry in entries]


def test_it_is_made_with_what_the_plan_promises(shop: Shop) -> None:
    shop.change(Plan, profile_name="semana", speed="5 Mbps", max_devices=3)
    with shop.app.app_context():
        with writing() as session:
            away = Router(
                company_id=shop.company_id, name="Azotea", host="127.0.0.1", port=1, username="api"
            )
            session.add(away)
            session.flush()
            away.password = "secret"
        shop.change(Plan, router_id=None)
        nobody, patio = make_missing(ACTOR, shop.company_id, shop.plan_id)
        assert (nobody.router, nobody.made, bool(nobody.problem)) == ("Azotea", False, True)
        assert patio == ProfileMade("Patio", True)
        assert make_missing(ACTOR, shop.company_id, shop.plan_id)[1] == ProfileMade("Patio", False)
        assert recorded(shop) == [shop.router_id]
    (made,) = [row for row in shop.router.rows(PROFILES) if row["name"] == "semana"]
    assert made["shared-users"] == "3"
    assert "5M" in made["rate-limit"]


def test_nobody_makes_it_on_anothers_router(shop: Shop) -> None:
    with shop.app.app_context():
        stranger = companies.create(ACTOR, name="Ajena")
        with pytest.raises(NotFound):
            make_missing(ACTOR, stranger.id, shop.plan_id)
