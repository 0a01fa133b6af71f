"""Test plans: names that do not clash, prices that can be charged, durations that are whole."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.core.database import writing
from portal.core.errors import Conflict, Invalid, NotFound
from portal.models import Company, Plan, Router
from portal.operators import companies, plans, routers
from portal.operators.audit import Actor
from portal.operators.lookup import company_in
from portal.operators.plans import PlanValues
from tests.operators.conftest import ROUTER, Meanwhile, waits

HOUR = PlanValues(name="1 Hora", amount=2000, profile_name="1hora", data_limit=10**9)


def hour(**values: object) -> PlanValues:
    return PlanValues(**{**HOUR, **values})


@pytest.fixture
def other_router(actor: Actor, company: Company) -> Router:
    return routers.create(actor, company.id, **{**ROUTER, "name": "Otro"})[0]


@pytest.mark.parametrize("first_everywhere", [True, False])
@pytest.mark.parametrize("second_everywhere", [True, False])
def test_one_name_is_sold_once_on_a_router(
    actor: Actor, company: Company, router: Router, first_everywhere: bool, second_everywhere: bool
) -> None:
    places = [
        None if everywhere else router.id for everywhere in (first_everywhere, second_everywhere)
    ]
    plans.create(actor, company.id, **hour(router_id=places[0]))
    with pytest.raises(Conflict):
        plans.create(actor, company.id, **hour(router_id=places[1]))
    assert plans.listing(company.id, 50, 0).total == 1


def test_two_routers_may_sell_one_name(
    actor: Actor, company: Company, router: Router, other_router: Router
) -> None:
    plans.create(actor, company.id, **hour(router_id=router.id))
    second = plans.create(actor, company.id, **hour(router_id=other_router.id))
    with pytest.raises(Conflict):
        plans.update(actor, company.id, second.id, router_id=None)


def test_a_withdrawn_name_is_free_until_it_returns(actor: Actor, company: Company) -> None:
    withdrawn = plans.create(actor, company.id, **HOUR)
    plans.deactivate(actor, company.id, withdrawn.id)
    plans.create(actor, company.id, **HOUR)
    with pytest.raises(Conflict):
        plans.update(actor, company.id, withdrawn.id, active=True)


def test_two_at_once_make_one(
    app: Flask, actor: Actor, company: Company, router: Router, meanwhile: Meanwhile
) -> None:
    with writing() as session:
        company_in(session, company.id, lock=True)
        created = meanwhile(lambda: plans.create(actor, company.id, **HOUR))
        session.add(Plan(company_id=company.id, **hour(router_id=router.id)))
        session.flush()
        assert waits(created)
    with pytest.raises(Conflict):
        created.result()
    assert plans.listing(company.id, 50, 0).total == 1


def test_another_company_may_use_the_name(actor: Actor, company: Company) -> None:
    plans.create(actor, company.id, **HOUR)
    stranger = companies.create(actor, name="Ajena")
    assert plans.create(actor, stranger.id, **HOUR).company_id == stranger.id


@pytest.mark.parametrize(("amount", "currency"), [(299, "MXN"), (19, "USD")])
def test_a_price_too_low_to_charge_is_refused(
    actor: Actor, company: Company, amount: int, currency: str
) -> None:
    with pytest.raises(Invalid):
        plans.create(actor, company.id, **hour(amount=amount, currency=currency))
    fitting = plans.create(actor, company.id, **hour(amount=amount + 1, currency=currency))
    assert fitting.amount == amount + 1


def test_a_change_of_currency_is_held_to_its_least_price(actor: Actor, company: Company) -> None:
    plan = plans.create(actor, company.id, **hour(amount=50, currency="USD"))
    with pytest.raises(Invalid):
        plans.update(actor, company.id, plan.id, currency="MXN")


def test_a_duration_counts_from_the_purchase_by_default(actor: Actor, company: Company) -> None:
    plan = plans.create(actor, company.id, **hour(duration_seconds=3600))
    assert plan.duration_from == "purchase"
    plan = plans.update(actor, company.id, plan.id, duration_from="connected")
    assert (plan.duration_seconds, plan.duration_from) == (3600, "connected")
    plan = plans.update(actor, company.id, plan.id, duration_seconds=None)
    assert (plan.duration_seconds, plan.duration_from) == (None, None)
    with pytest.raises(Invalid):
        plans.update(actor, company.id, plan.id, duration_from="connected")


def test_a_foreign_router_is_not_found(actor: Actor, company: Company, router: Router) -> None:
    stranger = companies.create(actor, name="Ajena")
    with pytest.raises(NotFound):
        plans.create(actor, stranger.id, **hour(router_id=router.id))
    plan = plans.create(actor, stranger.id, **HOUR)
    with pytest.raises(NotFound):
        plans.update(actor, stranger.id, plan.id, router_id=router.id)
    with pytest.raises(NotFound):
        plans.update(actor, company.id, plan.id, amount=300)
    with pytest.raises(NotFound):
        plans.get(company.id, plan.id)


def test_an_id_that_no_database_holds_is_not_found(actor: Actor, company: Company) -> None:
    for plan_id in (0, -1, 2**31, 10**30):
        with pytest.raises(NotFound):
            plans.get(company.id, plan_id)


def test_a_routers_list_holds_what_it_sells(
    actor: Actor, company: Company, router: Router, other_router: Router
) -> None:
    def sells(name: str, router_id: str | None, position: int) -> Plan:
        values = hour(name=name, router_id=router_id, position=position)
        return plans.create(actor, company.id, **values)

    sells("tercero", None, 3)
    sells("ajeno", other_router.id, 2)
    sells("primero", router.id, 1)
    names = [plan.name for plan in plans.listing(company.id, 50, 0, router.id).rows]
    assert names == ["primero", "tercero"]


def order(company: Company) -> list[str]:
    return [plan.name for plan in plans.in_order(company.id)]


def test_a_plan_changes_places_with_its_neighbour(actor: Actor, company: Company) -> None:
    made = [plans.create(actor, company.id, **hour(name=name)) for name in ("uno", "dos", "tres")]
    hidden = plans.create(actor, company.id, **hour(name="retirado", active=False))
    plans.move(actor, company.id, made[2].id, up=True)
    assert order(company) == ["uno", "tres", "dos", "retirado"]
    plans.move(actor, company.id, made[0].id, up=False)
    assert order(company) == ["tres", "uno", "dos", "retirado"]
    # Beyond the ends there is nothing.
    for plan, up in ((made[2], True), (made[1], False), (hidden, True)):
        plans.move(actor, company.id, plan.id, up=up)
    assert order(company) == ["tres", "uno", "dos", "retirado"]
    with pytest.raises(NotFound):
        plans.move(actor, companies.create(actor, name="Ajena").id, made[0].id, up=True)
