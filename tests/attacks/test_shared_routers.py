"""One router named by two records: of two companies, or twice by one."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from portal.access.orphaned_users import remove_orphaned_users
from portal.core.database import reading
from portal.models import Access, LoginFailure, Router, utc_now
from portal.operators import companies, routers
from portal.operators.audit import Actor
from portal.operators.targets import ROUTERS, TRIES_AN_HOUR
from tests.api.admin.caller import Caller, log_in
from tests.support.shop import ROUTER_PASSWORD, Shop

ACTOR = Actor("cli:tests")


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


def guessing(shop: Shop, caller: Caller, again: str, guesses: list[str]) -> list[int]:
    """Name a password and try it, one after the other; what the tries were answered."""
    said = []
    for guess in guesses:
        named = caller.put(f"/api/v1/admin/mi-empresa/routers/{again}", {"password": guess})
        tried = caller.get(f"/api/v1/admin/routers/{again}/test-connection")
        said += [named.status_code, tried.status_code]
    return said


def rival_of(shop: Shop) -> tuple[Caller, str]:
    """An operator of another company, which names the shop's router as its own; that record."""
    again = name_again(shop, "another company")
    with shop.app.app_context(), reading() as session:
        company_id = session.get_one(Router, again).company_id
    return log_in(shop.app, company_id), again


def test_a_router_s_password_is_not_guessed_through_us(shop: Shop) -> None:
    """Its firewall lets this server in, and whoever has a company here lets the server ask."""
    rival, again = rival_of(shop)
    tries = int(TRIES_AN_HOUR.tries)
    said = guessing(shop, rival, again, [f"guess{number}" for number in range(tries // 2)])
    assert set(said) == {200, 503}
    shop.router.forget_commands()
    assert guessing(shop, rival, again, ["one more", ROUTER_PASSWORD]) == [429] * 4
    created = rival.post("/api/v1/admin/mi-empresa/routers", new_record(shop))
    assert created.status_code == 429
    assert int(created.headers["Retry-After"]) > 0
    assert not shop.router.commands
    assert shop.buy().status_code == 200
    owner = log_in(shop.app, shop.company_id)
    asked = owner.get(f"/api/v1/admin/routers/{shop.router_id}/test-connection")
    assert asked.status_code == 200


def test_who_is_let_in_is_not_counted(shop: Shop) -> None:
    owner = log_in(shop.app, shop.company_id)
    paths = (f"{shop.router_id}/test-connection", f"{shop.router_id}/mikrotik-profiles")
    for _ in range(int(TRIES_AN_HOUR.tries) // 2 + 5):
        assert {owner.get(f"/api/v1/admin/routers/{path}").status_code for path in paths} == {200}
    with shop.app.app_context(), reading() as session:
        tries = session.scalars(sa.select(LoginFailure).where(LoginFailure.origin == ROUTERS)).one()
    assert tries.locked_until is None or tries.locked_until <= utc_now()


def new_record(shop: Shop) -> dict[str, Any]:
    return {
        "nombre": "Otra más",
        "host": shop.router.host,
        "puerto": shop.router.port,
        "usuario": shop.router.user,
        "password": "guess",
        "tls": "ninguno",
    }
