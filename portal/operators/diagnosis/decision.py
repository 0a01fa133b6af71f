"""Decide why somebody has no Internet, without clock, database or network.

Each step is asked by itself; the first that finds a fault names the cause. What could not be
looked at is never taken for good.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from portal.hotspot.setup.clock_checks import WRONG_SECONDS
from portal.models.access import AccessState
from portal.models.sale_states import CancelReason, SaleState
from portal.operators.diagnosis.causes import Cause, DiagnosisStep, StepState
from portal.operators.diagnosis.facts import (
    AccessFacts,
    Asked,
    DeviceFacts,
    Facts,
    MoneyFacts,
    Reach,
    SessionFacts,
    Unseen,
    UserFacts,
    Whose,
)

Said = Cause | StepState
GOOD, UNSEEN, SKIPPED = StepState.GOOD, StepState.UNSEEN, StepState.SKIPPED
CARD_REFUSED = (CancelReason.DECLINED, CancelReason.REFUSED)
# Without them it cannot be said that somebody is well, or that he has only to log in.
NEEDED = frozenset(
    {DiagnosisStep.ACCESS, DiagnosisStep.ROUTER, DiagnosisStep.HOST, DiagnosisStep.SESSION}
)
STRANGERS = {
    Asked.CODE: Cause.UNKNOWN_CODE,
    Asked.MAC: Cause.UNKNOWN_DEVICE,
    Asked.EMAIL: Cause.UNKNOWN_EMAIL,
    Asked.SELF: Cause.UNKNOWN_DEVICE,
}


@dataclass(frozen=True)
class Explanation:
    """Hold the cause, and what came of each step that was walked."""

    cause: Cause
    steps: Mapping[DiagnosisStep, StepState]

    @property
    def unseen(self) -> tuple[DiagnosisStep, ...]:
        """Name the steps that could not be looked at."""
        return tuple(step for step, state in self.steps.items() if state is UNSEEN)


def diagnose(facts: Facts) -> Explanation:
    """Walk all steps, and name the cause."""
    if not facts.is_found:
        return Explanation(_stranger(facts), {})
    said = {step: ask(facts) for step, ask in STEPS.items()}
    states = {
        step: StepState.FAULT if isinstance(found, Cause) and found not in WELL else _state(found)
        for step, found in said.items()
    }
    order = sorted(said, key=_ended_first) if _has_ended(facts) else list(said)
    found = next((said[step] for step in order if isinstance(said[step], Cause)), None)
    return Explanation(found if isinstance(found, Cause) else _conclusion(facts, states), states)


def _state(said: Said) -> StepState:
    return said if isinstance(said, StepState) else GOOD


def _stranger(facts: Facts) -> Cause:
    user = facts.router.user
    is_on_router = isinstance(user, UserFacts) and user.whose is not Whose.NOBODYS
    is_code = facts.asked is Asked.CODE
    return Cause.FOREIGN_CODE if is_code and is_on_router else STRANGERS[facts.asked]


def _ended_first(step: DiagnosisStep) -> bool:
    """Whether the router answers or not is nothing to an access of which nothing is left."""
    return step not in ENDS


def _has_ended(facts: Facts) -> bool:
    return facts.access is not None and facts.access.has_ended


def _conclusion(facts: Facts, states: Mapping[DiagnosisStep, StepState]) -> Cause:
    """Say what remains where no step found a fault."""
    if any(states[step] is UNSEEN for step in NEEDED):
        return Cause.UNCLEAR
    if facts.access is None:
        return Cause.NOT_BOUGHT if facts.is_selling else Cause.SALES_PAUSED
    return Cause.NOT_LOGGED_IN if facts.mac else Cause.CODE_UNUSED


def _money(facts: Facts) -> Said:
    money = facts.money
    if money is None:
        return SKIPPED
    if money.is_parked:
        return Cause.PARKED
    return _of_state(money)


def _of_state(money: MoneyFacts) -> Said:
    match money.state:
        case SaleState.PAID | SaleState.DELIVERED:
            return GOOD
        case SaleState.PENDING if money.bank_waits:
            return Cause.BANK_WAITS
        case SaleState.PENDING if money.is_deferred:
            return Cause.BUYER_WAITS
        case SaleState.CANCELING | SaleState.CANCELED:
            return Cause.DECLINED if money.cancel_reason in CARD_REFUSED else Cause.UNPAID
        case SaleState.REFUNDING | SaleState.REFUNDED:
            return Cause.MONEY_BACK
        case SaleState.CHARGED_BACK:
            return Cause.CHARGED_BACK
        case _:
            return Cause.UNDECIDED


def _access(facts: Facts) -> Said:
    access, user = facts.access, facts.router.user
    if access is None or access.has_ended:
        return SKIPPED
    if not access.is_readable:
        return Cause.KEY_LOST
    if access.wanted is not AccessState.ENABLED:
        return Cause.WITHDRAWN
    if isinstance(user, Unseen):
        return Cause.BLOCKED if access.is_blocked else UNSEEN
    return _of_user(access, user)


def _of_user(access: AccessFacts, user: UserFacts) -> Said:
    match user.whose:
        case Whose.FOREIGN:
            return Cause.NAME_LOST
        case Whose.NOBODYS:
            return Cause.USER_MISSING
    if not user.is_disabled:
        return GOOD
    # Who disabled what we had enabled was a person.
    was_enabled = access.is_blocked or access.actual is AccessState.ENABLED
    return Cause.BLOCKED if was_enabled else Cause.NOT_DELIVERED


def _router(facts: Facts) -> Said:
    match facts.router.reach:
        case Reach.ANSWERS:
            return GOOD
        case Reach.REFUSES:
            return Cause.ROUTER_REFUSES
        case Reach.SILENT if facts.money is not None and facts.money.state is SaleState.PAID:
            return Cause.PAID_WAITS
        case _ if facts.router.is_tunnel_down:
            return Cause.TUNNEL_DOWN
        case Reach.SILENT:
            return Cause.ROUTER_AWAY
    return UNSEEN


def _host(facts: Facts) -> Said:
    device = facts.router.device
    if facts.mac is None:
        return SKIPPED
    if isinstance(device, Unseen):
        return UNSEEN
    if not device.addresses:
        elsewhere = any(session.is_codes for session in _sessions(facts))
        return Cause.ONLINE_ELSEWHERE if elsewhere else Cause.NOT_IN_NETWORK
    return Cause.BYPASSED if device.is_bypassed else GOOD


def _session(facts: Facts) -> Said:
    if isinstance(facts.router.sessions, Unseen):
        return UNSEEN
    own = [session for session in _sessions(facts) if session.mac == facts.mac]
    here = [session for session in own if session.address in _addresses(facts)]
    if any(session.is_codes for session in here):
        return Cause.ONLINE
    if any(session.is_pass for session in here):
        return Cause.PAYMENT_PASS
    if here:
        return Cause.OTHER_CODE if here[0].is_ours else Cause.FOREIGN_SESSION
    # Without a session there is none that could be well.
    return Cause.OLD_ADDRESS if any(session.is_codes for session in own) else SKIPPED


def _devices(facts: Facts) -> Said:
    access, user, mac = facts.access, facts.router.user, facts.mac
    if access is None:
        return SKIPPED
    if isinstance(facts.router.sessions, Unseen) or isinstance(user, Unseen):
        return UNSEEN
    if mac is not None and user.bound_mac not in ("", mac):
        return Cause.BOUND
    others = {s.mac for s in _sessions(facts) if s.is_codes and s.mac != mac}
    if len(others) >= access.devices:
        return Cause.DEVICE_LIMIT
    return _of_profile(facts, len(others))


def _of_profile(facts: Facts, others: int) -> Said:
    let_in = facts.router.profile_devices
    if isinstance(let_in, Unseen):
        return UNSEEN
    return Cause.PROFILE_LIMIT if let_in is not None and others >= let_in else GOOD


def _data(facts: Facts) -> Said:
    access, user = facts.access, facts.router.user
    if access is None:
        return SKIPPED
    if access.data_left == 0:
        return Cause.DATA_USED
    is_behind = isinstance(user, UserFacts) and user.data_left == 0
    return Cause.LIMITS_BEHIND if is_behind else GOOD


def _time(facts: Facts) -> Said:
    access, user = facts.access, facts.router.user
    if access is None:
        return SKIPPED
    if access.seconds_left == 0:
        return Cause.TIME_LOST if access.lost_to_outage else Cause.TIME_OVER
    is_behind = isinstance(user, UserFacts) and user.seconds_left == 0
    return Cause.LIMITS_BEHIND if is_behind else GOOD


def _garden(facts: Facts) -> Said:
    closed = facts.router.closed_hosts
    if isinstance(closed, Unseen):
        return UNSEEN
    return Cause.GARDEN_CLOSED if closed else GOOD


def _clock(facts: Facts) -> Said:
    ahead = facts.router.clock_ahead
    if isinstance(ahead, Unseen):
        return UNSEEN
    return Cause.CLOCK_WRONG if abs(ahead) > WRONG_SECONDS else GOOD


def _sessions(facts: Facts) -> tuple[SessionFacts, ...]:
    found = facts.router.sessions
    return () if isinstance(found, Unseen) else found


def _addresses(facts: Facts) -> frozenset[str]:
    device = facts.router.device
    return device.addresses if isinstance(device, DeviceFacts) else frozenset()


STEPS: dict[DiagnosisStep, Callable[[Facts], Said]] = {
    DiagnosisStep.MONEY: _money,
    DiagnosisStep.ACCESS: _access,
    DiagnosisStep.ROUTER: _router,
    DiagnosisStep.HOST: _host,
    DiagnosisStep.SESSION: _session,
    DiagnosisStep.DEVICES: _devices,
    DiagnosisStep.DATA: _data,
    DiagnosisStep.TIME: _time,
    DiagnosisStep.GARDEN: _garden,
    DiagnosisStep.CLOCK: _clock,
}
ENDS = (DiagnosisStep.MONEY, DiagnosisStep.DATA, DiagnosisStep.TIME)
WELL = frozenset(
    {
        *(Cause.ONLINE, Cause.BYPASSED, Cause.OTHER_CODE),
        *(Cause.PAYMENT_PASS, Cause.FOREIGN_SESSION),
    }
)
