"""Test codes sold one at a time for cash: written down first, on the router at once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.access.usage_sync import sync_usage
from portal.core.database import reading
from portal.core.errors import Conflict, Invalid, NotFound
from portal.models import AuditEntry, Company, Plan, Router
from portal.operators import routers
from portal.operators.vouchers.voiding import void_code
from portal.vouchers.upkeep import keep_vouchers
from tests.support.shop import IP, MAC
from tests.support.tenants import ACTOR, make_tenant
from tests.vouchers.conftest import Counter

HOUR = 3600
KEY = "tap-1"


def connect(counter: Counter, name: str, password: str) -> str:
    """How the device that the router sees stands after entering the code."""
    body = {"username": name, "password": password, "current_mac": MAC, "current_ip": IP}
    estado: str = counter.shop.call("/api/v1/hotspot/auto-reconnect", body).json["estado"]
    return estado


def test_a_code_that_was_sold_lets_its_customer_in(counter: Counter) -> None:
    sold = counter.sell()
    name, password = counter.code(sold)
    assert sold.is_on_router
    assert sold.voucher.state == "sold"
    assert (sold.voucher.amount, sold.voucher.currency) == (2000, "MXN")
    user = counter.shop.router.users[name]
    assert user["disabled"] == "false"
    assert user["profile"] == "1hora"
    assert user["comment"].endswith(sold.access.id)
    assert len(name) == 6
    assert name == password
    assert connect(counter, name, password) == "activo"


def test_it_is_on_record_who_sold_it(counter: Counter) -> None:
    sold = counter.sell()
    assert sold.seller.name == "Persona"
    with counter.shop.app.app_context(), reading() as session:
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "voucher.sell"))
    assert (entry.target, entry.details["amount"]) == (sold.voucher.id, 2000)


def test_two_people_of_one_name_are_two_sellers(counter: Counter) -> None:
    first = counter.sell().seller
    second = Counter(counter.shop).sell().seller
    assert first.id != second.id
    assert second.name.startswith("Persona (")
    assert counter.sell().seller.id == first.id


def test_a_button_pressed_twice_sells_one_code(counter: Counter) -> None:
    assert counter.sell(key=KEY).voucher.id == counter.sell(key=KEY).voucher.id
    assert len(counter.vouchers()) == 1
    assert counter.sell().voucher.id != counter.sell().voucher.id


def test_a_button_of_another_plan_does_not_give_the_first_one_s_code(counter: Counter) -> None:
    counter.sell(key=KEY)
    with pytest.raises(Invalid):
        counter.sell(key=KEY, is_courtesy=True)


def test_a_courtesy_costs_nothing_and_is_said_to_be_one(counter: Counter) -> None:
    sold = counter.sell(is_courtesy=True)
    assert sold.voucher.is_courtesy
    assert sold.is_on_router


def test_the_code_of_a_plan_counted_from_its_purchase_begins_when_it_is_first_used(
    counter: Counter,
) -> None:
    counter.terms(duration_seconds=HOUR, duration_from="purchase", data_limit=None)
    name, password = counter.code(counter.sell())
    [access] = counter.shop.accesses()
    assert (access.duration_from, access.expires_at) == ("first_use", None)
    assert connect(counter, name, password) == "activo"


def test_terms_stay_as_they_were_when_the_plan_changes(counter: Counter) -> None:
    counter.terms(duration_seconds=HOUR, duration_from="connected", speed="5 Mbps")
    sold = counter.sell()
    counter.terms(amount=9900, duration_seconds=60, speed=None, name="Otro")
    [access] = counter.shop.accesses()
    assert (access.duration_seconds, access.speed) == (HOUR, "5 Mbps")
    assert (sold.voucher.amount, sold.voucher.plan_name) == (2000, "1 Hora de Internet")


def test_pins_are_as_long_as_the_company_says(counter: Counter) -> None:
    counter.shop.change(Company, pin_digits=8)
    assert len(counter.code(counter.sell())[0]) == 8


def test_a_code_with_a_password(counter: Counter) -> None:
    name, password = counter.code(counter.sell(kind="user_password"))
    assert name != password
    assert connect(counter, name, password) == "activo"


def test_a_router_that_is_away_gets_the_code_later(counter: Counter) -> None:
    counter.shop.router.go_down()
    sold = counter.sell()
    assert not sold.is_on_router
    assert counter.code(sold)
    counter.shop.router.come_up()
    counter.shop.reconcile()
    assert counter.code(sold)[0] in counter.shop.router.users


def test_a_name_that_somebody_else_has_on_the_router_is_drawn_again(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.shop.router.add_user("111111", "x", comment="de otro")
    names = iter(["111111", "222222"])
    for place in ("portal.operators.vouchers.counter", "portal.vouchers.drawing"):
        monkeypatch.setattr(f"{place}.draw_code", lambda *_drawn: (next(names),) * 2)
    sold = counter.sell()
    assert sold.is_on_router
    assert counter.code(sold)[0] == "222222"
    assert counter.shop.router.users["111111"]["comment"] == "de otro"


def test_what_is_not_sold_any_more_is_refused_in_words(counter: Counter) -> None:
    for record, column in ((Plan, "active"), (Router, "active"), (Company, "active")):
        counter.shop.change(record, **{column: False})
        with pytest.raises(Conflict):
            counter.sell()
        counter.shop.change(record, **{column: True})
    assert counter.vouchers() == []


def test_another_company_s_plan_is_not_found(counter: Counter) -> None:
    stranger = make_tenant(counter.shop.app, "Ajena")
    with pytest.raises(NotFound):
        counter.sell(plan_id=stranger.plan_ids[0])
    with pytest.raises(NotFound):
        counter.sell(router_id=stranger.router_id)


def test_a_plan_of_all_routers_needs_to_be_told_which(counter: Counter) -> None:
    counter.terms(router_id=None)
    assert counter.sell().is_on_router
    with counter.shop.app.app_context():
        routers.create(
            ACTOR, counter.shop.company_id, name="Dos", host="127.0.0.1", username="a", password="b"
        )
    with pytest.raises(Invalid):
        counter.sell()
    assert counter.sell(router_id=counter.shop.router_id).is_on_router


def test_voiding_an_unused_code_takes_its_user_off_the_router(counter: Counter) -> None:
    sold = counter.sell()
    name = counter.code(sold)[0]
    with counter.shop.app.app_context():
        for _ in range(2):
            void_code(ACTOR, counter.shop.company_id, sold.voucher.id, "Se equivocó de plan")
    counter.shop.reconcile()
    assert name not in counter.shop.router.users
    assert counter.sell().is_on_router


def test_a_used_code_is_not_voided(counter: Counter) -> None:
    counter.terms(duration_seconds=HOUR, duration_from="purchase")
    sold = counter.sell()
    connect(counter, *counter.code(sold))
    counter.shop.router.clock.advance(600)
    with counter.shop.app.app_context():
        sync_usage(counter.shop.router_id)
        assert keep_vouchers(counter.shop.company_id) == (1, 0)
        with pytest.raises(Conflict):
            void_code(ACTOR, counter.shop.company_id, sold.voucher.id, "ya no")
    [access] = counter.shop.accesses()
    assert access.expires_at is not None
    assert [voucher.state for voucher in counter.vouchers()] == ["used"]
