"""The first step outside: the hotspot user, disabled, and an order without a charge."""

from __future__ import annotations

from typing import NoReturn

from portal.access.credentials import NAME_DRAWS
from portal.access.provisioning import has_mark, hotspot_user, make
from portal.alerts.router_alerts import tell_of_refusal
from portal.core.concurrency import run_concurrently
from portal.core.database import writing
from portal.hotspot.errors import NameTaken, RouterError, RouterRefused
from portal.models import utc_now
from portal.payments.gateway import Fault, Opened, Refused, Unknown
from portal.ports import settings
from portal.sales.context import SaleContext
from portal.sales.errors import BUYER_FIELDS, CardDeclined, NoAccess, PaymentUnavailable
from portal.sales.gateway_refusals import tell_operator
from portal.sales.steps.cancellation import begin_canceling, finish_canceling
from portal.sales.steps.renaming import rename
from portal.sales.transitions import move


def prepare(context: SaleContext) -> None:
    """Ready both ends and claim the charge: `opened` → `prepared` → `charging`.

    Neither end moves money, so they are asked side by side. Raises NoAccess,
    PaymentUnavailable, BuyerFieldRefused or Declined once the sale is on its way to `canceled`.
    """
    gateway, purchase = context.gateway, context.purchase
    if context.sale.extends:
        _claim_if_open(context, gateway.open_order(purchase, context.gateway_time()))
        return
    provisioner, user = context.provisioner, hotspot_user(context.access)
    made, opened = run_concurrently(
        lambda: make(provisioner, user, context.router_time()),
        lambda: gateway.open_order(purchase, context.gateway_time()),
    )
    if isinstance(made, NameTaken):
        made = _add_under_another_name(context, made)
    if isinstance(made, RouterError):
        _give_up_on_router(context, made, opened)
    context.user_id = made
    _claim_if_open(context, opened)


def _claim_if_open(context: SaleContext, opened: Opened | Refused | Unknown) -> None:
    if not isinstance(opened, Opened):
        _give_up_on_gateway(context, opened)
    _claim_charge(context, opened.order_id)


def _add_under_another_name(context: SaleContext, taken: NameTaken) -> str | RouterError:
    """Ours already (a lost answer): carry on with it. Somebody else's: draw again."""
    for _ in range(NAME_DRAWS):
        if taken.user is not None and has_mark(taken.user, context.mark):
            return taken.user.id
        rename(context)
        user = hotspot_user(context.access)
        made = make(context.provisioner, user, context.router_time())
        if not isinstance(made, NameTaken):
            return made
        taken = made
    return taken


def _claim_charge(context: SaleContext, order_id: str | None) -> None:
    with writing() as session:
        move(
            session,
            context.sale,
            "prepared",
            "charging",
            actor=context.actor,
            due_in=settings().sale_lease,
            order_id=order_id,
            charging_at=utc_now(),
        )


def _give_up_on_router(
    context: SaleContext, error: RouterError, opened: Opened | Refused | Unknown
) -> NoReturn:
    order_id = opened.order_id if isinstance(opened, Opened) else None
    nothing_made = error.executed is False
    begin_canceling(
        context, "failed", f"router: {type(error).__name__}", order_id=order_id, release_key=True
    )
    tell_of_refusal(context.router, error)
    finish_canceling(context, user_gone=nothing_made, try_router=isinstance(error, RouterRefused))
    raise NoAccess


def _give_up_on_gateway(context: SaleContext, answer: Refused | Unknown) -> NoReturn:
    begin_canceling(context, "failed", f"gateway: {answer.reason}", release_key=True)
    if isinstance(answer, Refused):
        tell_operator(context, answer)
    finish_canceling(context)
    if isinstance(answer, Refused) and answer.field:
        raise BUYER_FIELDS[answer.field]
    if isinstance(answer, Refused) and answer.fault is Fault.CUSTOMER:
        raise CardDeclined(answer.message)
    raise PaymentUnavailable
