"""Let everything happen to sales and accesses, in any order, to real parts and to a model."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.model.actions import Actions
from tests.model.comparison import Answers, Comparison
from tests.model.environment import DAILY, PLANS, TOO_LONG, ModelEnvironment
from tests.model.fault_plan import DOWN, UNPLUGGED, Fate, GatewayPlan, RouterPlan
from tests.model.model import HOUR, MINUTE, Model
from tests.model.model_access import Plan
from tests.model.model_order import CONEKTA, GATEWAYS, PRICE, Means, Money
from tests.model.model_sale import FINAL, Sale, Scenario

MOST_SALES = 8
LATE = (Money.OPEN, Money.WAITING, Money.DECLINED, Money.CLOSED)


@dataclass(frozen=True)
class Wish:
    """What is bought, how it is paid and at which gateway."""

    means: Means
    gateway: str
    plan: Plan
    is_auto: bool = False


fates = st.just(Fate.DONE) | st.sampled_from(Fate)
gateways = st.sampled_from(GATEWAYS)
gateway_plans = st.builds(GatewayPlan, fates, fates, fates, fates, st.booleans(), fates) | st.just(
    UNPLUGGED
)
routers = st.builds(RouterPlan, fates, fates, fates) | st.just(DOWN)
ways = st.sampled_from([Means.GOOD, *Means, Means.TRANSFER])
# What was to be paid, too little, and too much.
amounts = st.sampled_from([PRICE, PRICE // 4, PRICE + PRICE // 4])
plans = st.sampled_from([DAILY, *PLANS])
wishes = st.builds(Wish, ways, gateways, plans, st.booleans())
calls = st.sampled_from(["charge", "enable_user"])
nths = st.integers(0, 9)
spans = st.sampled_from([10 * MINUTE, 20 * MINUTE, HOUR, 12 * HOUR, 25 * HOUR])


def where(condition: Callable[[Sale], bool]) -> Callable[[Any], Any]:
    """Only while there is such a sale."""
    return precondition(lambda self: any(map(condition, self.model.sales)))


def anything(_sale: Sale) -> bool:
    """Any sale."""
    return True


def has_order(sale: Sale) -> bool:
    """The gateway can tell of it."""
    return sale.order.money is not Money.NONE


def is_taken(sale: Sale) -> bool:
    """Its money is at the gateway, all of it."""
    return sale.order.money is Money.TAKEN and not sale.order.part


def can_go_back(sale: Sale) -> bool:
    """The operator can give it back in the gateway's panel, where a card has paid."""
    order = sale.order
    return is_taken(sale) and not (order.is_wrong or order.is_old or sale.is_deferred)


def can_lapse(sale: Sale) -> bool:
    """Conekta has a card's money, which it gives back for a month."""
    return can_go_back(sale) and sale.order.gateway == CONEKTA


def can_be_charged_back(sale: Sale) -> bool:
    """A card has paid it."""
    order = sale.order
    return order.money is Money.TAKEN and not (order.is_wrong or sale.is_deferred)


def is_delivered(sale: Sale) -> bool:
    """The customer got what was bought."""
    return sale.state == "delivered" and can_go_back(sale)


def can_be_late(sale: Sale) -> bool:
    """A card's money may still arrive."""
    return sale.order.money in LATE and not sale.is_deferred


def can_come(sale: Sale) -> bool:
    """The buyer knows where to pay it."""
    return sale.order.has_reference


def sends_buyer_elsewhere(sale: Sale) -> bool:
    """It waits for its buyer, or has let them in while it did."""
    return sale.state == "pending" or bool(sale.passes)


def is_waiting(sale: Sale) -> bool:
    """The bank waits for the buyer."""
    return sale.order.money is Money.WAITING and not sale.is_deferred


def is_parked(sale: Sale) -> bool:
    """It waits for the operator."""
    return sale.parked is not None


def can_be_extended(sale: Sale) -> bool:
    """Its access stands."""
    return sale.access.wanted == "enabled"


def has_code(sale: Sale) -> bool:
    """The customer knows a code."""
    return sale.paid is not None


class Machine(RuleBasedStateMachine):
    """`environment` is set by whoever runs it."""

    environment: ModelEnvironment

    def __init__(self) -> None:
        super().__init__()
        self.environment.begin()
        self.model = Model()
        self.actions = Actions(self.environment)
        self.ids: dict[Sale, str] = {}
        self.answers: Answers = {}
        self.keys = 0

    def pick(self, nth: int, condition: Callable[[Sale], bool]) -> Sale:
        """One of the sales that are so."""
        found = [sale for sale in self.model.sales if condition(sale)]
        return found[nth % len(found)]

    def ask_for(self, scenario: Scenario, overtaken: str | None = None) -> None:
        """Buy, and note which sale was made of it."""
        access_id = self._access_id(scenario.extends) if scenario.extends else None
        expected = self.model.buy(scenario, overtaken)
        found, new = self.actions.buy(scenario, access_id, overtaken)
        assert found == expected, f"answered {found} instead of {expected}"
        made = [sale for sale in self.model.sales if sale not in self.ids]
        self.ids |= dict(zip(made, new, strict=True))

    def scenario(self, wish: Wish, device: int, **others: Any) -> Scenario:
        """A purchase of its own as a device asks for it."""
        self.keys += 1
        return Scenario(
            device,
            f"key-{self.keys}",
            wish.means,
            wish.plan,
            wish.is_auto,
            gateway=wish.gateway,
            **others,
        )

    def _access_id(self, access: Any) -> str:
        sale_id = next(sale_id for sale, sale_id in self.ids.items() if sale.access is access)
        return self.actions.access_of(sale_id).id

    @precondition(lambda self: len(self.model.sales) < MOST_SALES)
    @rule(wish=wishes, is_pin=st.booleans(), nth=nths)
    def buy(self, wish: Wish, is_pin: bool, nth: int) -> None:
        """Somebody new buys, or somebody who has bought before."""
        device = min(nth, self.actions.devices)
        self.ask_for(self.scenario(wish, device, is_pin=is_pin))

    @precondition(lambda self: len(self.model.sales) < MOST_SALES)
    @rule(wish=wishes, call=calls)
    def buy_slowly(self, wish: Wish, call: str) -> None:
        """A request stands still for so long that the worker takes its sale over."""
        self.ask_for(self.scenario(wish, self.actions.devices), overtaken=call)

    @precondition(lambda self: len(self.model.sales) < MOST_SALES)
    @where(can_be_extended)
    @rule(wish=wishes, nth=nths, elsewhere=st.booleans())
    def extend(self, wish: Wish, nth: int, elsewhere: bool) -> None:
        """More for an access that stands, of its kind or not, perhaps from another device."""
        sale = self.pick(nth, can_be_extended)
        device = self.actions.devices if elsewhere else sale.scenario.device
        self.ask_for(self.scenario(wish, device, extends=sale.access))

    @precondition(lambda self: len(self.model.sales) < MOST_SALES)
    @where(can_be_extended)
    @rule(nth=nths)
    def extend_alike(self, nth: int) -> None:
        """More of the same, paid by card."""
        sale = self.pick(nth, can_be_extended)
        wish = Wish(Means.GOOD, sale.order.gateway, sale.plan)
        self.extend(wish=wish, nth=nth, elsewhere=True)

    @where(anything)
    @rule(nth=nths)
    def repeat(self, nth: int) -> None:
        """The same purchase is asked for again."""
        self.ask_for(self.pick(nth, anything).scenario)

    @where(lambda sale: sale.key is not None)
    @rule(nth=nths)
    def change_mind(self, nth: int) -> None:
        """Something else is asked for under the same key."""
        scenario = self.pick(nth, lambda sale: sale.key is not None).scenario
        self.ask_for(replace(scenario, is_auto=not scenario.is_auto))

    @where(is_waiting)
    @rule(nth=nths, passed=st.booleans())
    def come_back_from_bank(self, nth: int, passed: bool) -> None:
        """The buyer confirms, or fails to."""
        sale = self.pick(nth, is_waiting)
        sale.order.money = Money.TAKEN if passed else Money.DECLINED
        self.actions.at_gateway(self.ids[sale], "challenge", passed)

    @where(anything)
    @rule(nth=nths)
    def give_up(self, nth: int) -> None:
        """The customer wants to pay in another way."""
        sale = self.pick(nth, anything)
        expected = self.model.give_up(sale)
        assert self.actions.give_up(self.ids[sale]) == expected

    @where(has_code)
    @rule(nth=nths, is_right=st.booleans(), elsewhere=st.booleans())
    def reconnect(self, nth: int, is_right: bool, elsewhere: bool) -> None:
        """A device comes back with a code, right or wrong, perhaps another device."""
        sale = self.pick(nth, has_code)
        device = self.actions.devices if elsewhere else sale.scenario.device
        expected = self.model.reconnect(sale.access, device, is_right=is_right)
        found = self.actions.reconnect(self.ids[sale], device, is_right=is_right)
        assert found == expected, f"told {found} instead of {expected}"

    @where(sends_buyer_elsewhere)
    @rule(nth=nths)
    def ask_for_pass(self, nth: int) -> None:
        """Whoever is to pay elsewhere wants to be let in for that."""
        sale = self.pick(nth, sends_buyer_elsewhere)
        expected = self.model.give_pass(sale)
        found = self.actions.give_pass(self.ids[sale])
        assert found == expected, f"told {found} instead of {expected}"

    # The gateways

    @rule(fault_plan=gateway_plans, gateway=gateways)
    def change_gateway(self, fault_plan: GatewayPlan, gateway: str) -> None:
        """Calls to one of the gateways go wrong in another way."""
        self.model.gateways[gateway] = fault_plan
        self.environment.set_gateway(fault_plan, gateway)

    @where(can_come)
    @rule(nth=nths, amount=amounts)
    def transfer(self, nth: int, amount: int) -> None:
        """Money comes by transfer or in cash: enough or not, once or again, in time or late."""
        sale = self.pick(nth, can_come)
        sale.order.receive(amount)
        self.actions.at_till(self.ids[sale], "pay", amount)

    @where(can_be_late)
    @rule(nth=nths, is_wrong=st.booleans())
    def pay_late(self, nth: int, is_wrong: bool) -> None:
        """A card pays when nobody expects it any more, perhaps another amount."""
        sale = self.pick(nth, can_be_late)
        sale.order.money, sale.order.is_wrong = Money.TAKEN, is_wrong
        amount = PRICE + 1 if is_wrong else PRICE
        self.actions.at_gateway(self.ids[sale], "pay")
        self.actions.at_till(self.ids[sale], "alter_amount", amount)

    @where(lambda sale: sale.order.is_wrong and is_taken(sale))
    @rule(nth=nths)
    def mend_amount(self, nth: int) -> None:
        """It was the right amount after all."""
        sale = self.pick(nth, lambda sale: sale.order.is_wrong and is_taken(sale))
        sale.order.is_wrong = False
        self.actions.at_till(self.ids[sale], "alter_amount", PRICE)

    @where(lambda sale: sale.order.money in (Money.OPEN, Money.WAITING))
    @rule(nth=nths)
    def expire(self, nth: int) -> None:
        """The gateway closes an order by itself."""
        sale = self.pick(nth, lambda sale: sale.order.money in (Money.OPEN, Money.WAITING))
        sale.order.money = Money.CLOSED
        self.actions.at_till(self.ids[sale], "expire")

    @where(can_go_back)
    @rule(nth=nths)
    def refund_outside(self, nth: int) -> None:
        """The operator gives the money back in the gateway's own panel."""
        sale = self.pick(nth, can_go_back)
        sale.order.money = Money.BACK
        self.actions.at_till(self.ids[sale], "refund_outside", PRICE)

    @where(is_delivered)
    @rule(nth=nths)
    def refund_a_part(self, nth: int) -> None:
        """Or a part of it."""
        sale = self.pick(nth, is_delivered)
        sale.order.part = PRICE // 4
        self.actions.at_till(self.ids[sale], "refund_outside", PRICE // 4)

    @where(can_be_charged_back)
    @rule(nth=nths)
    def charge_back(self, nth: int) -> None:
        """The buyer's bank takes it back."""
        sale = self.pick(nth, can_be_charged_back)
        sale.order.money = Money.CHARGED_BACK
        self.actions.at_gateway(self.ids[sale], "charge_back")

    @where(can_lapse)
    @rule(nth=nths)
    def let_refund_lapse(self, nth: int) -> None:
        """A month later Conekta does not give a card's money back any more."""
        sale = self.pick(nth, can_lapse)
        sale.order.is_old = True
        self.actions.at_gateway(self.ids[sale], "age", TOO_LONG)

    @where(has_order)
    @rule(nth=nths, copies=st.integers(1, 3))
    def tell(self, nth: int, copies: int) -> None:
        """A webhook arrives, once or more often, about whatever order at whatever time."""
        sale = self.pick(nth, has_order)
        self.model.tell(sale)
        self.actions.tell(self.ids[sale], copies)

    # The router

    @rule(fault_plan=routers)
    def change_router(self, fault_plan: RouterPlan) -> None:
        """Commands go wrong in another way."""
        self.model.router = fault_plan
        self.environment.set_router(fault_plan)

    @where(anything)
    @rule()
    def reboot(self) -> None:
        """Every id is another one, and everybody is offline."""
        self.model.reboot()
        self.environment.router.reboot()

    @where(anything)
    @rule()
    def reset(self) -> None:
        """The router has forgotten everything, and is set up again."""
        self.model.reset()
        self.environment.reset_router()

    @where(lambda sale: sale.access.user is not None)
    @rule(nth=nths)
    def delete_user(self, nth: int) -> None:
        """Somebody removes a user by hand."""
        sale = self.pick(nth, lambda sale: sale.access.user is not None)
        sale.access.forget()
        self.actions.delete_user(self.ids[sale])

    # Portal

    @where(anything)
    @rule()
    def work(self) -> None:
        """One pass of the worker."""
        self.model.work()
        self.environment.work()

    @where(anything)
    @rule(seconds=spans)
    def pass_time(self, seconds: int) -> None:
        """Time goes by, and nobody works."""
        self.model.now += seconds
        self.environment.pass_time(seconds)

    @where(anything)
    @rule()
    def make_round(self) -> None:
        """The router's counters are read."""
        self.model.make_round()
        self.actions.make_round()

    @where(anything)
    @rule()
    def search(self) -> None:
        """The gateway is searched for stray orders."""
        self.model.search()
        self.environment.search_orders()

    @precondition(lambda self: self.model.router == RouterPlan())
    @where(anything)
    @rule()
    def restore(self) -> None:
        """The operator has the router made what our records say, at once."""
        self.model.restore()
        self.actions.restore()

    @where(anything)
    @rule(nth=nths)
    def refund(self, nth: int) -> None:
        """The operator gives the money back."""
        sale = self.pick(nth, anything)
        expected = self.model.refund(sale)
        found = self.actions.refund(self.ids[sale])
        assert found == expected, f"answered {found} instead of {expected}"

    @where(anything)
    @rule(nth=nths)
    def return_by_hand(self, nth: int) -> None:
        """The operator says to have given the money back past the gateway."""
        sale = self.pick(nth, anything)
        expected = self.model.return_by_hand(sale)
        found = self.actions.return_by_hand(self.ids[sale])
        assert found == expected, f"answered {found} instead of {expected}"

    @where(is_parked)
    @rule(nth=nths)
    def unpark(self, nth: int) -> None:
        """The operator lets the worker try again."""
        sale = self.pick(nth, is_parked)
        self.model.unpark(sale)
        self.actions.unpark(self.ids[sale])

    @rule(plan=plans)
    def withdraw(self, plan: Plan) -> None:
        """A plan is taken off the market, or put back."""
        self.model.withdrawn ^= {plan.name}
        self.actions.sell(plan.name, is_sold=plan.name not in self.model.withdrawn)

    def _calm_down(self) -> None:
        """All is well again, and everything comes to its end."""
        for name in GATEWAYS:
            self.change_gateway(GatewayPlan(), name)
        self.change_router(RouterPlan())
        for sale in self.model.sales:
            if sale.parked:
                self.model.unpark(sale)
                self.actions.unpark(self.ids[sale])
            if has_order(sale):
                self.model.tell(sale)
                self.actions.tell(self.ids[sale], 1)
        self.model.settle()
        self.actions.settle()
        for sale in self.model.sales:
            assert sale.state in FINAL or sale.parked, f"{self.ids[sale]} is {sale.state}"
        wrong = self.environment.ledgers().wrong_money()
        assert not wrong, "\n".join(wrong)

    def teardown(self) -> None:
        """Whatever happened, it has an end; unless it went wrong already."""
        if sys.exc_info()[0] is None:
            self._calm_down()
            self.all_is_as_it_must_be()

    @invariant()
    def all_is_as_it_must_be(self) -> None:
        """Records, orders and users are the model's."""
        comparison = Comparison(self.environment, self.model, self.ids, self.answers)
        found = list(comparison.differences())
        assert not found, "\n".join(found)
