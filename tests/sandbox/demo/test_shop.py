"""Test what a later start finds, whatever was done to the shop meanwhile."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from config import load_settings
from portal import create_app
from portal.core.extensions import db
from portal.core.migrations import upgrade
from portal.core.vault import token_digest
from portal.operators import api_keys, companies, gateway_accounts, plans, routers
from portal.operators.people import users
from portal.sandbox.demo.facts import RouterAccess
from portal.sandbox.demo.instance import Instance, Memory
from portal.sandbox.demo.shop import ACTOR, furnish

ROUTER = RouterAccess("127.0.0.1", 40001, "portal", "router-password")
HOTSPOT = "127.0.0.1:40011"
MOVED = RouterAccess("127.0.0.1", 40002, "portal", "router-password")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(load_settings({}, instance_path=str(tmp_path), allow_private_targets=True))
    with app.app_context():
        upgrade()
        yield app
        db.engine.dispose()
    app.extensions["ports"].close()


@pytest.fixture
def memory(app: Flask, tmp_path: Path) -> Memory:
    memory = Memory(tmp_path / "memory.json")
    furnish(memory, ROUTER, HOTSPOT)
    return memory


def numbers(company_id: str) -> dict[str, int]:
    """How many there are of everything."""
    listings = {
        "companies": companies.listing(1, 0),
        "routers": routers.listing(company_id, 1, 0),
        "plans": plans.listing(company_id, 1, 0),
        "users": users.listing(1, 0),
    }
    return {name: page.total for name, page in listings.items()}


def test_nothing_is_made_twice_and_the_router_is_followed(memory: Memory, tmp_path: Path) -> None:
    company_id, router_id = memory["company_id"], memory["router_id"]
    before = numbers(company_id)
    account = gateway_accounts.current(company_id)
    again = Memory(tmp_path / "memory.json")
    furnish(again, MOVED, "127.0.0.1:40012")
    assert numbers(company_id) == before
    people = ("admin_email", "admin_password", "owner_email", "owner_password")
    names = ("company_id", "router_id", "api_key", *people)
    assert [again[name] for name in names] == [memory[name] for name in names]
    router = routers.get(company_id, router_id)
    assert (router.port, router.password) == (MOVED.port, MOVED.password)
    assert router.login_hosts == ["127.0.0.1:40012"]
    found = gateway_accounts.current(company_id)
    assert account is not None
    assert found is not None
    assert (found.id, found.private_key) == (account.id, account.private_key)


def test_what_an_operator_changed_stays(memory: Memory) -> None:
    company_id = memory["company_id"]
    companies.update(ACTOR, company_id, name="Otra")
    plans.deactivate(ACTOR, company_id, 2)
    plans.update(ACTOR, company_id, 1, amount=2500)
    furnish(memory, ROUTER, HOTSPOT)
    assert companies.get(company_id).name == "Otra"
    assert not plans.get(company_id, 2).active
    assert plans.get(company_id, 1).amount == 2500


def test_a_key_that_was_revoked_is_replaced(memory: Memory) -> None:
    company_id, router_id, token = (memory[n] for n in ("company_id", "router_id", "api_key"))
    [key] = api_keys.listing(company_id, router_id, 10, 0).rows
    api_keys.revoke(ACTOR, company_id, router_id, key.id)
    furnish(memory, ROUTER, HOTSPOT)
    assert memory["api_key"] != token
    newest = api_keys.newest(company_id, router_id)
    assert newest is not None
    assert newest.token_digest == token_digest(memory["api_key"])


def test_the_password_that_is_printed_lets_in(memory: Memory) -> None:
    admin, owner = users.listing(10, 0).rows
    assert (admin.company_id, owner.company_id) == (None, memory["company_id"])
    users.update(ACTOR, admin.id, password="frase de otro día")
    changed = users.get(admin.id).password_hash
    furnish(memory, ROUTER, HOTSPOT)
    restored = users.get(admin.id).password_hash
    assert restored != changed
    furnish(memory, ROUTER, HOTSPOT)
    assert users.get(admin.id).password_hash == restored


def test_another_database_is_furnished_anew(app: Flask, tmp_path: Path) -> None:
    stale = Memory(tmp_path / "memory.json")
    stale.put(company_id="EMP_0000000000", router_id="RTR_00000000", api_key="jwt_old")
    furnish(stale, ROUTER, HOTSPOT)
    assert companies.get(stale["company_id"]).id != "EMP_0000000000"
    assert routers.get(stale["company_id"], stale["router_id"]).port == ROUTER.port
    assert stale["api_key"] != "jwt_old"


def test_children_of_a_killed_demo_are_waited_for(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    with instance.occupied(on_wait=pytest.fail) as held:
        inherited = os.dup(held)
    waits = []

    def the_last_child_ends() -> None:
        waits.append(True)
        fcntl.flock(inherited, fcntl.LOCK_UN)
        os.close(inherited)

    with instance.occupied(the_last_child_ends):
        assert waits == [True]
