"""Write what was decided about a sale: the one place where a sale's state is changed.

Moves are guarded by the state that they leave and by the lease of whoever makes them: one row,
or somebody else was faster, and then nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.access.desired_state import NAME_DRAWS, draw_credentials, put_desired, set_desired
from portal.access.payment_pass.removal import end_passes_of
from portal.access.top_up import lengthen, put_back, shorten
from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert, resolve_alerts
from portal.core.logs import log
from portal.core.metrics import count_move
from portal.core.records import from_now
from portal.core.rows.batch import RowBatch
from portal.core.rows.columns import FromNow, note_written, truncate_to_columns
from portal.models import Access, GatewayAccount, Sale, SaleMove, Voucher, utc_now
from portal.models.access import AccessState
from portal.models.sale_states import GRAPH, MONEY_STANDS, ForbiddenMove, SaleActor, SaleState
from portal.ports import retry_in, settings
from portal.sales.alert_messages import PARKED, PARKED_OTHERWISE
from portal.sales.card_testing import note_decline
from portal.sales.context import SaleContext
from portal.sales.decision_values import AccessChange, Decision, Due, Outcome, TopUp
from portal.sales.takings.movements import GONE, record_back, record_late_fee

Along = Callable[[RowBatch], object]
# Seconds between looks at what its buyer has hours or days to pay; its notice comes sooner.
PATIENCE, OF_ITS_AGE = (60.0, 3600.0), 0.25
RARELY = 6 * 3600.0
TOP_UPS = {TopUp.LENGTHEN: lengthen, TopUp.SHORTEN: shorten, TopUp.PUT_BACK: put_back}


def record_opened(batch: RowBatch, sale: Sale, actor: SaleActor) -> None:
    """Write the first line of a sale's history."""
    batch.add(SaleMove, {"sale_id": sale.id, "to_state": sale.state, "actor": actor})


def apply(context: SaleContext, decision: Decision, along: Along | None = None) -> None:
    """Write what was decided, in one transaction; `along` adds to it first. Raises LostRace.

    A canceled sale has given its hotspot name back; where somebody has it by now, late money
    gets another one.
    """
    for _ in range(NAME_DRAWS):
        try:
            _apply(context, decision, along)
        except IntegrityError:
            if decision.access is None or decision.access.wanted is not AccessState.ENABLED:
                raise
            _draw_other_name(context.access)
            along = _with_name(context.access)
        else:
            break
    else:
        raise RuntimeError("no free hotspot name could be drawn")
    context.order_is_closed |= decision.is_closed
    context.complaint = decision.complaint or context.complaint
    if decision.outcome is Outcome.DECLINED:
        note_decline(context.sale)
    if decision.then is not None:
        apply(context, decision.then)


def unpark(session: Session, sale: Sale) -> None:
    """Let a sale that waited for a person be due at once, and close the alert about it."""
    session.execute(
        update(Sale)
        .where(Sale.id == sale.id, Sale.parked_reason.is_not(None))
        .values(parked_reason=None, attempts=0, next_attempt_at=from_now()),
        execution_options={"synchronize_session": False},
    )
    sale.parked_reason, sale.attempts = None, 0
    resolve_alerts(session, sale.company_id, AlertKind.PARKED, sale.id)


def _apply(context: SaleContext, decision: Decision, along: Along | None) -> None:
    steps = list(pairwise((context.sale.state, *decision.states)))
    for before, after in steps:
        if after not in GRAPH[before]:
            raise ForbiddenMove(f"a sale cannot go from {before} to {after}")
    changes = _sale_changes(context.sale, decision)
    if not (changes or decision.tells):
        return
    batch = RowBatch()
    if along is not None:
        along(batch)
    if decision.access is not None:
        _change_access(batch, context, decision.access)
    _write_history(batch, context, steps, decision.reason)
    guard = {"id": context.sale.id, "state": context.sale.state, "lease": context.sale.lease}
    batch.change(Sale, guard, changes | {"updated_at": utc_now()}, must_stand=True)
    if steps and context.sale.state == SaleState.PENDING:
        batch.also(partial(end_passes_of, sale_id=context.sale.id))
    _write_movements(batch, context.sale, changes, decision.outcome is Outcome.RETURNED)
    _tell(batch, context.sale, decision)
    batch.send()
    # Not before it is committed: whoever lets go goes by the lease that is in memory.
    changes.pop("next_attempt_at", None)
    note_written(context.sale, changes)
    _note(context, steps, decision.reason)


def _sale_changes(sale: Sale, decision: Decision) -> dict[str, Any]:
    changes: dict[str, Any] = truncate_to_columns(Sale, decision.columns)
    if decision.states:
        changes |= {"state": decision.states[-1], "attempts": 0, "parked_reason": None}
    if decision.unparks:
        changes |= {"attempts": 0, "parked_reason": None}
    if decision.park is not None:
        changes |= truncate_to_columns(Sale, {"parked_reason": decision.park})
    if decision.releases_key:
        changes["idempotency_key"] = sale.id
    return changes | _due_changes(sale, decision.due)


def _due_changes(sale: Sale, due: Due) -> dict[str, Any]:
    match due:
        case Due.UNCHANGED:
            return {}
        case Due.HOLD:
            return {"next_attempt_at": FromNow(settings().sale_lease)}
        case Due.AT_ONCE:
            return {"next_attempt_at": FromNow(0), "lease": None}
        case Due.NEVER:
            return {"next_attempt_at": None, "lease": None}
        case Due.PATIENTLY:
            return {"next_attempt_at": FromNow(_patience(sale)), "lease": None}
        case Due.RARELY:
            return {"next_attempt_at": FromNow(RARELY), "lease": None}
        case Due.BACKOFF:
            later = FromNow(retry_in(sale.attempts))
            return {"next_attempt_at": later, "lease": None, "attempts": sale.attempts + 1}


def _patience(sale: Sale) -> float:
    """Give the seconds until an order is looked at that waits for its buyer: a part of its age."""
    waited = (utc_now() - (sale.charging_at or sale.created_at)).total_seconds()
    return min(max(PATIENCE[0], waited * OF_ITS_AGE), PATIENCE[1])


def _write_movements(batch: RowBatch, sale: Sale, changes: dict[str, Any], by_hand: bool) -> None:
    """Write what moves money besides the charge, which the sale itself tells."""
    if "amount_refunded" in changes or changes.get("state") in GONE:
        batch.also(lambda session: record_back(session, sale, changes, by_hand))
    if "fee" in changes and sale.paid_at is not None:
        batch.also(lambda session: record_late_fee(session, sale))


def _write_history(
    batch: RowBatch, context: SaleContext, steps: list[tuple[str, str]], reason: str | None
) -> None:
    told = {"sale_id": context.sale.id, "actor": context.actor, "reason": reason}
    lines = [{"from_state": before, "to_state": after, **told} for before, after in steps]
    if lines:
        batch.add(SaleMove, *(truncate_to_columns(SaleMove, line) for line in lines))


def _note(context: SaleContext, steps: list[tuple[str, str]], reason: str | None) -> None:
    for _, state in steps:
        count_move(state)
        log().info(
            "sale moved", sale=context.sale.id, state=state, actor=context.actor, reason=reason
        )


def _tell(batch: RowBatch, sale: Sale, decision: Decision) -> None:
    is_told = decision.tells or decision.resolves is not None
    if is_told or _parks(sale, decision) or _unparks(sale, decision):
        batch.also(lambda session: _tell_in(session, sale, decision))


def _tell_in(session: Session, sale: Sale, decision: Decision) -> None:
    for tell in decision.tells:
        if tell.kind is AlertKind.KEY_REFUSED:
            session.get_one(GatewayAccount, sale.gateway_account_id).refused_at = utc_now()
        raise_alert(session, sale.company_id, tell.kind, tell.subject, tell.message)
    if decision.resolves is not None:
        resolve_alerts(session, sale.company_id, decision.resolves, sale.id)
    if _unparks(sale, decision):
        resolve_alerts(session, sale.company_id, AlertKind.PARKED, sale.id)
    if _parks(sale, decision):
        sentence = PARKED.get(str(decision.park), PARKED_OTHERWISE)
        raise_alert(session, sale.company_id, AlertKind.PARKED, sale.id, sentence)
        log().warning("sale parked", sale=sale.id, state=sale.state, reason=decision.park)


def _parks(sale: Sale, decision: Decision) -> bool:
    return decision.park not in (None, sale.parked_reason)


def _unparks(sale: Sale, decision: Decision) -> bool:
    is_over = decision.unparks or bool(decision.states)
    return sale.parked_reason is not None and decision.park is None and is_over


def _change_access(batch: RowBatch, context: SaleContext, change: AccessChange) -> None:
    access = context.access
    due_in = 0 if change.at_once else settings().sale_lease
    if change.top_up is None and not change.unless_shared:
        put_desired(batch, access, change.wanted, due_in)
        return

    def change_it(session: Session) -> None:
        if change.top_up is not None:
            TOP_UPS[change.top_up](session, context.sale, access)
        stays = change.unless_shared and _is_shared(session, context.sale)
        set_desired(session, access, access.wanted if stays else change.wanted, due_in)

    batch.also(change_it)


def _is_shared(session: Session, sale: Sale) -> bool:
    """Tell whether another purchase, whose money stays, holds the access open as well.

    Cash that a code brought stays, and a code given away opened something too.
    """
    others = select(Sale.id).where(
        Sale.access_id == sale.access_id, Sale.id != sale.id, Sale.state.in_(MONEY_STANDS)
    )
    codes = select(Voucher.id).where(
        Voucher.access_id == sale.access_id, Voucher.voided_at.is_(None)
    )
    return any(session.scalar(query.limit(1)) is not None for query in (others, codes))


def _draw_other_name(access: Access) -> None:
    access.name, access.password = draw_credentials(access.kind, access.pin_digits)


def _with_name(access: Access) -> Along:
    def store(session: Session) -> None:
        stored = session.get_one(Access, access.id)
        stored.name, stored.password = access.name, access.password
        session.flush()

    return lambda batch: batch.also(store)
