"""Ready both ends, and ask for the money once, with nothing held meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from sqlalchemy.exc import IntegrityError

from portal.access.desired_state import NAME_DRAWS, draw_credentials
from portal.access.provisioning import has_mark, hotspot_user, make
from portal.alerts.router_alerts import tell_of_refusal
from portal.core.database import writing
from portal.hotspot.errors import NameTaken, RouterError, RouterRefused
from portal.models import Access, utc_now
from portal.models.sale_states import ASKED
from portal.payments.gateway import Opened, Refused, Unknown
from portal.payments.methods import Means, Method
from portal.sales import decisions
from portal.sales.context import SaleContext
from portal.sales.errors import NoAccess, PaymentUnavailable, problem_of
from portal.sales.steps.cancellation import finish_canceling
from portal.sales.steps.resolution import look_up
from portal.sales.transitions import apply

OrderAnswer = Opened | Refused | Unknown


def prepare(context: SaleContext) -> None:
    """Ready both ends and claim the charge: `opened` → `prepared` → `charging`.

    What the gateway's own frame charges goes on to `pending`. Neither end moves money, so they are
    asked side by side. Raises NoAccess,
    PaymentUnavailable, BuyerFieldRefused or CardDeclined once the sale is on its way to
    `canceled`.
    """
    gateway, purchase = context.gateway, context.purchase
    if context.sale.extends or context.sale.method != Method.CARD:
        _claim(context, gateway.open_order(purchase, context.gateway_time()))
        return
    provisioner, user = context.provisioner, hotspot_user(context.access)
    making = _Aside(lambda: make(provisioner, user, context.router_time()))
    opened = gateway.open_order(purchase, context.gateway_time(), making)
    made = making.result()
    if isinstance(made, NameTaken):
        made = _add_under_another_name(context, made)
    if isinstance(made, RouterError):
        _give_up_on_router(context, made, opened)
    context.user_id = made
    _claim(context, opened)


class _Aside:
    """Make the router's user while the gateway's answer is waited for, with no thread for it."""

    def __init__(self, work: Callable[[], str | RouterError]) -> None:
        self._work = work
        self._found: str | RouterError | None = None
        self._failure: BaseException | None = None

    def __call__(self) -> None:
        if self._found is not None or self._failure is not None:
            return
        try:
            self._found = self._work()
        except BaseException as error:  # noqa: BLE001 - it is not the gateway's
            self._failure = error

    def result(self) -> str | RouterError:
        """Give what came of it, now where it was not done; raise what it raised."""
        self()
        if self._failure is not None:
            raise self._failure
        assert self._found is not None
        return self._found


def charge(context: SaleContext, means: Means) -> None:
    """Ask for the money and record the answer. Only the request that holds the token can.

    Of a deferred payment it is asked how it is made. A lost answer is asked about
    once, here, before the customer is told to wait.
    """
    purchase, order_id = context.purchase, context.sale.order_id
    answer = context.gateway.charge(purchase, order_id, means, context.gateway_time())
    if decisions.is_lost(answer):
        look = look_up(context)
        decision = decisions.charge_looked_up(context.facts, answer, look, utc_now())
    else:
        decision = decisions.charged(context.facts, answer, utc_now())
    apply(context, decision)


def _claim(context: SaleContext, opened: OrderAnswer) -> None:
    apply(context, decisions.opened(context.facts, opened, utc_now()))
    if context.sale.state not in ASKED:
        finish_canceling(context)
        raise problem_of(context.complaint)


def _give_up_on_router(context: SaleContext, error: RouterError, opened: OrderAnswer) -> NoReturn:
    apply(context, decisions.router_failed(context.facts, type(error).__name__, opened))
    tell_of_refusal(context.router, error)
    nothing_made = error.executed is False
    finish_canceling(context, user_gone=nothing_made, try_router=isinstance(error, RouterRefused))
    raise NoAccess


def _add_under_another_name(context: SaleContext, taken: NameTaken) -> str | RouterError:
    """Carry on with what is ours already (a lost answer); draw again where it is another's."""
    for _ in range(NAME_DRAWS):
        if taken.user is not None and has_mark(taken.user, context.mark):
            return taken.user.id
        _rename(context.access)
        user = hotspot_user(context.access)
        made = make(context.provisioner, user, context.router_time())
        if not isinstance(made, NameTaken):
            return made
        taken = made
    return taken


def _rename(access: Access) -> None:
    """Draw other credentials: the router already has a user of this name, and it is not ours."""
    for _ in range(NAME_DRAWS):
        access.name, access.password = draw_credentials(access.kind, access.pin_digits)
        try:
            with writing() as session:
                stored = session.get_one(Access, access.id)
                stored.name, stored.password = access.name, access.password
        except IntegrityError:
            continue
        return
    raise PaymentUnavailable
