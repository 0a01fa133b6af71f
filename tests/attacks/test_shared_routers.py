"""One router named by two records: of two companies, or twice by one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.access.usage_sync import remove_orphaned_users
from portal.models import Access
from portal.operators import companies, routers
from portal.operators.audit import Actor
from tests.support.shop import Shop, open_shop

ACTOR = Actor("cli:tests")


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    with open_shop(tmp_path, url) as opened:
        yield opened


def name_again(shop: Shop, by: str) -> str:
    """The shop's router once more, in a record of its own; that record's id."""
    with shop.app.app_context():
        company_id = shop.company_id
        if by == "another company":
            company_id = companies.create(ACTOR, {}, name="Otra").id
        again, _ = routers.create(
            ACTOR,
            company_id,
            name="Otra vez",
            host=shop.router.host,
            port=shop.router.port,
            username=shop.router.user,
            password=shop.router.password,
        )
    return again.id


@pytest.mark.parametrize("by", ["the same company", "another company"])
def test_a_second_record_takes_nobody_s_access_away(shop: Shop, by: str) -> None:
    """Its sweep finds users with the deployment's mark that it has not sold."""
    user = shop.buy(conexion_automatica=True).json["usuario_hotspot"]["usuario"]
    again = name_again(shop, by)
    with shop.app.app_context():
        assert remove_orphaned_users(again).removed == 0
    assert user in shop.router.users
    assert [row["user"] for row in shop.router.active] == [user]


def test_what_nobody_wants_any_more_is_swept(shop: Shop) -> None:
    """Else the test above would see nothing."""
    user = shop.buy().json["usuario_hotspot"]["usuario"]
    again = name_again(shop, "another company")
    shop.change(Access, wanted="absent", actual="absent")
    with shop.app.app_context():
        assert remove_orphaned_users(again).removed == 1
    assert user not in shop.router.users
