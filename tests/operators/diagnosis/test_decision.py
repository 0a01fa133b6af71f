"""Test what each state of things is called: the decision as a table, without any database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from portal.models.access import AccessState
from portal.models.sale_states import CancelReason, SaleState
from portal.operators.diagnosis.causes import Cause, DiagnosisStep, StepState
from portal.operators.diagnosis.decision import STEPS, diagnose
from portal.operators.diagnosis.facts import (
    AccessFacts,
    Asked,
    DeviceFacts,
    Facts,
    MoneyFacts,
    Reach,
    RouterFacts,
    SessionFacts,
    Unseen,
    UserFacts,
    Whose,
)

MAC, OTHER = "AA:BB:CC:DD:EE:FF", "02:00:00:00:00:01"
IP, OLD_IP = "10.5.50.7", "10.5.50.6"
PAID = MoneyFacts(SaleState.DELIVERED)
ACCESS = AccessFacts(seconds_left=3600.0)
USER = UserFacts(Whose.OURS)
ROUTER = RouterFacts(
    user=USER,
    device=DeviceFacts(frozenset({IP})),
    sessions=(),
    profile_devices=1,
    closed_hosts=(),
    clock_ahead=0.0,
)
# Bought, delivered, in the network, and only not logged in.
WELL = Facts(Asked.CODE, True, MAC, PAID, ACCESS, ROUTER)
ONLINE = SessionFacts(MAC, IP)
RIVAL = SessionFacts(OTHER, "10.5.50.8")
ALL_UNSEEN = RouterFacts(
    reach=Unseen.LATE,
    user=Unseen.LATE,
    device=Unseen.LATE,
    sessions=Unseen.LATE,
    profile_devices=Unseen.LATE,
    closed_hosts=Unseen.LATE,
    clock_ahead=Unseen.LATE,
)
SILENT = replace(ALL_UNSEEN, reach=Reach.SILENT)


def with_money(state: SaleState, **more: Any) -> Facts:
    return replace(WELL, money=MoneyFacts(state, **more))


def with_access(**changes: Any) -> Facts:
    return replace(WELL, access=replace(ACCESS, **changes))


def with_router(**changes: Any) -> Facts:
    return replace(WELL, router=replace(ROUTER, **changes))


def with_user(**changes: Any) -> Facts:
    return with_router(user=replace(USER, **changes))


STRANGER = replace(WELL, money=None, access=None, router=replace(ROUTER, user=Unseen.NOT_ASKED))
TABLE: list[tuple[Facts, Cause]] = [
    (WELL, Cause.NOT_LOGGED_IN),
    (replace(WELL, mac=None), Cause.CODE_UNUSED),
    # Money.
    (with_money(SaleState.OPENED), Cause.UNDECIDED),
    (with_money(SaleState.PREPARED), Cause.UNDECIDED),
    (with_money(SaleState.CHARGING), Cause.UNDECIDED),
    (with_money(SaleState.PENDING), Cause.UNDECIDED),
    (with_money(SaleState.PENDING, bank_waits=True), Cause.BANK_WAITS),
    (with_money(SaleState.PENDING, is_deferred=True), Cause.BUYER_WAITS),
    (with_money(SaleState.CANCELING, cancel_reason=CancelReason.DECLINED), Cause.DECLINED),
    (with_money(SaleState.CANCELED, cancel_reason=CancelReason.REFUSED), Cause.DECLINED),
    (with_money(SaleState.CANCELED, cancel_reason=CancelReason.EXPIRED), Cause.UNPAID),
    (with_money(SaleState.CANCELED, cancel_reason=CancelReason.ABANDONED), Cause.UNPAID),
    (with_money(SaleState.CANCELED, cancel_reason=CancelReason.FAILED), Cause.UNPAID),
    (with_money(SaleState.REFUNDING), Cause.MONEY_BACK),
    (with_money(SaleState.REFUNDED), Cause.MONEY_BACK),
    (with_money(SaleState.CHARGED_BACK), Cause.CHARGED_BACK),
    (with_money(SaleState.PAID, is_parked=True), Cause.PARKED),
    (with_money(SaleState.PAID), Cause.NOT_LOGGED_IN),
    (replace(WELL, money=None), Cause.NOT_LOGGED_IN),
    # The access.
    (with_access(is_readable=False), Cause.KEY_LOST),
    (with_access(wanted=AccessState.ABSENT), Cause.WITHDRAWN),
    (with_access(wanted=AccessState.DISABLED), Cause.WITHDRAWN),
    (with_user(whose=Whose.NOBODYS), Cause.USER_MISSING),
    (with_user(whose=Whose.FOREIGN), Cause.NAME_LOST),
    (with_user(is_disabled=True), Cause.BLOCKED),
    (
        replace(
            with_access(actual=AccessState.DISABLED),
            router=replace(ROUTER, user=replace(USER, is_disabled=True)),
        ),
        Cause.NOT_DELIVERED,
    ),
    (
        replace(with_access(is_blocked=True), router=replace(ROUTER, user=Unseen.LATE)),
        Cause.BLOCKED,
    ),
    # The router.
    (replace(WELL, router=SILENT), Cause.ROUTER_AWAY),
    (replace(with_money(SaleState.PAID), router=SILENT), Cause.PAID_WAITS),
    (replace(WELL, router=replace(SILENT, is_tunnel_down=True)), Cause.TUNNEL_DOWN),
    (replace(WELL, router=replace(ALL_UNSEEN, is_tunnel_down=True)), Cause.TUNNEL_DOWN),
    (replace(WELL, router=replace(ROUTER, is_tunnel_down=True)), Cause.NOT_LOGGED_IN),
    (
        replace(with_money(SaleState.PAID), router=replace(SILENT, is_tunnel_down=True)),
        Cause.PAID_WAITS,
    ),
    (replace(WELL, router=replace(ALL_UNSEEN, reach=Reach.REFUSES)), Cause.ROUTER_REFUSES),
    (replace(WELL, router=ALL_UNSEEN), Cause.UNCLEAR),
    # Host and session.
    (with_router(device=DeviceFacts()), Cause.NOT_IN_NETWORK),
    (with_router(device=DeviceFacts(), sessions=(RIVAL,)), Cause.ONLINE_ELSEWHERE),
    (with_router(device=DeviceFacts(frozenset({IP}), is_bypassed=True)), Cause.BYPASSED),
    (with_router(sessions=(ONLINE,)), Cause.ONLINE),
    (with_router(sessions=(RIVAL, ONLINE)), Cause.ONLINE),
    (with_router(sessions=(replace(ONLINE, is_codes=False),)), Cause.OTHER_CODE),
    (
        with_router(sessions=(replace(ONLINE, is_codes=False, is_ours=False),)),
        Cause.FOREIGN_SESSION,
    ),
    (
        with_router(sessions=(replace(ONLINE, is_codes=False, is_ours=False, is_pass=True),)),
        Cause.PAYMENT_PASS,
    ),
    (with_router(sessions=(replace(ONLINE, address=OLD_IP),)), Cause.OLD_ADDRESS),
    # Devices.
    (with_user(bound_mac=OTHER), Cause.BOUND),
    (with_user(bound_mac=MAC), Cause.NOT_LOGGED_IN),
    (with_router(sessions=(RIVAL,)), Cause.DEVICE_LIMIT),
    (
        replace(
            with_access(devices=2), router=replace(ROUTER, sessions=(RIVAL,), profile_devices=1)
        ),
        Cause.PROFILE_LIMIT,
    ),
    (
        replace(
            with_access(devices=2), router=replace(ROUTER, sessions=(RIVAL,), profile_devices=None)
        ),
        Cause.NOT_LOGGED_IN,
    ),
    # Data and time: what is over is over, wherever the router is and whatever it says.
    (with_access(data_left=0), Cause.DATA_USED),
    (replace(with_access(data_left=0), router=SILENT), Cause.DATA_USED),
    (with_access(seconds_left=0.0), Cause.TIME_OVER),
    (replace(with_access(seconds_left=0.0), router=SILENT), Cause.TIME_OVER),
    (with_access(seconds_left=0.0, wanted=AccessState.ABSENT), Cause.TIME_OVER),
    (with_access(seconds_left=0.0, lost_to_outage=True), Cause.TIME_LOST),
    (with_user(data_left=0), Cause.LIMITS_BEHIND),
    (with_user(seconds_left=0), Cause.LIMITS_BEHIND),
    # Walled garden and clock.
    (with_router(closed_hosts=("pay.example",)), Cause.GARDEN_CLOSED),
    (with_router(clock_ahead=86_400.0), Cause.CLOCK_WRONG),
    (with_router(clock_ahead=-86_400.0), Cause.CLOCK_WRONG),
    (with_router(clock_ahead=299.0), Cause.NOT_LOGGED_IN),
    (with_router(clock_ahead=86_400.0, sessions=(ONLINE,)), Cause.ONLINE),
    # Nobody of ours.
    (STRANGER, Cause.NOT_BOUGHT),
    (replace(STRANGER, is_selling=False), Cause.SALES_PAUSED),
    (
        replace(STRANGER, router=replace(STRANGER.router, closed_hosts=("pay.example",))),
        Cause.GARDEN_CLOSED,
    ),
    (replace(STRANGER, router=SILENT), Cause.ROUTER_AWAY),
    (replace(STRANGER, is_found=False, router=ALL_UNSEEN), Cause.UNKNOWN_CODE),
    (
        replace(STRANGER, is_found=False, router=replace(ROUTER, user=UserFacts(Whose.FOREIGN))),
        Cause.FOREIGN_CODE,
    ),
    (replace(STRANGER, is_found=False, asked=Asked.EMAIL), Cause.UNKNOWN_EMAIL),
    (replace(STRANGER, is_found=False, asked=Asked.MAC), Cause.UNKNOWN_DEVICE),
    (replace(STRANGER, is_found=False, asked=Asked.SELF), Cause.UNKNOWN_DEVICE),
]


@pytest.mark.parametrize(("facts", "cause"), TABLE, ids=[str(n) for n in range(len(TABLE))])
def test_a_state_of_things_has_this_cause(facts: Facts, cause: Cause) -> None:
    assert diagnose(facts).cause is cause


def test_every_cause_stands_in_the_table() -> None:
    assert {cause for _, cause in TABLE} == set(Cause)


def test_every_state_of_a_sale_stands_in_the_table() -> None:
    assert {facts.money.state for facts, _ in TABLE if facts.money} == set(SaleState)


@pytest.mark.parametrize("step", [DiagnosisStep.HOST, DiagnosisStep.SESSION, DiagnosisStep.ACCESS])
def test_what_was_not_seen_is_not_taken_for_good(step: DiagnosisStep) -> None:
    unseen = {
        DiagnosisStep.HOST: {"device": Unseen.LATE},
        DiagnosisStep.SESSION: {"sessions": Unseen.REFUSED},
        DiagnosisStep.ACCESS: {"user": Unseen.LATE},
    }[step]
    found = diagnose(with_router(**unseen))
    assert found.cause is Cause.UNCLEAR
    assert step in found.unseen


def test_a_fault_that_was_seen_is_told_though_others_could_not_be_looked_at() -> None:
    found = diagnose(with_router(device=DeviceFacts(), clock_ahead=Unseen.LATE))
    assert found.cause is Cause.NOT_IN_NETWORK
    assert found.unseen == (DiagnosisStep.CLOCK,)


def test_each_step_says_how_it_stands() -> None:
    found = diagnose(with_router(sessions=(RIVAL,), clock_ahead=86_400.0, closed_hosts=Unseen.LATE))
    assert list(found.steps) == list(STEPS) == list(DiagnosisStep)
    faults = {step for step, state in found.steps.items() if state is StepState.FAULT}
    assert faults == {DiagnosisStep.DEVICES, DiagnosisStep.CLOCK}
    assert found.steps[DiagnosisStep.GARDEN] is StepState.UNSEEN
    assert found.steps[DiagnosisStep.MONEY] is StepState.GOOD
    online = diagnose(with_router(sessions=(ONLINE,)))
    assert set(online.steps.values()) == {StepState.GOOD}


@pytest.mark.parametrize("device", [DeviceFacts(), ROUTER.device])
def test_a_session_that_is_not_there_is_not_called_good(device: DeviceFacts) -> None:
    found = diagnose(with_router(device=device, sessions=()))
    assert found.steps[DiagnosisStep.SESSION] is StepState.SKIPPED
