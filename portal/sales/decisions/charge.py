"""Decide what the answer to opening an order, or to a charge, leads to, and what delivery does."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from portal.alerts.kinds import AlertKind
from portal.models.access import AccessState
from portal.models.sale_states import (
    ASKED,
    CancelReason,
    ForbiddenMove,
    ParkReason,
    SaleState,
)
from portal.payments import gateway
from portal.payments.gateway import (
    Canceled,
    Declined,
    Fault,
    Opened,
    Order,
    OrderStatus,
    Paid,
    Pending,
    Refused,
    Unknown,
)
from portal.sales import alert_messages as messages
from portal.sales.decision_values import (
    AccessChange,
    Complaint,
    Decision,
    Due,
    Outcome,
    SaleColumns,
    SaleFacts,
    Tell,
    TopUp,
)
from portal.sales.deferred import rules

Look = gateway.Outcome | Opened | Canceled
Closing = Canceled | Paid | Refused | Unknown

OPEN = AccessChange(AccessState.ENABLED)
OPEN_LONGER = AccessChange(AccessState.ENABLED, top_up=TopUp.LENGTHEN)
GONE = AccessChange(AccessState.ABSENT)
TAKEN_BACK = AccessChange(
    AccessState.ABSENT, at_once=True, top_up=TopUp.SHORTEN, unless_shared=True
)
REVERSALS = {
    OrderStatus.REFUNDED.value: SaleState.REFUNDED,
    OrderStatus.CHARGED_BACK.value: SaleState.CHARGED_BACK,
}
NOTHING = Decision(Outcome.NOTHING)
SILENCE = Decision(Outcome.SILENCE)
WAIT = Decision(Outcome.WAITING, due=Due.BACKOFF)


def opened(sale: SaleFacts, answer: Opened | Refused | Unknown, now: datetime) -> Decision:
    """Claim the charge where the order was opened, else end the sale."""
    match answer:
        case Opened(order_id, str(checkout_id)):
            return _left_to_frame(order_id, checkout_id, now)
        case Opened(order_id):
            columns = SaleColumns(order_id=order_id, charging_at=now)
            through = (SaleState.PREPARED, SaleState.CHARGING)
            return Decision(Outcome.CLAIMED, through, Due.HOLD, columns=columns)
        case Refused(reason, fault, message, field, decline_reason):
            is_card = fault is Fault.CUSTOMER and field is None
            complaint = Complaint(field, is_card, message, decline_reason)
            return replace(_failed(sale, f"gateway: {reason}", complaint), tells=_of(sale, answer))
        case Unknown(reason):
            return _failed(sale, f"gateway: {reason}", Complaint())


def _left_to_frame(order_id: str | None, checkout_id: str, now: datetime) -> Decision:
    """Let the buyer be charged in the gateway's own frame: from here on the order alone tells."""
    columns = SaleColumns(order_id=order_id, checkout_id=checkout_id, charging_at=now)
    through = (SaleState.PREPARED, SaleState.CHARGING, SaleState.PENDING)
    return Decision(Outcome.PENDING, through, Due.BACKOFF, columns=columns)


def router_failed(sale: SaleFacts, error: str, answer: Opened | Refused | Unknown) -> Decision:
    """End a sale whose hotspot user could not be made; the order may stand open already."""
    decision = _failed(sale, f"router: {error}", None)
    if not isinstance(answer, Opened):
        return decision
    return replace(decision, columns={**decision.columns, "order_id": answer.order_id})


def request_died(sale: SaleFacts) -> Decision:
    """End a sale that nothing can be charged for: nobody holds its card token any more."""
    return canceling(
        sale, Outcome.ABANDONED, CancelReason.ABANDONED, "request died", releases_key=True
    )


def is_lost(answer: gateway.Outcome) -> bool:
    """Tell whether the charge's answer was lost, so that it is asked for once more at once."""
    return isinstance(answer, Unknown) and not answer.park


def charged(sale: SaleFacts, answer: gateway.Outcome, now: datetime) -> Decision:
    """Follow the answer to the charge."""
    require(sale, ASKED)
    return recorded(sale, answer, now)


def charge_looked_up(sale: SaleFacts, lost: gateway.Outcome, look: Look, now: datetime) -> Decision:
    """Follow a look at the order whose charge's answer was lost."""
    if isinstance(look, (Paid, Declined, Pending)):
        return charged(sale, look, now)
    # An order without a charge may yet get it: the lost request can be on its way.
    return charged(sale, lost, now)


def delivered(sale: SaleFacts, session: tuple[str | None, str | None], now: datetime) -> Decision:
    """Close the sale with its access open; `session`: id and address of the device online."""
    columns = SaleColumns(delivered_at=now, session_id=session[0], session_ip=session[1])
    decision = Decision(Outcome.DELIVERED, (SaleState.DELIVERED,), Due.NEVER, columns=columns)
    if not sale.is_returned_by_hand:
        return decision
    return replace(decision, resolves=AlertKind.REFUND_REFUSED)


def recorded(sale: SaleFacts, answer: Look, now: datetime) -> Decision:
    """Follow an answer in whatever state it is taken. Raises ForbiddenMove."""
    match answer:
        case Paid(order) if is_amiss(sale, answer):
            return of_another_amount(sale, order, now)
        case Paid(order):
            return paid(sale, order, now)
        case Declined() if sale.is_deferred:
            # No bank was asked and no card refused: its time to pay was cut short.
            return canceling(sale, Outcome.EXPIRED, CancelReason.EXPIRED, "canceled at the gateway")
        case Declined(message, _, reason):
            decision = canceling(sale, Outcome.DECLINED, CancelReason.DECLINED, "declined")
            told = SaleColumns(buyer_message=message, decline_reason=reason)
            return replace(decision, columns=decision.columns | told)
        case Refused():
            return _refused(sale, answer)
        case Pending():
            return _pending(sale, answer)
        case Unknown():
            return _unknown(sale, answer, now)
    raise ForbiddenMove(f"a sale that is {sale.state} is not told {answer}")


def paid(sale: SaleFacts, order: Order, now: datetime) -> Decision:
    """Honour the money that is in, whatever was decided before."""
    return Decision(
        Outcome.PAID,
        (SaleState.PAID,),
        due=Due.HOLD,
        tells=rules.of_payment(sale, order) if sale.is_deferred else (),
        columns=_payer(sale, order)
        | (rules.received(sale, order) if sale.is_deferred else {})
        | {
            "order_id": order.id,
            "paid_at": sale.paid_at or now,
            "card_last4": order.card_last4,
            "fee": order.fee,
            "action_url": None,
            "cancel_reason": None,
        },
        access=OPEN_LONGER if sale.extends else OPEN,
    )


def _payer(sale: SaleFacts, order: Order) -> SaleColumns:
    """Name the buyer as the card does, where the name was only assumed."""
    if not sale.name_is_assumed or order.card_name is None:
        return {}
    return {"customer_name": order.card_name}


def _refused(sale: SaleFacts, refusal: Refused) -> Decision:
    # What the buyer typed can be typed again, and the same purchase sent once more.
    if refusal.fault is Fault.CUSTOMER and refusal.field is None:
        reason = f"gateway: {refusal.reason}"
        decision = canceling(sale, Outcome.REFUSED, CancelReason.REFUSED, reason)
    else:
        complaint = Complaint(refusal.field)
        decision = _failed(sale, f"gateway: {refusal.reason}", complaint)
    # Of what is ours or the operator's to mend, the gateway's words help no buyer.
    message = refusal.message if refusal.fault is Fault.CUSTOMER else None
    told = SaleColumns(buyer_message=message, decline_reason=refusal.decline_reason)
    return replace(decision, columns=decision.columns | told, tells=_of(sale, refusal))


def _pending(sale: SaleFacts, pending: Pending) -> Decision:
    columns = SaleColumns(order_id=pending.order.id, action_url=pending.action_url)
    if sale.is_deferred:
        due, columns = Due.PATIENTLY, columns | rules.how_to_pay(sale, pending)
    else:
        due = Due.BACKOFF if sale.state == SaleState.PENDING else Due.AT_ONCE
    states = () if sale.state == SaleState.PENDING else (SaleState.PENDING,)
    return Decision(Outcome.PENDING, states, due, columns=columns)


def _unknown(sale: SaleFacts, unknown: Unknown, now: datetime) -> Decision:
    match unknown:
        case Unknown(reason, order=Order() as order) if reason in REVERSALS:
            return reversed_whole(sale, order, REVERSALS[reason], now)
        case Unknown(order=Order() as order) if is_amiss(sale, unknown):
            return of_another_amount(sale, order, now)
        case Unknown(reason, park=True):
            return parked(reason)
        case Unknown(order=Order() as order):
            return replace(wait(sale, unknown), columns={"order_id": order.id})
        case _ if sale.parked_reason is not None:
            # No due time asks again of what waits for a person: only whoever wants to know does.
            return replace(wait(sale, unknown), outcome=Outcome.SILENCE, due=Due.UNCHANGED)
        case _:
            return wait(sale, unknown)


def is_amiss(sale: SaleFacts, look: Look) -> bool:
    """Tell whether another amount came from outside than was to be paid."""
    match look:
        case Paid(order) if sale.is_deferred:
            return rules.is_short(sale, order)
        case Unknown(reason, order=Order() as order) if sale.is_deferred:
            return rules.is_amiss(reason, order)
        case _:
            return False


def has_paid(sale: SaleFacts, look: Look) -> bool:
    """Tell whether its money is there: what was to be paid, or more of what comes from outside."""
    match look:
        case Paid(order) | Unknown(order=Order() as order) if is_amiss(sale, look):
            return rules.is_enough(sale, order)
        case _:
            return isinstance(look, Paid)


def of_another_amount(sale: SaleFacts, order: Order, now: datetime) -> Decision:
    """Deliver for too much; leave too little to the operator, unless it went back by hand."""
    if rules.is_enough(sale, order):
        return paid(sale, order, now)
    if rules.went_back(sale, order):
        return NOTHING
    columns = SaleColumns(order_id=order.id) | rules.received(sale, order)
    return replace(parked(ParkReason.AMOUNT_MISMATCH), columns=columns)


def reversed_whole(sale: SaleFacts, order: Order, state: SaleState, now: datetime) -> Decision:
    """Follow money that came and went, whole. Whoever began a refund took back what it bought."""
    # Not told: the refund that we asked for ourselves, whose answer was lost.
    is_ours = (sale.state, state) == (SaleState.REFUNDING, SaleState.REFUNDED)
    is_twice = sale.paid_at is None and sale.amount_returned > 0
    said = messages.REVERSED_TWICE if is_twice else messages.REVERSED
    tells = (Tell(AlertKind(state), sale.id, said[state]),)
    gone = Decision(
        Outcome.REVERSED,
        (state,),
        reason="outside",
        due=Due.NEVER,
        columns={"amount_refunded": order.amount_refunded},
        access=None if sale.state == SaleState.REFUNDING else TAKEN_BACK,
        tells=() if is_ours else tells,
    )
    if sale.paid_at is not None:
        return gone
    # Two writes: what is taken back is reckoned from when the money came. Nothing of it is left to
    # be given back, whatever else would be told of its coming.
    return replace(paid(sale, order, now), tells=(), then=gone)


def parked(reason: str) -> Decision:
    """Leave the sale to a person: nobody else can tell what is right."""
    return Decision(Outcome.PARKED, due=Due.NEVER, park=reason)


def wait(sale: SaleFacts, answer: Refused | Unknown) -> Decision:
    """Ask again later: nothing is known. Where the key is why, the operator has to mend it."""
    if answer.reason != AlertKind.KEY_REFUSED:
        return WAIT
    return replace(WAIT, tells=_of(sale, Refused(AlertKind.KEY_REFUSED, Fault.OPERATOR)))


def _of(sale: SaleFacts, refusal: Refused) -> tuple[Tell, ...]:
    """Tell the operator, where it is theirs to mend."""
    if refusal.fault is Fault.CUSTOMER:
        return ()
    if refusal.reason == AlertKind.KEY_REFUSED:
        return (Tell(AlertKind.KEY_REFUSED, sale.account_id, messages.KEY_NOT_TAKEN),)
    message = messages.of_refused_charge(refusal.reason)
    return (Tell(AlertKind.CHARGE_REFUSED, sale.account_id, message),)


def _failed(sale: SaleFacts, reason: str, complaint: Complaint | None) -> Decision:
    decision = canceling(sale, Outcome.FAILED, CancelReason.FAILED, reason, releases_key=True)
    return replace(decision, complaint=complaint)


def canceling(
    sale: SaleFacts,
    outcome: Outcome,
    cancel_reason: CancelReason,
    reason: str,
    *,
    releases_key: bool = False,
) -> Decision:
    """Decide against the sale.

    An access that stood before is not its to take away; that of a deferred payment was not made.
    """
    return Decision(
        outcome,
        (SaleState.CANCELING,),
        reason=reason,
        due=Due.HOLD,
        columns={"cancel_reason": cancel_reason},
        access=None if sale.extends or sale.is_deferred else GONE,
        releases_key=releases_key,
    )


def require(sale: SaleFacts, states: frozenset[SaleState] | set[SaleState]) -> None:
    """Raise ForbiddenMove where this cannot be answered about a sale in its state."""
    if sale.state not in states:
        raise ForbiddenMove(f"nothing of the kind is asked about a sale that is {sale.state}")
