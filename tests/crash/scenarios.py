"""List what a process dies over: sales, extensions, webhooks, refunds, cleanup."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from portal.access.payment_pass.giving import give_pass
from portal.access.payment_pass.terms import PROFILE
from portal.models import Access, Company, Sale, utc_now
from portal.sales.purchase import buy
from portal.sales.request import PurchaseRequest
from portal.worker.webhook_inbox import receive
from tests.support.environment import DAY, Environment, Visitor
from tests.support.tills import CONEKTA, DECLINED, MERCADO_PAGO, UNKNOWN_TOKEN, VISA

Json = dict[str, Any]

PLENTY = 10**6
ADD = "/ip/hotspot/user/add"
SET = "/ip/hotspot/user/set"
PROFILES = "/ip/hotspot/user/profile"
NAME_TAKEN = "failure: already have user with this name for this server"


@dataclass(frozen=True)
class Task:
    """One thing to do: its action, what it is done to, and the purchase that can be repeated."""

    action: str
    subject: Json
    purchase: Json


Prepare = Callable[[Environment, Visitor], Task]
Afterwards = Callable[[Environment, Task], None]


def unsigned(_header: str) -> str | None:
    """The headers of a notice that nobody signed."""
    return None


def nothing(_environment: Environment, _act: Task) -> None:
    """The world goes on as it was."""


@dataclass(frozen=True)
class Scenario:
    """`prepare` sets the environment for a visitor; `afterwards` is what the world does between the
    crash and the worker. `ends` are the states in which the visitor's sales may end, `bought`
    how many purchases it was. `settings` are the child's own. It is played at these `gateways`;
    `at_last` is what the world does to what the worker has still asked for.
    """

    name: str
    prepare: Prepare
    ends: frozenset[str]
    afterwards: Afterwards = nothing
    settings: Json = field(default_factory=dict)
    bought: int = 1
    gateways: tuple[str, ...] = (CONEKTA, MERCADO_PAGO)
    at_last: Callable[[Environment], None] | None = None


def purchase(**changes: Any) -> Prepare:
    """A purchase over the API."""

    def prepare(environment: Environment, visitor: Visitor) -> Task:
        request = environment.request(visitor, **changes)
        return Task("post_purchase", request, request)

    return prepare


def purchase_under_a_taken_name(environment: Environment, visitor: Visitor) -> Task:
    """The router has somebody of the first name drawn."""
    environment.router.faults.trap(NAME_TAKEN, ADD)
    return purchase()(environment, visitor)


def purchase_with_three_ds(environment: Environment, visitor: Visitor) -> Task:
    """The bank wants to see the customer."""
    environment.till.ask_for_three_ds(True)
    return purchase()(environment, visitor)


def pass_three_ds(environment: Environment, _act: Task) -> None:
    """The customer confirms whatever the bank asked."""
    environment.till.ask_for_three_ds(False)
    for order_id in environment.till.waiting_orders():
        environment.till.sandbox.challenge(order_id, passed=True)


def asking_for_a_pass(environment: Environment, visitor: Visitor) -> Task:
    """Of whom the bank wants to see, and who is let in to get there."""
    environment.till.ask_for_three_ds(True)
    environment.change(Company, passes_per_router=PLENTY)
    # Each dies over making it as well.
    profiles = environment.router.rows(PROFILES)
    for mine in (row[".id"] for row in profiles if row["name"] == PROFILE):
        environment.router.execute(f"{PROFILES}/remove", numbers=mine)
    request, sale = _standing(environment, visitor, conexion_automatica=True)
    return Task("let_in_to_pay", {"sale_id": sale.id}, request)


def paying_with_a_pass(environment: Environment, visitor: Visitor) -> Task:
    """The customer is online by a pass, has just confirmed, and the worker hears of it."""
    task = asking_for_a_pass(environment, visitor)
    with environment.app.app_context():
        assert give_pass(task.subject["sale_id"]).stands
    pass_three_ds(environment, task)
    environment.make_due(visitor)
    return Task("work", {}, task.purchase)


def deferred(method: str) -> Prepare:
    """A purchase by deferred payment."""
    return purchase(metodo=method, token_tarjeta=None)


def in_frame(environment: Environment, visitor: Visitor) -> Task:
    """A purchase on our page, whose order the gateway's own frame is to charge."""
    request = environment.framed_request(visitor)
    return Task("post_purchase", request, request)


def charge_frames(environment: Environment, _act: Task) -> None:
    """Whoever was shown a frame pays in it."""
    environment.charge_frames()


def _framed(environment: Environment, visitor: Visitor) -> tuple[Json, Sale]:
    """A purchase whose frame stands open, and its sale."""
    request = environment.framed_request(visitor)
    with environment.charged_in_frame():
        environment.send(request)
    return request, environment.sales_of(visitor)[-1]


def notice_of_frame(environment: Environment, visitor: Visitor) -> Task:
    """The frame has charged the card, and the gateway tells us."""
    request, sale = _framed(environment, visitor)
    environment.charge_frames()
    subject = {"company_id": sale.company_id, "provider": environment.till.provider}
    subject["notice"] = environment.till.notice(str(sale.order_id), "paid")
    return Task("hear", subject, request)


def frame_given_up(environment: Environment, visitor: Visitor) -> Task:
    """The customer stands in front of the frame and wants out."""
    request, sale = _framed(environment, visitor)
    return Task("abandon", {"sale_id": sale.id}, request)


def pay_outside(environment: Environment, _act: Task | None = None) -> None:
    """The customers do what they were told, or had been told."""
    for order_id in environment.till.waiting_orders():
        environment.till.sandbox.pay(order_id)


def let_time_run_out(environment: Environment, _act: Task | None = None) -> None:
    """Nobody has paid, and the time to pay is over."""
    for order_id in environment.till.waiting_orders():
        environment.till.expire(order_id)


def pay_twice(environment: Environment, order_id: str) -> None:
    """The buyer does not know whether the first transfer went through."""
    for _ in range(2):
        environment.till.sandbox.pay(order_id)


def pay_too_little(environment: Environment, order_id: str) -> None:
    """The buyer typed another amount, or the shop took its fee of it."""
    environment.till.pay(order_id, 500)


def pay_too_much(environment: Environment, order_id: str) -> None:
    """The buyer typed another amount."""
    environment.till.pay(order_id, 2500)


def pay_after_the_end(environment: Environment, order_id: str) -> None:
    """The gateway has closed the order, and the money comes all the same."""
    environment.till.expire(order_id)
    environment.till.sandbox.pay(order_id)


def leave_three_ds(environment: Environment, _act: Task) -> None:
    """The customer never comes back."""
    environment.till.ask_for_three_ds(False)


def end_faults(environment: Environment, _act: Task) -> None:
    """All is well again."""
    environment.router.faults.clear()
    environment.till.sandbox.heal()


def tell_again(environment: Environment, task: Task) -> None:
    """A notice that was not answered comes again."""
    told = task.subject
    with environment.app.app_context():
        receive(told["provider"], told["company_id"], told["notice"].encode(), unsigned)


def look_round_again(environment: Environment, _act: Task) -> None:
    """The next round and sweep come by themselves."""
    environment.sync_usage()
    environment.sweep()


def _standing(environment: Environment, visitor: Visitor, **changes: Any) -> tuple[Json, Sale]:
    """A purchase that is made already, and its sale."""
    request = environment.request(visitor, **changes)
    environment.send(request)
    return request, environment.sales_of(visitor)[-1]


def extension(token: str) -> Prepare:
    """More time for an access that stands."""

    def prepare(environment: Environment, visitor: Visitor) -> Task:
        _, sale = _standing(environment, visitor, token_tarjeta=VISA)
        order = environment.extension(
            sale.access_id,
            card_token=token,
            mac=visitor.mac,
            ip=visitor.ip,
            auto_connect=True,
            idempotency_key=f"{visitor.key}-more",
        )
        return Task("extend", {"order": order}, {"order": order})

    return prepare


def lost_answer(*, executed: bool, minutes: int = 0) -> Prepare:
    """The charge's answer was lost, and the worker asks."""

    def prepare(environment: Environment, visitor: Visitor) -> Task:
        gateway = environment.till.sandbox
        gateway.fail("cut", "charge", executed=executed, times=environment.till.tries)
        gateway.fail("status", "look_up", times=environment.till.tries + 1, status=502)
        request, _ = _standing(environment, visitor)
        environment.till.sandbox.heal()
        environment.change(Sale, charging_at=utc_now() - timedelta(minutes=minutes))
        environment.make_due(visitor)
        return Task("work", {}, request)

    return prepare


def refund_by_the_worker(environment: Environment, visitor: Visitor) -> Task:
    """Paid for, and the router stayed away for too long."""
    environment.router.faults.cut_before(SET, times=None)
    request, _ = _standing(environment, visitor)
    environment.change(Company, refund_after_minutes=1)
    environment.change(Sale, paid_at=utc_now() - timedelta(minutes=2))
    environment.make_due(visitor)
    return Task("work", {}, request)


def refund_by_the_operator(environment: Environment, visitor: Visitor) -> Task:
    """Delivered, online, and the operator gives the money back."""
    request, sale = _standing(environment, visitor, conexion_automatica=True)
    return Task("refund", {"sale_id": sale.id}, request)


def refund_of_an_extension(environment: Environment, visitor: Visitor) -> Task:
    """Only what was added goes back."""
    extended = extension(VISA)(environment, visitor)
    with environment.app.app_context():
        sale_id = buy(PurchaseRequest(**extended.subject["order"])).sale.id
    return Task("refund", {"sale_id": sale_id}, extended.purchase)


def given_up(environment: Environment, visitor: Visitor) -> Task:
    """The customer stands before 3DS and wants out."""
    environment.till.ask_for_three_ds(True)
    request, sale = _standing(environment, visitor)
    environment.till.ask_for_three_ds(False)
    return Task("abandon", {"sale_id": sale.id}, request)


def notice(kind: str, what_happens: Callable[[Environment, str], None], **changes: Any) -> Prepare:
    """Something happens at the gateway, and it tells us by itself."""

    def prepare(environment: Environment, visitor: Visitor) -> Task:
        request, sale = _standing(environment, visitor, **changes)
        order_id = str(sale.order_id)
        what_happens(environment, order_id)
        told = environment.till.notice(order_id, kind)
        subject = {"company_id": sale.company_id, "notice": told}
        subject["provider"] = environment.till.provider
        return Task("hear", subject, request)

    return prepare


def notice_of_three_ds(environment: Environment, visitor: Visitor) -> Task:
    """The customer confirmed, and the gateway tells us."""
    environment.till.ask_for_three_ds(True)
    task = notice("paid", pass_challenge)(environment, visitor)
    environment.till.ask_for_three_ds(False)
    return task


def pass_challenge(environment: Environment, order_id: str) -> None:
    """The customer confirms what the bank asked."""
    environment.till.sandbox.challenge(order_id, passed=True)


def pay(environment: Environment, order_id: str) -> None:
    """Money that nobody expects any more."""
    environment.till.sandbox.pay(order_id)


def refund(environment: Environment, order_id: str) -> None:
    """The operator refunds in the gateway's own panel."""
    environment.till.refund_outside(order_id, 2000)


def charge_back(environment: Environment, order_id: str) -> None:
    """The buyer's bank takes it back."""
    environment.till.sandbox.charge_back(order_id)


def expiry(environment: Environment, visitor: Visitor) -> Task:
    """The time bought is over, and the device is online."""
    request, _ = _standing(environment, visitor, conexion_automatica=True)
    began = utc_now() - timedelta(seconds=DAY + 60)
    ended = began + timedelta(seconds=DAY)
    environment.change(Access, started_at=began, expires_at=ended, next_attempt_at=ended)
    environment.make_due(visitor)
    return Task("work", {}, request)


def lost_user(environment: Environment, visitor: Visitor) -> Task:
    """Somebody removed a user that was paid for; a user of ours that nobody knows stands there."""
    request, sale = _standing(environment, visitor)
    name = environment.ledgers().names[sale.access_id]
    environment.router.execute(f"{ADD[:-4]}/remove", numbers=environment.router.users[name][".id"])
    left_over = f"{environment.mark_prefix}acc_{visitor.key}"
    environment.router.add_user(visitor.key, "1234", comment=left_over, profile="1hora")
    return Task("look_round", {"router_id": environment.router_id}, request)


BOUGHT = frozenset({"delivered", "canceled"})
CANCELED = frozenset({"canceled"})
DELIVERED = frozenset({"delivered"})
PENDING = frozenset({"pending"})
REFUNDED = frozenset({"refunded"})
CHARGED_BACK = frozenset({"charged_back"})

SPEI: Json = {"metodo": "spei", "token_tarjeta": None}
CASH: Json = {"metodo": "efectivo", "token_tarjeta": None}
# A form of charge that one of them has.
IN_ORDER: Json = {"settings": {"conekta_charge": "in_order"}, "gateways": (CONEKTA,)}
IN_FRAME: Json = {"settings": {"conekta_charge": "component"}, "gateways": (CONEKTA,)}

SCENARIOS = [
    Scenario("sale", purchase(), BOUGHT),
    Scenario("sale in one request", purchase(tipo_usuario="pin"), BOUGHT, **IN_ORDER),
    Scenario("sale with login", purchase(conexion_automatica=True), BOUGHT),
    Scenario("taken name", purchase_under_a_taken_name, BOUGHT, end_faults),
    Scenario("declined", purchase(token_tarjeta=DECLINED), CANCELED),
    Scenario("declined in one", purchase(token_tarjeta=DECLINED), CANCELED, **IN_ORDER),
    Scenario("refused token", purchase(token_tarjeta=UNKNOWN_TOKEN), CANCELED),
    Scenario("3DS passed", purchase_with_three_ds, BOUGHT, pass_three_ds),
    Scenario("3DS left", purchase_with_three_ds, CANCELED, leave_three_ds),
    Scenario("pass to pay with", asking_for_a_pass, DELIVERED, pass_three_ds),
    Scenario("pass of who left", asking_for_a_pass, CANCELED, leave_three_ds),
    Scenario("paid with a pass", paying_with_a_pass, DELIVERED),
    Scenario("extension", extension(VISA), BOUGHT, bought=2),
    Scenario("declined extension", extension(DECLINED), BOUGHT),
    Scenario("charge found paid", lost_answer(executed=True), DELIVERED),
    Scenario("charge never made", lost_answer(executed=False, minutes=60), CANCELED),
    Scenario("given up", given_up, CANCELED),
    Scenario("notice of 3DS", notice_of_three_ds, DELIVERED, tell_again),
    Scenario("card in a frame", in_frame, BOUGHT, charge_frames, **IN_FRAME),
    Scenario("frame left", in_frame, CANCELED, **IN_FRAME),
    Scenario("notice of a frame", notice_of_frame, DELIVERED, tell_again, **IN_FRAME),
    Scenario("frame given up", frame_given_up, CANCELED, **IN_FRAME),
    Scenario("SPEI", deferred("spei"), BOUGHT, pay_outside, at_last=pay_outside),
    Scenario("cash", deferred("efectivo"), BOUGHT, pay_outside, at_last=pay_outside),
    Scenario("SPEI left", deferred("spei"), CANCELED, let_time_run_out, at_last=let_time_run_out),
    Scenario("notice of SPEI", notice("paid", pay, **SPEI), DELIVERED, tell_again),
    Scenario("cash too late", notice("paid", pay_after_the_end, **CASH), DELIVERED, tell_again),
    Scenario("SPEI paid twice", notice("paid", pay_twice, **SPEI), DELIVERED, tell_again),
    Scenario("too little by SPEI", notice("paid", pay_too_little, **SPEI), PENDING, tell_again),
    Scenario("too much in cash", notice("paid", pay_too_much, **CASH), DELIVERED, tell_again),
    Scenario("late money", notice("paid", pay, token_tarjeta=DECLINED), DELIVERED, tell_again),
    Scenario("refund outside", notice("refunded", refund), REFUNDED, tell_again),
    Scenario("chargeback", notice("charged_back", charge_back), CHARGED_BACK, tell_again),
    Scenario("refund by the worker", refund_by_the_worker, REFUNDED | DELIVERED, end_faults),
    Scenario("refund by the operator", refund_by_the_operator, REFUNDED | DELIVERED),
    Scenario("extension refunded", refund_of_an_extension, REFUNDED | DELIVERED, bought=2),
    Scenario("expiry", expiry, DELIVERED),
    Scenario("lost user", lost_user, DELIVERED, look_round_again),
]
