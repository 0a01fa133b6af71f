"""List what goes wrong on the wire, at which step of a sale, and what the customer hears then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

from portal.sandbox.gateway.faults import Action as HttpFault
from portal.sandbox.routeros.faults import Fault, FaultKind
from tests.support.environment import Environment
from tests.support.tills import CONEKTA, DECLINED, MERCADO_PAGO, UNKNOWN_TOKEN, VISA


class Answer(NamedTuple):
    """What a customer who wants to be logged in hears; `online` is None where it is not said."""

    status: int
    payment: str | None = None
    online: bool | None = None


ONLINE = Answer(200, "paid", True)
BY_HAND = Answer(200, "paid", False)
ROUTER_AWAY = Answer(202, "paid")
BEING_VERIFIED = Answer(202, "pending")
DECLINE = Answer(402)
NO_ACCESS = Answer(500)
UNAVAILABLE = Answer(503)

CARD, *METHODS = "tarjeta", "spei", "efectivo"
DELIVERED, CANCELED, REFUNDED = "delivered", "canceled", "refunded"

Action = Callable[[Environment], None]


def nothing(_environment: Environment) -> None:
    """All goes on as it was."""


@dataclass(frozen=True)
class Case:
    """Something that goes wrong while a customer buys with this token.

    `charges` is how often money is asked for at the `gateway`, `end` the state that the sale ends
    in once all is well again. `first` is what makes the step necessary at which it goes wrong;
    `meanwhile` happens between the answer and the end of it all. `alerts` are raised. What is
    deferred, by another `method` than a card, is paid whenever something is to be paid. With
    `in_frame` the card is charged in the gateway's own frame, on our page.
    """

    name: str
    breaks: Action
    answer: Answer
    charges: int
    end: str
    token: str = VISA
    first: Action = nothing
    meanwhile: Action = nothing
    alerts: frozenset[str] = frozenset()
    gateway: str = CONEKTA
    method: str = CARD
    in_frame: bool = False
    hangs_at_router: str | None = None
    hangs_at_gateway: str | None = None


LOST_LINE = frozenset({FaultKind.CUT_BEFORE, FaultKind.CUT_AFTER, FaultKind.FATAL})
TURNED_AWAY = LOST_LINE | {FaultKind.TOO_MANY_SESSIONS}
UNHEARD = frozenset({FaultKind.CUT_AFTER, FaultKind.GARBAGE})
# Nobody is answered before his time is over.
HANGS_AT_ROUTER = frozenset(
    {FaultKind.HANG, FaultKind.HANG_AFTER, FaultKind.DRIBBLE, FaultKind.DELAY}
)
HANGS_AT_GATEWAY = frozenset({HttpFault.HANG, HttpFault.DRIBBLE})


@dataclass(frozen=True)
class Step:
    """A command of a sale, and what follows when it fails.

    `asked_again`: the failures that are not felt when they strike once, since the command is
    asked again. `found_out`: those after which the router shows by itself that it was done.
    """

    name: str
    command: str
    answer: Answer
    charges: int
    end: str
    token: str = VISA
    asked_again: frozenset[FaultKind] = frozenset()
    found_out: frozenset[FaultKind] = frozenset()
    unfelt: Answer = ONLINE
    meanwhile: Action = nothing
    method: str = CARD
    in_frame: bool = False


USER, ACTIVE, HOST = "/ip/hotspot/user", "/ip/hotspot/active", "/ip/hotspot/host"
READ_AGAIN = LOST_LINE | {FaultKind.GARBAGE}

ROUTER_STEPS = [
    Step("connect", "/login", NO_ACCESS, 0, CANCELED, asked_again=TURNED_AWAY),
    Step("make the user", f"{USER}/add", NO_ACCESS, 0, CANCELED),
    Step("open the door", f"{USER}/set", ROUTER_AWAY, 1, DELIVERED),
    Step("find the host", f"{HOST}/print", BY_HAND, 1, DELIVERED, asked_again=READ_AGAIN),
    Step("log in", f"{ACTIVE}/login", BY_HAND, 1, DELIVERED, found_out=UNHEARD),
    Step("see the session", f"{ACTIVE}/print", BY_HAND, 1, DELIVERED, asked_again=READ_AGAIN),
    Step("remove the user", f"{USER}/remove", DECLINE, 1, CANCELED, DECLINED),
    Step("end its sessions", f"{ACTIVE}/print", DECLINE, 1, CANCELED, DECLINED),
    Step("take its cookies", "/ip/hotspot/cookie/print", DECLINE, 1, CANCELED, DECLINED),
]
WIRE_FAULTS = [
    Fault(FaultKind.HANG),
    Fault(FaultKind.HANG_AFTER),
    Fault(FaultKind.DRIBBLE, milliseconds=600),
    Fault(FaultKind.DELAY, milliseconds=15_000),
    Fault(FaultKind.CUT_BEFORE),
    Fault(FaultKind.CUT_AFTER),
    Fault(FaultKind.TRAP, message="failure: something odd"),
    Fault(FaultKind.FATAL, message="session terminated"),
    Fault(FaultKind.GARBAGE),
]
LOGIN_FAULTS = [Fault(FaultKind.REFUSE_LOGIN), Fault(FaultKind.TOO_MANY_SESSIONS)]


def pay_what_waits(environment: Environment) -> None:
    """The customers pay all that they were told how to pay."""
    for order_id in environment.till.waiting_orders():
        environment.till.sandbox.pay(order_id)


def pay_and_work(environment: Environment) -> None:
    """And the worker hears of it while the router still fails."""
    pay_what_waits(environment)
    environment.work()


# The router hears nothing of a deferred payment before the money is there.
DEFERRED_STEPS = [
    Step(
        name,
        command,
        BEING_VERIFIED,
        1,
        DELIVERED,
        unfelt=BEING_VERIFIED,
        meanwhile=pay_and_work,
        method=method,
    )
    for name, command, method in (
        ("connect once it is paid", "/login", METHODS[0]),
        ("make the user once it is paid", f"{USER}/add", METHODS[1]),
    )
]


def charge_frame_and_work(environment: Environment) -> None:
    """The buyer pays in the frame, and the worker looks while it still fails."""
    environment.charge_frames()
    environment.work()


def leave_frame_and_work(environment: Environment) -> None:
    """The buyer has gone, and the worker closes the order while it still fails."""
    with environment.settings(three_ds_minutes=0):
        environment.work()


FRAME_STEPS = [
    Step(
        "open the door once the frame has charged",
        f"{USER}/set",
        BEING_VERIFIED,
        0,
        DELIVERED,
        unfelt=BEING_VERIFIED,
        meanwhile=charge_frame_and_work,
        in_frame=True,
    )
]


def router_cases(step: Step) -> Iterator[Case]:
    """Every failure of the router at this step; also just once, where that is not felt."""
    for fault in WIRE_FAULTS + (LOGIN_FAULTS if step.command == "/login" else []):
        yield _router_case(step, fault, always=True)
        if fault.kind in step.asked_again:
            yield _router_case(step, fault, always=False)


def _router_case(step: Step, fault: Fault, *, always: bool) -> Case:
    felt = always and fault.kind not in step.found_out
    name = f"{fault.kind.value} {'always' if always else 'once'}"
    case = Case(name, nothing, step.answer, step.charges, step.end, step.token)
    case = replace(case, meanwhile=step.meanwhile, method=step.method, in_frame=step.in_frame)
    if not felt:
        asked = int(not step.in_frame)
        case = replace(case, answer=step.unfelt, charges=asked, end=DELIVERED)
    # To be let in is tried for as long as there is time.
    if fault.kind in HANGS_AT_ROUTER or (always and step.command == "/login"):
        case = replace(case, hangs_at_router=step.command)
    command = None if fault.kind is FaultKind.TOO_MANY_SESSIONS else step.command
    broken = replace(fault, command=command, times=None if always else 1)
    return replace(case, breaks=partial(_break_router, broken), alerts=_told(step, fault))


def _told(step: Step, fault: Fault) -> frozenset[str]:
    """What an operator has to mend is raised; what may pass by itself is not."""
    mends = fault.kind in (FaultKind.TRAP, FaultKind.REFUSE_LOGIN)
    is_paid_afterwards = step.method != CARD or step.in_frame
    felt = is_paid_afterwards or step.answer in (NO_ACCESS, ROUTER_AWAY, BY_HAND)
    if not mends or not felt:
        return frozenset()
    return frozenset({"login_refused" if step.command == f"{ACTIVE}/login" else "router_refused"})


def _break_router(fault: Fault, environment: Environment) -> None:
    # Nobody is connected yet, so that the login is part of the sale.
    environment.router.drop_connections()
    environment.router.faults.add(replace(fault))


@dataclass(frozen=True)
class Call:
    """A call to the gateway, what makes it necessary, and what follows when it fails.

    `executed` is the answer where the call was made and that is found out. `asked_again` are
    the failures that are not felt when they strike once.
    """

    name: str
    kind: str
    answer: Answer
    charges: int
    end: str
    executed: tuple[Answer, str] | None = None
    token: str = VISA
    asked_again: frozenset[HttpFault] = frozenset()
    first: Action = nothing
    meanwhile: Action = nothing
    alerts: frozenset[str] = frozenset()
    gateway: str = CONEKTA
    unfelt: Answer = ONLINE
    method: str = CARD
    in_frame: bool = False

    def __str__(self) -> str:
        return f"{self.gateway}: {self.name}{'' if self.method == CARD else f' {self.method}'}"


def lose_the_charge(environment: Environment) -> None:
    """It is executed, and its answer never arrives."""
    gateway, tries = environment.till.sandbox, environment.till.tries
    gateway.fail("cut", "charge", executed=True, times=tries)


def lose_the_charge_and_a_look(environment: Environment) -> None:
    """Nor does the answer to the first look at it."""
    lose_the_charge(environment)
    environment.till.sandbox.fail("status", "look_up", times=environment.till.tries, status=502)


def lose_the_order(environment: Environment) -> None:
    """It is opened, and its answer never arrives."""
    environment.till.sandbox.fail("cut", "open_order", executed=True, times=None)


def lose_the_only_call(environment: Environment) -> None:
    """Order and charge are made at once, and the answer never arrives."""
    environment.gateway.fail("cut", "order_with_charge", executed=True)


def keep_the_door_shut(environment: Environment) -> None:
    """The router does nothing for whoever has paid."""
    environment.router.faults.cut_before(f"{USER}/set", times=None)
    environment.router.faults.cut_before(f"{USER}/print", times=None)


def run_out_of_patience(environment: Environment) -> None:
    """The worker finds that the customer has waited for too long."""
    environment.lose_patience()
    environment.work()


CALLS = [
    Call(
        "open the order",
        "open_order",
        UNAVAILABLE,
        0,
        CANCELED,
        asked_again=frozenset({HttpFault.CUT, HttpFault.TRUNCATE}),
    ),
    Call("charge", "charge", BEING_VERIFIED, 1, CANCELED, (ONLINE, DELIVERED)),
    Call(
        "look the charge up",
        "look_up",
        BEING_VERIFIED,
        1,
        DELIVERED,
        asked_again=frozenset(HttpFault),
        first=lose_the_charge,
    ),
    Call("cancel", "cancel", DECLINE, 1, CANCELED, token=UNKNOWN_TOKEN),
    Call("find the order", "list", UNAVAILABLE, 0, CANCELED, first=lose_the_order),
    Call(
        "refund",
        "refund",
        ROUTER_AWAY,
        1,
        REFUNDED,
        first=keep_the_door_shut,
        meanwhile=run_out_of_patience,
    ),
]
# To charge is asked again there by the same key, unless no time is left for that.
ASKED_BY_KEY = frozenset({HttpFault.CUT, HttpFault.TRUNCATE, HttpFault.STATUS})
# No money is asked for there before the card was added, which tells of a token that is none.
OF_MERCADO_PAGO: dict[str, dict[str, Any]] = {
    "charge": {"asked_again": ASKED_BY_KEY},
    "cancel": {"charges": 0},
}
MERCADO_PAGO_CALLS = [
    replace(call, gateway=MERCADO_PAGO, **OF_MERCADO_PAGO.get(call.kind, {}))
    for call in (
        *CALLS,
        Call(
            "add the card",
            "transaction",
            UNAVAILABLE,
            0,
            CANCELED,
            asked_again=frozenset({HttpFault.CUT, HttpFault.TRUNCATE}),
            alerts=frozenset({"charge_refused"}),
        ),
    )
]
IN_ORDER_CALLS = [
    Call("charge", "order_with_charge", BEING_VERIFIED, 1, CANCELED, (ONLINE, DELIVERED)),
    Call(
        "find it",
        "list",
        BEING_VERIFIED,
        1,
        DELIVERED,
        asked_again=frozenset({HttpFault.CUT, HttpFault.TRUNCATE}),
        first=lose_the_only_call,
    ),
]
# Nobody is asked for money but by the frame, of whose answer we hear nothing.
FRAME_CALLS = [
    Call(
        "open the order with its frame",
        "open_order",
        UNAVAILABLE,
        0,
        CANCELED,
        asked_again=frozenset({HttpFault.CUT, HttpFault.TRUNCATE}),
        unfelt=BEING_VERIFIED,
        meanwhile=charge_frame_and_work,
        in_frame=True,
    ),
    Call(
        "charge in the frame",
        "frame",
        BEING_VERIFIED,
        0,
        CANCELED,
        (BEING_VERIFIED, DELIVERED),
        meanwhile=charge_frame_and_work,
        in_frame=True,
    ),
    Call(
        "look at what the frame charged",
        "look_up",
        BEING_VERIFIED,
        0,
        DELIVERED,
        meanwhile=charge_frame_and_work,
        in_frame=True,
    ),
    Call(
        "close a frame that was left",
        "cancel",
        BEING_VERIFIED,
        0,
        CANCELED,
        meanwhile=leave_frame_and_work,
        in_frame=True,
    ),
]
ASKED_OF_DEFERRED = ("open_order", "charge", "look_up", "transaction")


def _deferred(call: Call, method: str) -> Call:
    """The same where it is asked how a deferred payment is made: told or not, it waits."""
    executed = (BEING_VERIFIED, DELIVERED) if call.executed else None
    told = replace(call, unfelt=BEING_VERIFIED, executed=executed, method=method)
    return replace(told, meanwhile=pay_what_waits)


DEFERRED_CALLS = [
    _deferred(call, METHODS[place % 2])
    for place, call in enumerate(
        call for call in (*CALLS, *MERCADO_PAGO_CALLS) if call.kind in ASKED_OF_DEFERRED
    )
]
HTTP_FAULTS: list[tuple[HttpFault, dict[str, Any]]] = [
    (HttpFault.HANG, {}),
    (HttpFault.CUT, {}),
    (HttpFault.GARBAGE, {}),
    (HttpFault.STATUS, {"status": 500}),
    (HttpFault.STATUS, {"status": 504}),
    (HttpFault.DRIBBLE, {"seconds": 0.05}),
    (HttpFault.TRUNCATE, {}),
]


def gateway_cases(call: Call) -> Iterator[Case]:
    """Every failure of the gateway at this call, before it is done and after.

    Also just once, where that is not felt.
    """
    for fault, options in HTTP_FAULTS:
        for executed in (False, True):
            # Only an answer can be spoilt, so there must be one.
            if executed or fault not in (HttpFault.DRIBBLE, HttpFault.TRUNCATE):
                yield _gateway_case(call, fault, options, executed, always=True)
                if fault in call.asked_again:
                    yield _gateway_case(call, fault, options, executed, always=False)


def _gateway_case(
    call: Call, fault: HttpFault, options: dict[str, Any], executed: bool, *, always: bool
) -> Case:
    def breaks(environment: Environment) -> None:
        times = None if always else 1
        environment.till.sandbox.fail(fault, call.kind, executed=executed, times=times, **options)

    when = f"{'after' if executed else 'before'} {'always' if always else 'once'}"
    name = f"{fault.value}{options.get('status', '')} {when}"
    case = Case(name, breaks, call.answer, call.charges, call.end, call.token)
    case = replace(case, first=call.first, meanwhile=call.meanwhile, gateway=call.gateway)
    case = replace(case, alerts=call.alerts, method=call.method, in_frame=call.in_frame)
    if fault in HANGS_AT_GATEWAY:
        case = replace(case, hangs_at_gateway=call.kind)
    if fault in call.asked_again and not always:
        case = replace(case, alerts=frozenset())
        asked = int(not call.in_frame)
        case = replace(case, answer=call.unfelt, charges=asked, end=DELIVERED)
    elif executed and call.executed:
        case = replace(case, answer=call.executed[0], end=call.executed[1])
    return case
