"""Say what sales, accesses, money and router must come to. There is no Portal in it.

A purchase is one sale with one order, whose money is asked for once. `gateways` and `router`
say what becomes of calls at the moment. Times are in seconds, money in centavos.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tests.model.fault_plan import Fate, GatewayPlan, RouterPlan
from tests.model.model_access import Access, Plan
from tests.model.model_order import (
    CONEKTA,
    GATEWAYS,
    MERCADO_PAGO,
    PRICE,
    SAID_BY_ORDER_ALONE,
    Means,
    Money,
)
from tests.model.model_pass import DEVICE_SPAN, OF_DEVICE, OF_ROUTER, ROUTER_SPAN, Pass
from tests.model.model_sale import (
    FINAL,
    GIVEN_UP,
    MONEY_IN,
    MONEY_STANDS,
    UNDECIDED,
    Sale,
    Scenario,
)

MINUTE, HOUR = 60, 3600
TOKEN_LIVES, THREE_DS_LASTS = 12 * MINUTE, 15 * MINUTE
# How long a deferred payment may take, what is given on top, and how long money is looked for then.
TO_PAY, GRACE, LATE_FOR = 24 * HOUR, HOUR, 4 * 24 * HOUR
# How seldom, and within which time what waits is due when the worker comes.
RARELY, SOON = 6 * HOUR, 2 * HOUR
# For how long a router is left alone that did not answer.
LEFT_ALONE = HOUR
# More than anything needs for all of its steps.
PASSES = 4
LATE = (Money.TAKEN, Money.BACK, Money.CHARGED_BACK)
PATIENCE, STUCK_AFTER = 30 * MINUTE, 24 * HOUR


@dataclass
class Model:
    """Each method is something that happens, and changes what must be."""

    gateways: dict[str, GatewayPlan] = field(
        default_factory=lambda: {name: GatewayPlan() for name in GATEWAYS}
    )
    router: RouterPlan = field(default_factory=RouterPlan)
    now: int = 0
    token_lives: int = TOKEN_LIVES
    three_ds_lasts: int = THREE_DS_LASTS
    sales: list[Sale] = field(default_factory=list)
    accesses: list[Access] = field(default_factory=list)
    passes: list[Pass] = field(default_factory=list)
    withdrawn: set[str] = field(default_factory=set)

    def _plan(self, sale: Sale) -> GatewayPlan:
        """What becomes of calls about the sale's order."""
        return self.gateways[sale.order.gateway]

    def buy(self, scenario: Scenario, overtaken: str | None = None) -> int:
        """Ask for a purchase; the answer's status. Where it is a new one there is a sale more.

        `overtaken` is the call before which the worker takes the sale from the request.
        """
        begun = self.begun(scenario.key)
        if begun is not None:
            return begun.status if begun.scenario == scenario else 422
        if scenario.plan.name in self.withdrawn:
            return 404
        if scenario.extends is not None and scenario.extends.wanted != "enabled":
            return 422
        if scenario.extends is not None and not can_grow(scenario.extends, scenario.plan):
            return 409
        standing = self.undecided(scenario.device)
        if standing is not None and (status := self._make_room(standing, scenario)) is not None:
            return status
        sale = Sale(scenario, scenario.extends or Access(scenario.plan), self.now)
        if sale.is_deferred:
            sale.payable = self.now + TO_PAY
        if not sale.makes_access and not sale.extends:
            sale.access.wanted = sale.access.known = "absent"
        self.sales.append(sale)
        if not sale.extends:
            self.accesses.append(sale.access)
        return self._walk(sale, overtaken)

    def undecided(self, device: int) -> Sale | None:
        """The payment of this device that is not decided."""
        found = (s for s in self.sales if s.scenario.device == device and s.state in UNDECIDED)
        return next(found, None)

    def _make_room(self, standing: Sale, scenario: Scenario) -> int | None:
        """Give up a deferred payment for another wish; the answer, where that is not done."""
        if not standing.is_deferred:
            return 409
        is_same = replace(standing.scenario, key=scenario.key) == scenario
        if is_same and not standing.parked:
            return standing.status
        if standing.state != "pending":
            return 409
        self._replace(standing)
        return 409 if standing.state in MONEY_STANDS else None

    def _replace(self, sale: Sale) -> None:
        looks = self._plan(sale).looks
        if looks and sale.is_paid_up:
            self._money_in(sale)
        else:
            is_closed = looks and sale.order.money is Money.CLOSED and not sale.order.came
            self._begin_canceling(sale, "replaced", is_closed=is_closed)
        self._finish(sale)

    def begun(self, key: str | None) -> Sale | None:
        """The sale that this key names."""
        return next((sale for sale in self.sales if key and sale.key == key), None)

    def _walk(self, sale: Sale, overtaken: str | None) -> int:
        opening = self._plan(sale).open_order
        sale.order.money = Money.OPEN if opening.arrives else Money.NONE
        if sale.makes_access and not sale.access.make(self.router, is_enabled=False):
            sale.knows_order = opening is Fate.DONE
            self._fail(sale, is_gone=not self.router.is_up)
            return 500
        if opening is not Fate.DONE:
            self._fail(sale)
            return 503
        sale.knows_order, sale.charged = True, self.now
        sale.move("charging", self.now)
        if overtaken == "charge":
            self._overtake(sale)
            self._ask_for_money(sale)
            return sale.status
        if not self._takes_payment(sale):
            self._fail(sale)
            return 503
        self._charge(sale)
        if sale.state == "canceling":
            self._finish_canceling(sale)
        if sale.state == "paid" and overtaken == "enable_user":
            self._overtake(sale)
            self._open_door(sale, note=False)
        elif sale.state == "paid":
            self._deliver(sale)
        return sale.status

    def _overtake(self, sale: Sale) -> None:
        """Whoever finds that its lease was taken has a worker look again."""
        self.work()
        sale.access.due = True

    def _fail(self, sale: Sale, *, is_gone: bool | None = None) -> None:
        """Before any money was asked for, so the same may be asked for again.

        `is_gone` is known where it was the router that failed; it is not asked again.
        """
        sale.key = None
        self._begin_canceling(sale, "failed")
        if is_gone is None:
            self._finish_canceling(sale)
        else:
            sale.access.note(is_gone)
            self._record_closing(sale, self._closing(sale))

    def _takes_payment(self, sale: Sale) -> bool:
        """Whether the order gets the payment that is to be processed, without which nothing is."""
        return sale.order.gateway == CONEKTA or self._plan(sale).transaction is Fate.DONE

    def _charge(self, sale: Sale) -> None:
        plan, means = self._plan(sale), sale.scenario.means
        is_heard = self._ask_for_money(sale) is Fate.DONE
        if is_heard and means is Means.UNKNOWN:
            self._begin_canceling(sale, "refused")
        elif plan.looks or (is_heard and means not in SAID_BY_ORDER_ALONE[sale.order.gateway]):
            self._learn(sale)

    def _ask_for_money(self, sale: Sale) -> Fate:
        is_unknown = sale.scenario.means is Means.UNKNOWN
        if not self._takes_payment(sale) or (sale.order.gateway == MERCADO_PAGO and is_unknown):
            # It ends before any money is asked for, as it does for a card that is none.
            return Fate.DONE
        fate = self._plan(sale).charge
        sale.asked += 1
        if fate.arrives:
            sale.order.charge()
        return fate

    def _learn(self, sale: Sale) -> None:
        """Follow what is known of the money of a sale that was not decided."""
        money = sale.order.money
        if sale.is_amiss:
            self._leave_to_operator(sale)
        elif sale.is_paid_up:
            self._money_in(sale)
        elif money is Money.DECLINED:
            self._begin_canceling(sale, "declined")
        elif money is Money.WAITING and sale.state != "pending":
            sale.payable = self.now + TO_PAY if sale.is_deferred else None
            sale.move("pending", self.now)
        elif money in (Money.BACK, Money.CHARGED_BACK):
            self._reverse(sale)

    def _leave_to_operator(self, sale: Sale) -> None:
        """Too little came; what of it went back by hand is nobody's business any more."""
        if sale.is_deferred and not sale.kept:
            return
        sale.park("amount_mismatch")
        if sale.is_deferred:
            sale.received = sale.order.came

    def _money_in(self, sale: Sale) -> None:
        if sale.extends:
            sale.access.extend(sale.plan, self.now)
        sale.access.pay(sale.part)
        sale.access.want("enabled")
        if sale.is_deferred:
            self._note_received(sale)
        if sale.reason == "replaced":
            sale.alerts.add("paid_twice")
        sale.reason, sale.knows_order = None, True
        sale.paid = self.now if sale.paid is None else sale.paid
        sale.move("paid", self.now)

    def _note_received(self, sale: Sale) -> None:
        """Keep what came where it was not the price; the operator is told of too much."""
        came = sale.order.came
        received = None if came == PRICE and not sale.returned else came
        if received != sale.received and sale.kept > PRICE:
            sale.alerts.add("overpaid")
        sale.received = received

    def _reverse(self, sale: Sale) -> None:
        """The money came and went outside: both are booked, and what it bought goes."""
        if sale.paid is None:
            told = set(sale.alerts)
            self._money_in(sale)
            # There is nothing left to give back.
            sale.alerts -= {"overpaid", "paid_twice"} - told
        was_given_back = sale.state == "refunding"
        is_ours = was_given_back and sale.order.money is Money.BACK
        sale.alerts |= set() if is_ours else {sale.order.money.value}
        sale.move(sale.order.money.value, self.now)
        sale.refunded = PRICE if sale.order.money is Money.BACK else sale.order.part
        if not was_given_back:
            self._take_back(sale)

    def _begin_canceling(self, sale: Sale, reason: str, *, is_closed: bool = False) -> None:
        sale.reason, sale.is_closed = reason, is_closed
        sale.move("canceling", self.now)
        if sale.makes_access:
            sale.access.want("absent")

    def _finish_canceling(self, sale: Sale) -> None:
        if sale.makes_access:
            sale.access.bring(self.router, self.now)
        self._record_closing(sale, self._closing(sale))

    def _record_closing(self, sale: Sale, closed: Money | None) -> None:
        went_back = closed is not None and sale.order.came > 0 and not sale.kept
        if closed is Money.CLOSED or went_back:
            sale.move("canceled", self.now)
            self._watch(sale)
        elif closed in LATE:
            self._learn(sale)

    def _watch(self, sale: Sale) -> None:
        """Look for money that may be on its way, now and then for some days."""
        may_be_late = sale.payable is not None and self.now < sale.payable + LATE_FOR
        sale.look_at = self.now + RARELY if may_be_late else None

    def _closing(self, sale: Sale) -> Money | None:
        """CLOSED where nothing more can be charged, else what came; None where unknown."""
        if sale.is_closed or sale.reason == "declined":
            return Money.CLOSED
        if not sale.knows_order and not self._plan(sale).looks:
            return None
        return Money.CLOSED if sale.order.money is Money.NONE else self._close(sale)

    def _close(self, sale: Sale) -> Money | None:
        order, plan = sale.order, self._plan(sale)
        if order.gateway == MERCADO_PAGO and not plan.looks:
            # Whether it can be canceled is looked at first.
            return None
        closed = plan.cancel.arrives and order.cancel()
        if order.came:
            return Money.TAKEN if plan.looks else None
        if closed and plan.cancel is Fate.DONE:
            return Money.CLOSED
        if plan.looks and order.money in (Money.CLOSED, Money.DECLINED):
            return Money.CLOSED
        return order.money if plan.looks and order.money in LATE else None

    def _deliver(self, sale: Sale) -> bool:
        if not self._open_door(sale):
            return False
        sale.access.start(self.now)
        sale.move("delivered", self.now)
        if sale.is_deferred:
            sale.alerts.discard("refund_refused")
        return True

    def _open_door(self, sale: Sale, *, note: bool = True) -> bool:
        done = sale.access.bring(self.router, self.now, limits=sale.extends, note=note)
        if done and sale.scenario.is_auto and not (sale.extends and self._is_online(sale)):
            self.log_in(sale.access, sale.scenario.device)
        return done

    def _is_online(self, sale: Sale) -> bool:
        return sale.access.has_online(sale.scenario.device, self.now)

    def log_in(self, access: Access, device: int) -> bool:
        """A device goes online, if it is not so with another access; whether it is let in."""
        return not self._is_taken(access, device) and access.log_in(device, self.now)

    def _is_taken(self, access: Access, device: int) -> bool:
        """Whether the device is online otherwise; the pass by which it is online makes way."""
        standing = self._pass_of(device)
        if standing is not None and standing.has_online(device, self.now):
            standing.end()
            return not standing.take_off(self.router)
        others = (other for other in self.accesses if other is not access)
        return any(other.has_online(device, self.now) for other in others)

    def _pass_of(self, device: int) -> Pass | None:
        """The pass of this device that the router may have."""
        return next((one for one in self.passes if one.device == device and one.stands), None)

    def give_pass(self, sale: Sale) -> str:
        """Whoever has to pay elsewhere asks to be let in for that; what they are told."""
        device, standing = sale.scenario.device, self._pass_of(sale.scenario.device)
        status = self._pass_status(sale, standing)
        if status not in ("offered", "stands"):
            return status
        if not self.router.is_up:
            return "router_away"
        others = (*self.accesses, *self.passes)
        is_online = any(other.has_online(device, self.now) for other in others)
        if standing is not None:
            if not is_online:
                standing.log_in(device, self.now)
            return status
        return "online" if is_online else self._let_in(sale, Pass(device, self.now))

    def _pass_status(self, sale: Sale, standing: Pass | None) -> str:
        if sale.state != "pending" or sale.scenario.means is Means.CASH or sale.received:
            return "not_waiting"
        if standing is not None:
            return "router_away" if standing.is_due(self.now) else "stands"
        given = [one for one in self.passes if one.given + DEVICE_SPAN > self.now]
        if sum(one.device == sale.scenario.device for one in given) >= OF_DEVICE:
            return "device_limit"
        lately = sum(one.given + ROUTER_SPAN > self.now for one in given)
        return "router_limit" if lately >= OF_ROUTER else "offered"

    def _let_in(self, sale: Sale, given: Pass) -> str:
        if given.make(self.router):
            given.log_in(given.device, self.now)
            sale.passes.append(given)
            self.passes.append(given)
            return "stands"
        given.end()
        if not given.take_off(self.router):
            self.passes.append(given)
            sale.passes.append(given)
        return "router_away"

    def _begin_refund(self, sale: Sale) -> None:
        sale.move("refunding", self.now)
        self._take_back(sale)

    def _take_back(self, sale: Sale) -> None:
        """What the money bought goes with it; an access stays for whoever else paid for it."""
        access = sale.access
        access.take(sale.part, self.now)
        others = (other for other in self.sales if other.access is access and other is not sale)
        is_shared = any(other.state in MONEY_STANDS for other in others)
        access.want(access.wanted if is_shared else "absent")

    def _finish_refund(self, sale: Sale) -> None:
        order, plan = sale.order, self._plan(sale)
        looks_first = order.gateway == MERCADO_PAGO
        if looks_first and not plan.looks:
            return
        is_asked = not (looks_first and order.part)
        done = is_asked and plan.refund.arrives and order.refund()
        if (done and plan.refund is Fate.DONE) or (plan.looks and order.money is Money.BACK):
            sale.refunded = PRICE
            sale.move("refunded", self.now)
            sale.alerts.discard("refund_refused")
        elif plan.looks and order.money is Money.CHARGED_BACK:
            self._follow_reversal(sale)
        elif plan.looks and (plan.refund is Fate.DONE or not is_asked):
            self._keep_sold(sale)

    def _keep_sold(self, sale: Sale) -> None:
        """Refused for good: what was bought stays bought, whatever part of the money went back."""
        sale.refunded = sale.order.part or sale.refunded
        sale.access.put_back(sale.part)
        sale.access.start(self.now)
        sale.access.want("enabled")
        sale.move("delivered", self.now)
        sale.was_refund_refused = True
        sale.alerts.add("refund_refused")

    def refund(self, sale: Sale) -> int:
        """The operator wants the money back; 200, 202 where it is not certain yet, or 409."""
        if sale.state not in (*MONEY_IN, "refunded"):
            return 409
        if sale.state in MONEY_STANDS and (sale.refunded or sale.is_deferred):
            return 409
        if sale.parked:
            sale.unpark()
        if sale.state in MONEY_STANDS:
            self._begin_refund(sale)
        if sale.state == "refunding":
            self._finish_refund(sale)
        self._shut(sale)
        return {"refunded": 200, "refunding": 202}.get(sale.state, 409)

    def return_by_hand(self, sale: Sale) -> int:
        """The operator says to have given the money back past the gateway; 200, or 409."""
        if sale.holds_part:
            self._return_part(sale)
            return 200
        goes_by_hand = sale.is_deferred or sale.was_refund_refused
        if sale.state not in MONEY_STANDS or sale.refunded or not goes_by_hand:
            return 409
        sale.refunded, sale.reason = PRICE, "returned"
        sale.move("refunded", self.now)
        sale.alerts.discard("refund_refused")
        self._take_back(sale)
        self._shut(sale)
        return 200

    def _return_part(self, sale: Sale) -> None:
        """Too little had come, and went back."""
        sale.returned = sale.received or 0
        if sale.state in ("charging", "pending"):
            self._begin_canceling(sale, "returned")
            return
        sale.reason = "returned"
        sale.unpark()
        sale.look_at = self.now if sale.state == "canceled" else None

    def give_up(self, sale: Sale) -> bool:
        """The customer wants out; whether it is certain that nothing is owed."""
        if sale.state in ("charging", "pending"):
            decided = sale.order.money is Money.DECLINED or sale.is_paid_up
            if self._plan(sale).looks and decided:
                self._learn(sale)
            else:
                self._close_undecided(sale)
        self._finish(sale)
        return sale.state in GIVEN_UP

    def work(self) -> None:
        """One pass of the worker over all that is due."""
        for access in self.accesses:
            access.is_fresh = False
        for one in self.passes:
            one.is_put_off = False
        self._take_off_passes()
        # Whoever has paid comes first, whatever the gateway tells meanwhile.
        paid = [sale for sale in self.sales if sale.state == "paid" and not sale.parked]
        for sale in paid:
            self._step(sale)
        told = [sale for sale in self.sales if sale.notices]
        for sale in told:
            self._follow_notice(sale)
        for sale in self.sales:
            is_watched = sale.look_at is not None and sale.look_at <= self.now + SOON
            is_due = is_watched or sale.state not in FINAL
            if sale not in (*paid, *told) and is_due and not sale.parked:
                self._step(sale)
        self._converge_stale()
        self._take_off_passes()

    def _converge_stale(self) -> None:
        """Those that stand wait once the router did not answer about one."""
        is_left_alone = False
        for access in self.accesses:
            if not access.is_fresh and not (is_left_alone and access.stands):
                is_left_alone = not self.converge(access) or is_left_alone

    def _take_off_passes(self) -> None:
        for one in self.passes:
            if one.is_due(self.now) and not one.is_put_off:
                one.take_off(self.router)

    def _step(self, sale: Sale) -> None:
        if sale.state in ("charging", "pending"):
            self._decide(sale)
        elif sale.state == "canceled" and self._plan(sale).looks:
            self._look_again(sale)
        self._finish(sale)

    def _look_again(self, sale: Sale) -> None:
        if sale.order.money in LATE or sale.order.came:
            self._learn(sale)
        sale.look_at = None
        if sale.state == "canceled" and not sale.parked:
            self._watch(sale)

    def _decide(self, sale: Sale) -> None:
        if not self._plan(sale).looks:
            return
        if sale.order.money is Money.CLOSED and not sale.order.came:
            self._begin_canceling(sale, "expired", is_closed=True)
        elif self._is_over(sale):
            self._close_undecided(sale)
        else:
            self._learn(sale)

    def _is_over(self, sale: Sale) -> bool:
        """Whether nothing can come of it any more."""
        money, charged = sale.order.money, sale.charged or 0
        if sale.order.came:
            return False
        if money is Money.WAITING and sale.payable is not None:
            return sale.payable + GRACE <= self.now
        lasts = {Money.OPEN: self.token_lives, Money.WAITING: self.three_ds_lasts}
        return money in lasts and charged + lasts[money] <= self.now

    def _close_undecided(self, sale: Sale) -> None:
        closed = self._close(sale)
        if closed is Money.CLOSED:
            self._begin_canceling(sale, "expired", is_closed=True)
        elif closed is Money.TAKEN and sale.is_paid_up:
            self._money_in(sale)

    def _finish(self, sale: Sale) -> None:
        # Who has let go of an access leaves the rest to the access' own loop.
        held = not sale.makes_access or sale.state != "canceling"
        if sale.state == "canceling":
            self._finish_canceling(sale)
        if sale.state == "paid":
            held = False
            if not self._deliver(sale):
                self._lose_patience(sale)
        elif sale.state == "refunding":
            self._finish_refund(sale)
        if held:
            self._shut(sale)
        self._park_if_stuck(sale)

    def _lose_patience(self, sale: Sale) -> None:
        if (sale.paid or 0) + PATIENCE > self.now:
            return
        if sale.is_deferred:
            # No gateway gives it back: the operator is told.
            sale.alerts.add("refund_refused")
        else:
            self._begin_refund(sale)
            self._finish_refund(sale)

    def _shut(self, sale: Sale) -> None:
        gone = sale.state in ("refunding", "refunded", "charged_back")
        if gone and sale.access.wanted == "absent":
            sale.access.bring(self.router, self.now)

    def _park_if_stuck(self, sale: Sale) -> None:
        if sale.state not in FINAL and not sale.parked:
            waits = sale.state == "pending" and sale.payable is not None
            has_time = (sale.payable or 0) + GRACE if waits else 0
            is_stuck = max(sale.opened, sale.moved, has_time) + STUCK_AFTER <= self.now
            if is_stuck:
                sale.park("stuck")

    def _follow_notice(self, sale: Sale) -> None:
        """One look at its order is one for all that was told of it."""
        if self.reread(sale):
            sale.notices.clear()
            return
        at = sale.notices.pop(0)
        if at + STUCK_AFTER > self.now:
            sale.notices.insert(0, at)
        else:
            sale.alerts.add("unread_webhook")

    def reread(self, sale: Sale) -> bool:
        """Ask how the order stands, whatever the sale's state; whether that was answered."""
        is_back = sale.state == "refunded" and sale.reason == "returned"
        # What waits for a person has no time at which it is asked about again.
        is_left = sale.state in ("charging", "pending") and bool(sale.parked)
        is_asked_once = not (is_left or is_back or sale.state in (*GIVEN_UP, *MONEY_IN))
        answered = self._plan(sale).looks or is_asked_once
        if sale.state in ("charging", "pending"):
            self._decide(sale)
        elif sale.state in GIVEN_UP and answered:
            self._follow_late_money(sale)
        elif is_back and answered:
            self._follow_after_return(sale)
        elif sale.state in MONEY_IN and answered:
            self._follow_reversal(sale)
        self._finish(sale)
        return answered

    def _follow_late_money(self, sale: Sale) -> None:
        if sale.order.money in LATE or sale.order.came:
            self._learn(sale)

    def _follow_after_return(self, sale: Sale) -> None:
        """More came, or it went back a second time."""
        if sale.is_deferred:
            self._note_received(sale)
        elif sale.order.money in (Money.BACK, Money.CHARGED_BACK):
            sale.alerts.add(sale.order.money.value)
        elif sale.order.part:
            sale.alerts.add("partial_refund")

    def _follow_reversal(self, sale: Sale) -> None:
        if sale.order.money in (Money.BACK, Money.CHARGED_BACK):
            self._reverse(sale)
        elif sale.order.part:
            if sale.order.part != sale.refunded:
                sale.alerts.add("partial_refund")
            sale.refunded = sale.order.part
        elif sale.is_deferred:
            self._note_received(sale)

    def search(self) -> None:
        """The search for stray orders comes upon money that is late, or came once more."""
        for sale in self.sales:
            if self._plan(sale).looks and (self._is_late(sale) or self._came_again(sale)):
                self.reread(sale)

    def _is_late(self, sale: Sale) -> bool:
        money, has_part = sale.order.money, sale.order.came > 0
        had_money = money in LATE or (money is Money.WAITING and has_part)
        return had_money and sale.paid is None and sale.state not in MONEY_IN

    def _came_again(self, sale: Sale) -> bool:
        return sale.paid is not None and sale.order.came > (sale.received or PRICE)

    def converge(self, access: Access) -> bool:
        """The loop of one access; False where the router is left alone for a while."""
        if access.wanted == "enabled" and access.has_ended(self.now):
            access.want("absent")
        if not access.due or access.bring(self.router, self.now, limits=True):
            return True
        for other in self.accesses:
            # Who was put off may be so beyond the end that is still to come, and is looked at.
            other.due = other.due or other.ends_within(LEFT_ALONE, self.now)
        return False

    def make_round(self) -> None:
        """The router's counters are read."""
        for access in self.accesses:
            if self.router.is_up and access.wanted == access.known == "enabled":
                access.read(self.now)

    def sweep(self) -> None:
        """What is left over on a router that is well goes."""
        for access in self.accesses:
            if access.wanted == "absent":
                access.user = None

    def restore(self) -> None:
        """The operator has the router made what our records say, at once."""
        self.make_round()
        self.sweep()
        for access in self.accesses:
            self.converge(access)

    def unpark(self, sale: Sale) -> None:
        """The operator lets the worker try again."""
        sale.unpark()
        sale.look_at = self.now if sale.state == "canceled" else None

    def tell(self, sale: Sale) -> None:
        """The gateway tells us by itself that something happened to the order."""
        sale.notices.append(self.now)

    def settle(self) -> None:
        """Everything comes to its end: what is due, and what comes round by itself."""
        self._work_off()
        self.make_round()
        self.sweep()
        self.search()
        self.token_lives = self.three_ds_lasts = 0
        for sale in self.sales:
            sale.payable = sale.payable and self.now - 2 * HOUR
        self._work_off()
        self.token_lives, self.three_ds_lasts = TOKEN_LIVES, THREE_DS_LASTS

    def _work_off(self) -> None:
        for _ in range(PASSES):
            self.work()

    def reboot(self) -> None:
        """The router's sessions end."""
        for entry in (*self.accesses, *self.passes):
            entry.log_out(self.now)

    def reset(self) -> None:
        """The router has forgotten everything."""
        for entry in (*self.accesses, *self.passes):
            entry.forget()

    def reconnect(self, access: Access, device: int, *, is_right: bool) -> tuple[str, str]:
        """A device in the hotspot comes with a code; how it stands, and whether it is online."""
        if not self.router.is_up:
            return "router_no_disponible", "no_conectado"
        if not is_right or access.wanted == "disabled":
            return "credenciales_invalidas", "no_conectado"
        if access.wanted == "absent" or access.has_ended(self.now):
            return "expirado", "no_conectado"
        if self._is_taken(access, device):
            return "activo", "no_conectado"
        if self.log_in(access, device):
            return "activo", "conectado"
        is_spent = access.user is not None and access.user.is_enabled
        if is_spent and access.known == access.wanted:
            return "expirado", "no_conectado"
        access.want(access.wanted)
        return "activo", "no_conectado"


def can_grow(access: Access, plan: Plan) -> bool:
    """Whether the plan can be added to the access: one limit each, of the same kind."""
    one_limit = (plan.seconds is None) != (plan.data is None)
    same_limits = (access.data is None) == (plan.data is None)
    same_clock = access.counts == plan.counts
    return access.wanted == "enabled" and one_limit and same_limits and same_clock
