"""The first step outside: the hotspot user, disabled, and an order without a charge."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NoReturn

from portal.access.credentials import NAME_DRAWS
from portal.access.provisioning import has_mark, hotspot_user
from portal.alerts.router_alerts import tell_of_refusal
from portal.core.concurrency import side_by_side
from portal.core.database import writing
from portal.hotspot.router import NameTaken, RouterError, RouterRefused
from portal.models import utc_now
from portal.payments.gateway import Fault, Opened, Refused, Unknown
from portal.ports import settings
from portal.sales.context import Work
from portal.sales.errors import BUYER_FIELDS, Declined, NoAccess, PaymentUnavailable
from portal.sales.gateway_refusals import tell_operator
from portal.sales.steps.cancellation import begin_canceling, finish_canceling
from portal.sales.steps.renaming import rename
from portal.sales.transitions import move


def prepare(work: Work) -> None:
    """Ready both ends and claim the charge: `opened` → `prepared` → `charging`.

    Neither end moves money, so they are asked side by side. Raises NoAccess,
    PaymentUnavailable, BuyerFieldRefused or Declined once the sale is on its way to `canceled`.
    """
    gateway, purchase = work.gateway, work.purchase
    if work.sale.extends:
        _claim_if_open(work, gateway.open_order(purchase, work.gateway_time()))
        return
    hotspot, user = work.hotspot, hotspot_user(work.access)
    made, opened = side_by_side(
        lambda: _attempt(lambda: hotspot.add_user(user, work.router_time())),
        lambda: gateway.open_order(purchase, work.gateway_time()),
    )
    if isinstance(made, NameTaken):
        made = _add_under_another_name(work, made)
    if isinstance(made, RouterError):
        _give_up_on_router(work, made, opened)
    work.user_id = made
    _claim_if_open(work, opened)


def _claim_if_open(work: Work, opened: Opened | Refused | Unknown) -> None:
    if not isinstance(opened, Opened):
        _give_up_on_gateway(work, opened)
    _claim_charge(work, opened.order_id)


def _attempt(call: Callable[[], str]) -> str | RouterError:
    try:
        return call()
    except RouterError as error:
        return error


def _add_under_another_name(work: Work, taken: NameTaken) -> str | RouterError:
    """Ours already (a lost answer): carry on with it. Somebody else's: draw again."""
    for _ in range(NAME_DRAWS):
        if taken.user is not None and has_mark(taken.user, work.mark):
            return taken.user.id
        rename(work)
        user = hotspot_user(work.access)
        made = _attempt(partial(work.hotspot.add_user, user, work.router_time()))
        if not isinstance(made, NameTaken):
            return made
        taken = made
    return taken


def _claim_charge(work: Work, order_id: str | None) -> None:
    with writing() as session:
        move(
            session,
            work.sale,
            "prepared",
            "charging",
            actor=work.actor,
            due_in=settings().sale_lease,
            order_id=order_id,
            charging_at=utc_now(),
        )


def _give_up_on_router(
    work: Work, error: RouterError, opened: Opened | Refused | Unknown
) -> NoReturn:
    order_id = opened.order_id if isinstance(opened, Opened) else None
    nothing_made = error.executed is False
    begin_canceling(
        work, "failed", f"router: {type(error).__name__}", order_id=order_id, release_key=True
    )
    tell_of_refusal(work.router, error)
    finish_canceling(work, user_gone=nothing_made, try_router=isinstance(error, RouterRefused))
    raise NoAccess


def _give_up_on_gateway(work: Work, answer: Refused | Unknown) -> NoReturn:
    begin_canceling(work, "failed", f"gateway: {answer.reason}", release_key=True)
    if isinstance(answer, Refused):
        tell_operator(work, answer)
    finish_canceling(work)
    if isinstance(answer, Refused) and answer.field:
        raise BUYER_FIELDS[answer.field]
    if isinstance(answer, Refused) and answer.fault is Fault.CUSTOMER:
        raise Declined(answer.message)
    raise PaymentUnavailable
