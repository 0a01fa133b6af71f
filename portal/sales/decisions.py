"""Decide what each answer about a sale leads to, without clock, database or network.

The steps ask outside and hand the answer in; `transitions.apply` writes what is decided here.
Nowhere else is it looked into what a gateway answered about a sale.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from portal.alerts.kinds import AlertKind
from portal.models.access import AccessState
from portal.models.sale_states import (
    ASKED,
    FINAL,
    GIVEN_UP,
    MONEY_IN,
    MONEY_STANDS,
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
    Refunded,
    Refused,
    Unknown,
)
from portal.sales import alert_messages as messages
from portal.sales.decision_values import (
    AccessChange,
    CloseOrder,
    Complaint,
    Decision,
    Due,
    Limits,
    Now,
    Outcome,
    RefundObjection,
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
OPEN_AGAIN = AccessChange(AccessState.ENABLED, at_once=True, top_up=TopUp.PUT_BACK)
GONE = AccessChange(AccessState.ABSENT)
TAKEN_BACK = AccessChange(
    AccessState.ABSENT, at_once=True, top_up=TopUp.SHORTEN, unless_shared=True
)
HAD_MONEY = frozenset(
    {
        OrderStatus.PAID,
        OrderStatus.PARTIALLY_REFUNDED,
        OrderStatus.REFUNDED,
        OrderStatus.CHARGED_BACK,
    }
)
REVERSALS = {
    OrderStatus.REFUNDED.value: SaleState.REFUNDED,
    OrderStatus.CHARGED_BACK.value: SaleState.CHARGED_BACK,
}
NOTHING = Decision(Outcome.NOTHING)
SILENCE = Decision(Outcome.SILENCE)
SETTLED = Decision(Outcome.NOTHING, due=Due.NEVER)
WAIT = Decision(Outcome.WAITING, due=Due.BACKOFF)
# How a move's reason begins that books money given back past the gateway.
BY_HAND = "by hand: "


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
    return _canceling(
        sale, Outcome.ABANDONED, CancelReason.ABANDONED, "request died", releases_key=True
    )


def is_lost(answer: gateway.Outcome) -> bool:
    """Tell whether the charge's answer was lost, so that it is asked for once more at once."""
    return isinstance(answer, Unknown) and not answer.park


def charged(sale: SaleFacts, answer: gateway.Outcome, now: datetime) -> Decision:
    """Follow the answer to the charge."""
    _require(sale, ASKED)
    return _recorded(sale, answer, now)


def charge_looked_up(sale: SaleFacts, lost: gateway.Outcome, look: Look, now: datetime) -> Decision:
    """Follow a look at the order whose charge's answer was lost."""
    if isinstance(look, (Paid, Declined, Pending)):
        return charged(sale, look, now)
    # An order without a charge may yet get it: the lost request can be on its way.
    return charged(sale, lost, now)


def looked_up(sale: SaleFacts, look: Look, now: Now, limits: Limits) -> Decision | CloseOrder:
    """Follow a look at an undecided sale's order."""
    _require(sale, ASKED)
    match look:
        case Canceled():
            return expired(sale, "canceled at the gateway")
        case Pending() if sale.is_deferred:
            return _awaited(sale, look, now)
        case Opened() if _is_over(sale, _opened_minutes(sale, limits), now):
            return CloseOrder("undecided for too long")
        case Pending() if _is_over(sale, limits.three_ds_minutes, now):
            return CloseOrder("undecided for too long")
        case Opened():
            return WAIT
        case _:
            return _recorded(sale, look, now.at)


def _awaited(sale: SaleFacts, pending: Pending, now: Now) -> Decision | CloseOrder:
    """Wait for a deferred payment as long as the buyer was told that they have."""
    if rules.is_over(sale, now):
        return CloseOrder("not paid in time")
    return _recorded(sale, pending, now.at)


def replaced(sale: SaleFacts, look: Look, now: datetime) -> Decision:
    """Follow a look at the order of who chose to pay in another way, which closes it.

    What came by then is honoured; else the buyer is not kept waiting for the gateway.
    """
    _require(sale, ASKED)
    if _has_paid(sale, look):
        return _recorded(sale, look, now)
    decision = _canceling(sale, Outcome.REPLACED, CancelReason.REPLACED, "another way to pay")
    return replace(decision, is_closed=isinstance(look, Canceled))


def given_up(sale: SaleFacts, look: Look, now: datetime) -> Decision | CloseOrder:
    """Follow a look at the order of an undecided sale that its customer wants out of."""
    _require(sale, ASKED)
    if isinstance(look, Declined) or _has_paid(sale, look):
        return _recorded(sale, look, now)
    return CloseOrder("given up by the customer")


def closed_undecided(sale: SaleFacts, closing: Closing, reason: str, now: datetime) -> Decision:
    """End an undecided sale that nothing can come of, where its order could be closed."""
    _require(sale, ASKED)
    if isinstance(closing, Canceled):
        return expired(sale, reason)
    return _recorded(sale, closing, now) if _has_paid(sale, closing) else WAIT


def expired(sale: SaleFacts, reason: str) -> Decision:
    """End a sale whose order cannot be charged any more, for certain."""
    decision = _canceling(sale, Outcome.EXPIRED, CancelReason.EXPIRED, reason)
    return replace(decision, is_closed=True)


def _recorded(sale: SaleFacts, answer: Look, now: datetime) -> Decision:
    match answer:
        case Paid(order) if _is_amiss(sale, answer):
            return _of_another_amount(sale, order, now)
        case Paid(order):
            return _paid(sale, order, now)
        case Declined() if sale.is_deferred:
            # No bank was asked and no card refused: its time to pay was cut short.
            return _canceling(
                sale, Outcome.EXPIRED, CancelReason.EXPIRED, "canceled at the gateway"
            )
        case Declined(message, _, reason):
            decision = _canceling(sale, Outcome.DECLINED, CancelReason.DECLINED, "declined")
            told = SaleColumns(buyer_message=message, decline_reason=reason)
            return replace(decision, columns=decision.columns | told)
        case Refused():
            return _refused(sale, answer)
        case Pending():
            return _pending(sale, answer)
        case Unknown():
            return _unknown(sale, answer, now)
    raise ForbiddenMove(f"a sale that is {sale.state} is not told {answer}")


def _paid(sale: SaleFacts, order: Order, now: datetime) -> Decision:
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
        decision = _canceling(sale, Outcome.REFUSED, CancelReason.REFUSED, reason)
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
            return _reversed(sale, order, REVERSALS[reason], now)
        case Unknown(order=Order() as order) if _is_amiss(sale, unknown):
            return _of_another_amount(sale, order, now)
        case Unknown(reason, park=True):
            return parked(reason)
        case Unknown(order=Order() as order):
            return replace(_wait(sale, unknown), columns={"order_id": order.id})
        case _:
            return _wait(sale, unknown)


def _is_amiss(sale: SaleFacts, look: Look) -> bool:
    """Tell whether another amount came from outside than was to be paid."""
    match look:
        case Paid(order) if sale.is_deferred:
            return rules.is_short(sale, order)
        case Unknown(reason, order=Order() as order) if sale.is_deferred:
            return rules.is_amiss(reason, order)
        case _:
            return False


def _has_paid(sale: SaleFacts, look: Look) -> bool:
    """Tell whether its money is there: what was to be paid, or more of what comes from outside."""
    match look:
        case Paid(order) | Unknown(order=Order() as order) if _is_amiss(sale, look):
            return rules.is_enough(sale, order)
        case _:
            return isinstance(look, Paid)


def _of_another_amount(sale: SaleFacts, order: Order, now: datetime) -> Decision:
    """Deliver for too much; leave too little to the operator, unless it went back by hand."""
    if rules.is_enough(sale, order):
        return _paid(sale, order, now)
    if rules.went_back(sale, order):
        return NOTHING
    columns = SaleColumns(order_id=order.id) | rules.received(sale, order)
    return replace(parked(ParkReason.AMOUNT_MISMATCH), columns=columns)


def needs_look(closing: Closing) -> bool:
    """Tell whether the order had money: only the purchase in hand tells if it was the right one."""
    order = None if isinstance(closing, Refused) else closing.order
    return order is not None and order.status in HAD_MONEY


def closing_of(look: Look) -> Closing:
    """Take a look at an order that had money for the answer to closing it."""
    return look if isinstance(look, (Paid, Unknown)) else Unknown("cannot be closed yet")


def is_closed(closing: Closing) -> bool:
    """Tell whether nothing more can be charged on the order."""
    return isinstance(closing, Canceled)


def closed(sale: SaleFacts, closing: Closing, now: datetime) -> Decision:
    """Follow what came of closing the order of a sale that is being canceled."""
    _require(sale, {SaleState.CANCELING})
    match closing:
        case Canceled():
            return _canceled(sale, now)
        case Unknown(reason, order=Order() as order) if reason in REVERSALS:
            return _reversed(sale, order, REVERSALS[reason], now)
        case Paid(order) | Unknown(order=Order() as order) if _is_amiss(sale, closing):
            decision = _of_another_amount(sale, order, now)
            return _canceled(sale, now) if decision is NOTHING else decision
        case Paid(order):
            return _paid(sale, order, now)
        case Unknown(reason, park=True):
            return parked(reason)
        case _:
            return _wait(sale, closing)


def _canceled(sale: SaleFacts, now: datetime) -> Decision:
    due = rules.due_when_canceled(sale, now) if sale.is_deferred else Due.NEVER
    return Decision(Outcome.CANCELED, (SaleState.CANCELED,), due)


def late(sale: SaleFacts, look: Look, now: datetime) -> Decision:
    """Follow a look for money that came for a sale that was given up."""
    _require(sale, GIVEN_UP)
    match look:
        case Paid() | Unknown(park=True):
            return _recorded(sale, look, now)
        case Unknown() if _is_amiss(sale, look):
            return _recorded(sale, look, now)
        case Unknown(order=None):
            return SILENCE
        case _:
            return NOTHING


def late_again(sale: SaleFacts, look: Look, now: datetime) -> Decision:
    """Do as `late` for who wants it looked at, until the gateway has answered."""
    decision = late(sale, look, now)
    settled = replace(SETTLED, due=_canceled(sale, now).due)
    silent = WAIT if rules.is_looked_for(sale, now) else SETTLED
    return {Outcome.NOTHING: settled, Outcome.SILENCE: silent}.get(decision.outcome, decision)


def delivered(sale: SaleFacts, session: tuple[str | None, str | None], now: datetime) -> Decision:
    """Close the sale with its access open; `session`: id and address of the device online."""
    columns = SaleColumns(delivered_at=now, session_id=session[0], session_ip=session[1])
    decision = Decision(Outcome.DELIVERED, (SaleState.DELIVERED,), Due.NEVER, columns=columns)
    if not sale.is_returned_by_hand:
        return decision
    return replace(decision, resolves=AlertKind.REFUND_REFUSED)


def refund_if_router_away(sale: SaleFacts, now: Now, refund_after_minutes: float) -> Decision:
    """Give the money back past the company's time, while the router does not answer."""
    _require(sale, {SaleState.PAID})
    since = sale.paid_at or sale.created_at
    if not now.has_passed(since + timedelta(minutes=refund_after_minutes)):
        return NOTHING
    if sale.is_returned_by_hand:
        # The access opens as soon as the router answers, or the operator gives the money back.
        told = Tell(AlertKind.REFUND_REFUSED, sale.id, messages.GIVE_BACK_BY_HAND)
        return Decision(Outcome.NOTHING, tells=(told,))
    return refund_begun("router away")


def refund_objection(sale: SaleFacts) -> RefundObjection | None:
    """Say why the operator cannot give the money back; give None where it can go back, or has."""
    if sale.state == SaleState.CHARGED_BACK:
        return RefundObjection.CHARGED_BACK
    if sale.state in (SaleState.REFUNDING, SaleState.REFUNDED):
        return None
    if sale.state not in MONEY_STANDS:
        return RefundObjection.NOT_PAID
    if sale.amount_refunded:
        return RefundObjection.PARTLY_REFUNDED
    return RefundObjection.BY_HAND if sale.is_returned_by_hand else None


def returned_by_hand(sale: SaleFacts, reason: str) -> Decision:
    """Book money that the operator has given back past the gateway; what it bought ends.

    Raises ForbiddenMove where there is none of it.
    """
    if sale.state in MONEY_STANDS:
        return Decision(
            Outcome.RETURNED,
            (SaleState.REFUNDED,),
            due=Due.NEVER,
            reason=f"{BY_HAND}{reason}",
            columns={"amount_refunded": sale.amount, "cancel_reason": CancelReason.RETURNED},
            access=TAKEN_BACK,
            resolves=AlertKind.REFUND_REFUSED,
        )
    _require(sale, ASKED | GIVEN_UP)
    return _part_returned(sale, reason)


def _part_returned(sale: SaleFacts, reason: str) -> Decision:
    """End a sale of which too little came, which went back."""
    columns = SaleColumns(cancel_reason=CancelReason.RETURNED)
    if sale.state not in ASKED:
        return Decision(Outcome.RETURNED, due=Due.AT_ONCE, columns=columns, unparks=True)
    decision = _canceling(sale, Outcome.RETURNED, CancelReason.RETURNED, f"{BY_HAND}{reason}")
    return replace(decision, due=Due.AT_ONCE, unparks=True)


def refund_asked(sale: SaleFacts, reason: str) -> Decision:
    """Give the money back as the operator wants it, unless that is under way or done."""
    return refund_begun(reason) if sale.state in MONEY_STANDS else NOTHING


def refund_begun(reason: str) -> Decision:
    """Give the money back: what it bought is taken away before the gateway is asked."""
    return Decision(
        Outcome.REFUND_BEGUN, (SaleState.REFUNDING,), Due.HOLD, reason, access=TAKEN_BACK
    )


def refunded(sale: SaleFacts, answer: Refunded | Refused | Unknown, now: datetime) -> Decision:
    """Follow what the gateway said of giving the money back."""
    _require(sale, {SaleState.REFUNDING})
    match answer:
        case Refunded(amount):
            return Decision(
                Outcome.REFUNDED,
                (SaleState.REFUNDED,),
                due=Due.NEVER,
                columns={"amount_refunded": amount},
                resolves=AlertKind.REFUND_REFUSED,
            )
        case Refused():
            return _not_refunded(sale, answer, now)
        case Unknown(reason) if reason in REVERSALS:
            return outside(sale, answer, now)
        case Unknown():
            return _wait(sale, answer)


def _not_refunded(sale: SaleFacts, refusal: Refused, now: datetime) -> Decision:
    """Let the customer keep what was bought: the gateway refuses for good."""
    columns = SaleColumns(delivered_at=sale.delivered_at or now)
    message = messages.NOT_GIVEN_BACK
    if refusal.order is not None and refusal.order.amount_refunded:
        columns["amount_refunded"] = refusal.order.amount_refunded
        message = messages.REST_NOT_GIVEN_BACK
    return Decision(
        Outcome.REFUND_REFUSED,
        (SaleState.DELIVERED,),
        reason=f"refund refused: {refusal.reason}",
        due=Due.NEVER,
        columns=columns,
        access=OPEN_AGAIN,
        tells=(Tell(AlertKind.REFUND_REFUSED, sale.id, message),),
    )


def outside(sale: SaleFacts, look: Look, now: datetime) -> Decision:
    """Follow a look for money that was in and went back without us."""
    _require(sale, MONEY_IN)
    match look:
        case Unknown(reason, order=Order() as order) if reason in REVERSALS:
            state = REVERSALS[reason]
            tells = (Tell(AlertKind(state), sale.id, messages.REVERSED[state]),)
            # Not told: the refund that we asked for ourselves, whose answer was lost.
            is_ours = (sale.state, state) == (SaleState.REFUNDING, SaleState.REFUNDED)
            return replace(_reversed(sale, order, state, now), tells=() if is_ours else tells)
        case Unknown(OrderStatus.PARTIALLY_REFUNDED.value, order=Order() as order):
            return _partly_refunded(sale, order)
        case Paid(order) | Unknown(ParkReason.AMOUNT_MISMATCH, order=Order() as order) if (
            sale.is_deferred and rules.received(sale, order)
        ):
            return _paid_again(sale, order)
        case Paid(Order(fee=int(fee))) if not sale.fee_is_known:
            # The answer to a charge need not tell it: the order does, once it is read again.
            return Decision(Outcome.NOTHING, columns={"fee": fee})
        case Unknown(order=None):
            return SILENCE
        case _:
            return NOTHING


def may_change(sale: SaleFacts) -> bool:
    """Tell whether money may come or go yet: once more, too, where it went back by hand."""
    return sale.state in ASKED | GIVEN_UP | MONEY_IN or _went_back_by_hand(sale)


def _went_back_by_hand(sale: SaleFacts) -> bool:
    by_hand = sale.is_returned_by_hand or sale.cancel_reason == CancelReason.RETURNED
    return sale.state == SaleState.REFUNDED and by_hand


def after_return(sale: SaleFacts, look: Look) -> Decision:
    """Follow a look for money that came, or went, once more after it went back by hand."""
    _require(sale, {SaleState.REFUNDED})
    match look:
        case Unknown(reason) if reason in REVERSALS:
            message = messages.REVERSED_TWICE[reason]
            return Decision(Outcome.NOTHING, tells=(Tell(AlertKind(reason), sale.id, message),))
        case Paid(order) | Unknown(ParkReason.AMOUNT_MISMATCH, order=Order() as order) if (
            rules.received(sale, order)
        ):
            return _paid_again(sale, order)
        case Unknown(order=None):
            return SILENCE
        case _:
            return NOTHING


def _paid_again(sale: SaleFacts, order: Order) -> Decision:
    """Tell of what was paid once more, on the same reference."""
    surplus = rules.of_surplus(sale, order)
    return Decision(Outcome.NOTHING, columns=rules.received(sale, order), tells=surplus)


def _partly_refunded(sale: SaleFacts, order: Order) -> Decision:
    if order.amount_refunded == sale.amount_refunded:
        return NOTHING
    return Decision(
        outcome=Outcome.PARTLY_REFUNDED,
        columns={"amount_refunded": order.amount_refunded},
        tells=(Tell(AlertKind.PARTIAL_REFUND, sale.id, messages.IN_PART),),
    )


def _reversed(sale: SaleFacts, order: Order, state: SaleState, now: datetime) -> Decision:
    """Follow money that came and went, whole. Whoever began a refund took back what it bought."""
    gone = Decision(
        Outcome.REVERSED,
        (state,),
        reason="outside",
        due=Due.NEVER,
        columns={"amount_refunded": order.amount_refunded},
        access=None if sale.state == SaleState.REFUNDING else TAKEN_BACK,
    )
    # Two writes: what is taken back is reckoned from when the money came.
    return gone if sale.paid_at else replace(_paid(sale, order, now), then=gone)


def followed(sale: SaleFacts, look: Look, now: Now, limits: Limits) -> Decision | CloseOrder:
    """Follow a look at the order of any sale whose order may have changed."""
    if sale.state in ASKED:
        return looked_up(sale, look, now, limits)
    if sale.state in GIVEN_UP:
        return late(sale, look, now.at)
    if _went_back_by_hand(sale):
        return after_return(sale, look)
    return outside(sale, look, now.at)


def stuck(sale: SaleFacts, since: datetime, now: Now, limits: Limits) -> Decision:
    """Leave to the operator what could not be solved in all that time."""
    is_open = sale.state not in FINAL and sale.parked_reason is None
    if sale.state == SaleState.PENDING and sale.is_deferred:
        since = rules.waits_since(sale, since)
    if is_open and now.has_passed(since + timedelta(hours=limits.park_after_hours)):
        return parked(ParkReason.STUCK)
    return NOTHING


def parked(reason: str) -> Decision:
    """Leave the sale to a person: nobody else can tell what is right."""
    return Decision(Outcome.PARKED, due=Due.NEVER, park=reason)


def _wait(sale: SaleFacts, answer: Refused | Unknown) -> Decision:
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
    decision = _canceling(sale, Outcome.FAILED, CancelReason.FAILED, reason, releases_key=True)
    return replace(decision, complaint=complaint)


def _canceling(
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


def _is_over(sale: SaleFacts, minutes: float, now: Now) -> bool:
    """Tell whether the card token is dead, or 3DS was left."""
    return now.has_passed((sale.charging_at or sale.created_at) + timedelta(minutes=minutes))


def _opened_minutes(sale: SaleFacts, limits: Limits) -> float:
    return limits.three_ds_minutes if sale.in_frame else limits.card_token_minutes


def _require(sale: SaleFacts, states: frozenset[SaleState] | set[SaleState]) -> None:
    """Raise ForbiddenMove where this cannot be answered about a sale in its state."""
    if sale.state not in states:
        raise ForbiddenMove(f"nothing of the kind is asked about a sale that is {sale.state}")
