"""Test that each state that a customer can be in is found out, live, and said truly."""

from __future__ import annotations

import time

import pytest

from portal.core.database import writing
from portal.core.errors import NotFound
from portal.models import Access, Router, Sale
from portal.operators.diagnosis import mending
from portal.operators.diagnosis.causes import Cause, DiagnosisStep
from portal.operators.diagnosis.examination import SECONDS
from portal.operators.diagnosis.facts import Asked
from tests.operators.diagnosis import scenes
from tests.operators.diagnosis.scenes import ANA, SCENES, Counter, Scene
from tests.support.servers.ports import free_port
from tests.support.tenants import make_tenant

MAIN = (
    *(Cause.DECLINED, Cause.PAID_WAITS, Cause.BLOCKED, Cause.ONLINE, Cause.DEVICE_LIMIT),
    *(Cause.DATA_USED, Cause.TIME_LOST, Cause.NOT_LOGGED_IN, Cause.NOT_BOUGHT),
)
# Longer than a machine is ever that busy, and far below what the router would take.
PATIENCE = 4.0


@pytest.mark.each_database
@pytest.mark.parametrize("cause", MAIN)
def test_a_state_is_found_out_on_each_database(counter: Counter, cause: Cause) -> None:
    next(scene for scene, found in SCENES if found is cause)(counter)
    assert counter.ask().diagnosis.cause is cause


def test_a_code_an_email_and_a_device_lead_to_the_same_person(counter: Counter) -> None:
    scenes.device_limit(counter)
    by_mac = counter.ask()
    for asked, text in (
        (Asked.CODE, counter.code.lower()),
        (Asked.CODE, f" {counter.code} {counter.password}"),
        (Asked.CODE, f"{counter.code}{counter.password}"),
        (Asked.EMAIL, "MARIA@example.com"),
    ):
        found = counter.ask(asked, text)
        assert found.diagnosis == by_mac.diagnosis
        assert found.subject.access is not None
        assert by_mac.subject.access is not None
        assert found.subject.access.id == by_mac.subject.access.id
    assert [rival.mac for rival in by_mac.rivals] == [scenes.RIVAL_MAC]


def test_of_several_the_newest_that_lives_is_meant_and_the_others_are_counted(
    counter: Counter,
) -> None:
    counter.purchase()
    first = counter.accesses()[0].id
    counter.visitor_now = counter.visitor()
    counter.purchase()
    second = counter.accesses()[1].id
    counter.visitor_now = counter.visitor()
    scenes.declined(counter)
    found = counter.ask(Asked.EMAIL, "maria@example.com")
    assert found.subject.access is not None
    assert found.subject.access.id == second
    assert found.subject.others[0].id == first
    assert len(found.subject.others) == 2
    other = counter.ask(Asked.EMAIL, "maria@example.com", access_id=first)
    assert other.subject.access is not None
    assert other.subject.access.id == first


def test_nobody_of_ours_is_said_to_be_so(counter: Counter) -> None:
    assert counter.ask(Asked.CODE, "NADIE1").diagnosis.cause is Cause.UNKNOWN_CODE
    counter.router.add_user("vecino", "x")
    assert counter.ask(Asked.CODE, "vecino").diagnosis.cause is Cause.FOREIGN_CODE
    assert counter.ask(Asked.EMAIL, "no@example.com").diagnosis.cause is Cause.UNKNOWN_EMAIL
    assert counter.ask(text="02:00:00:00:77:77").diagnosis.cause is Cause.UNKNOWN_DEVICE
    counter.change(Router, active=False)
    with counter.app.app_context():
        found = scenes.examine(
            counter.company_id, scenes.Question(Asked.MAC, counter.mac), counter.router_id
        )
    assert found.diagnosis.cause is Cause.SALES_PAUSED


def test_a_code_that_nobody_has_used_is_said_to_be_good(counter: Counter) -> None:
    counter.purchase()
    counter.change(Access, mac=None)
    counter.change(Sale, mac=None)
    assert counter.ask(Asked.CODE).diagnosis.cause is Cause.CODE_UNUSED
    counter.rival_comes()
    found = counter.ask(Asked.CODE)
    assert (found.diagnosis.cause, found.facts.mac) == (Cause.ONLINE, scenes.RIVAL_MAC)


def test_the_device_that_asks_is_known_where_the_router_sees_its_address(counter: Counter) -> None:
    scenes.blocked(counter)
    found = counter.ask(Asked.SELF, address=counter.visitor_now.ip)
    assert (found.diagnosis.cause, found.facts.mac) == (Cause.BLOCKED, counter.mac)
    behind_nat = counter.ask(Asked.SELF, address="203.0.113.9")
    assert behind_nat.diagnosis.cause is Cause.UNKNOWN_DEVICE
    assert counter.ask(Asked.SELF).diagnosis.cause is Cause.UNKNOWN_DEVICE


def test_whoever_uses_anothers_code_is_told_by_it(counter: Counter) -> None:
    counter.purchase()
    counter.rival_comes()
    found = counter.ask(text=scenes.RIVAL_MAC)
    assert found.diagnosis.cause is Cause.ONLINE
    assert found.subject.sale is not None


@pytest.mark.parametrize("asked", [Asked.MAC, Asked.SELF])
def test_of_a_stranger_at_the_only_router_that_is_away_nothing_is_claimed(
    counter: Counter, asked: Asked
) -> None:
    counter.router.go_down()
    found = counter.ask(asked, "02:00:00:00:77:77", address="10.5.50.3")
    assert found.diagnosis.cause is Cause.ROUTER_AWAY
    assert found.subject.unasked == ("Patio",)


def test_another_router_that_is_away_is_named(counter: Counter) -> None:
    with counter.app.app_context(), writing() as session:
        away = Router(
            company_id=counter.company_id,
            name="Azotea",
            host="127.0.0.1",
            port=free_port(),
            username="portal",
        )
        session.add(away)
    try:
        assert counter.ask().diagnosis.cause is Cause.NOT_BOUGHT
        unknown = counter.ask(text="02:00:00:00:77:77")
        assert unknown.diagnosis.cause is Cause.UNKNOWN_DEVICE
        assert unknown.subject.unasked == ("Azotea",)
    finally:
        with counter.app.app_context(), writing() as session:
            session.delete(session.get_one(Router, away.id))


def test_another_companys_people_are_nobody(counter: Counter) -> None:
    counter.purchase()
    [access] = counter.accesses()
    other = make_tenant(counter.app)
    with counter.app.app_context():
        for question in (
            scenes.Question(Asked.CODE, counter.code),
            scenes.Question(Asked.EMAIL, "maria@example.com"),
        ):
            found = scenes.examine(other.company_id, question)
            assert found.subject.access is None
        for question, router in (
            (scenes.Question(Asked.CODE, counter.code), counter.router_id),
            (scenes.Question(Asked.CODE, "", access_id=access.id), None),
        ):
            with pytest.raises(NotFound):
                scenes.examine(other.company_id, question, router)
        for mend in (mending.deliver, mending.enable):
            with pytest.raises(NotFound):
                mend(ANA, other.company_id, access.id)
        with pytest.raises(NotFound):
            mending.carry_on(ANA, other.company_id, counter.sales()[0].id)


def test_a_router_that_dribbles_costs_three_seconds_and_is_said_to_be_unseen(
    counter: Counter,
) -> None:
    counter.purchase()
    counter.router.faults.dribble(300, "/ip/hotspot", times=None)
    began = time.monotonic()
    found = counter.ask()
    assert time.monotonic() - began < SECONDS + PATIENCE
    assert found.diagnosis.cause is Cause.ROUTER_AWAY
    assert {DiagnosisStep.HOST, DiagnosisStep.SESSION, DiagnosisStep.ACCESS} <= set(
        found.diagnosis.unseen
    )


def test_a_slow_menu_hides_itself_alone(counter: Counter) -> None:
    scenes.device_limit(counter)
    counter.router.faults.hang("/system/clock", times=None)
    found = counter.ask()
    assert found.diagnosis.cause is Cause.DEVICE_LIMIT
    assert found.diagnosis.unseen == (DiagnosisStep.CLOCK,)


@pytest.mark.parametrize(
    "scene",
    [
        scenes.user_missing,
        scenes.not_delivered,
        scenes.limits_behind,
        scenes.own_limits_behind,
    ],
    ids=lambda scene: scene.__name__,
)
def test_delivering_again_mends_it(counter: Counter, scene: Scene) -> None:
    scene(counter)
    [access] = counter.accesses()
    with counter.app.app_context():
        assert mending.deliver(ANA, counter.company_id, access.id)
    assert counter.ask().diagnosis.cause is Cause.NOT_LOGGED_IN
    assert [sale.state for sale in counter.sales()] == ["delivered"]


def test_what_somebody_disabled_is_enabled_at_the_operators_word(counter: Counter) -> None:
    scenes.blocked(counter)
    counter.sync_usage()
    [access] = counter.accesses()
    assert access.blocked_at is not None
    with counter.app.app_context():
        assert mending.enable(ANA, counter.company_id, access.id)
    assert counter.ask().diagnosis.cause is Cause.NOT_LOGGED_IN
    assert all(alert.resolved_at for alert in counter.alerts())


def test_an_undecided_purchase_is_asked_about_at_once(counter: Counter) -> None:
    scenes.bank_waits(counter)
    [sale] = counter.sales()
    assert sale.order_id is not None
    counter.gateway.challenge(sale.order_id, passed=True)
    with counter.app.app_context():
        assert mending.carry_on(ANA, counter.company_id, sale.id).state == "delivered"
    assert counter.ask().diagnosis.cause is Cause.NOT_LOGGED_IN
