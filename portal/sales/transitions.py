"""Writes a sale's moves: state, history and due time in one transaction, guarded.

A move is guarded by the state it leaves and by the lease of whoever makes it: one row, or
somebody else was faster, and then nothing is written.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from sqlalchemy.orm import Session

from portal.alerts.open_alerts import raise_alert
from portal.core.database import after_commit
from portal.core.leases import LostRace
from portal.core.logs import log
from portal.core.metrics import count_move
from portal.core.statements import FromNow, add_rows, change_rows, truncate_to_columns
from portal.models import Sale, SaleMove, utc_now
from portal.models.sale_states import check_move
from portal.ports import retry_in

PARKED = {
    "amount_mismatch": "La pasarela cobró otro importe que el del plan.",
    "currency_mismatch": "La pasarela cobró en otra moneda que la del plan.",
    "mode_mismatch": "El pago no es del modo (prueba o real) que tiene la cuenta.",
    "stuck": "No se pudo resolver en mucho tiempo: revise la pasarela y el router.",
    "key_lost": (
        "Ninguna clave de ENCRYPTION_KEYS abre sus datos: vuelva a poner la que falta, reinicie "
        "todo y después ejecute flask sales unpark."
    ),
    "other_purchase": "La orden en la pasarela lleva la referencia de otra venta.",
}


def record_opened(session: Session, sale: Sale, actor: str) -> None:
    """Write the first line of a sale's history."""
    add_rows(session, SaleMove, {"sale_id": sale.id, "to_state": sale.state, "actor": actor})


def move(
    session: Session,
    sale: Sale,
    *states: str,
    actor: str,
    reason: str | None = None,
    due_in: float | None = None,
    **columns: Any,
) -> None:
    """Move the sale through these states; it is due again `due_in` seconds on (None: never).

    Raises LostRace.
    """
    steps = list(pairwise((sale.state, *states)))
    for before, after in steps:
        check_move(before, after)
    told = {"sale_id": sale.id, "actor": actor, "reason": reason}
    lines = [{"from_state": before, "to_state": after, **told} for before, after in steps]
    add_rows(session, SaleMove, *(truncate_to_columns(SaleMove, line) for line in lines))
    _write(session, sale, due_in, state=states[-1], attempts=0, parked_reason=None, **columns)
    after_commit(session, lambda: _count(states))
    for state in states:
        log().info("sale moved", sale=sale.id, state=state, actor=actor, reason=reason)


def _count(states: tuple[str, ...]) -> None:
    for state in states:
        count_move(state)


def reschedule(
    session: Session, sale: Sale, *, due_in: float | None = None, **columns: Any
) -> None:
    """Leave the state, let go of the lease, try again later. Raises LostRace."""
    delay = retry_in(sale.attempts) if due_in is None else due_in
    _write(session, sale, delay, attempts=sale.attempts + 1, lease=None, **columns)


def rest(session: Session, sale: Sale) -> None:
    """Leave the state, let go of the lease; nothing more is due. Raises LostRace."""
    _write(session, sale, None, lease=None)


def park(session: Session, sale: Sale, reason: str) -> None:
    """Leave the sale to the operator, with the reason; they are told once. Raises LostRace."""
    is_news = sale.parked_reason != reason
    _write(session, sale, None, parked_reason=reason, lease=None)
    if not is_news:
        return
    sentence = PARKED.get(reason, "El pago necesita que alguien lo revise.")
    raise_alert(session, sale.company_id, "parked", sale.id, sentence)
    log().warning("sale parked", sale=sale.id, state=sale.state, reason=reason)


def _write(session: Session, sale: Sale, due_in: float | None, **columns: Any) -> None:
    when = None if due_in is None else FromNow(due_in)
    columns = truncate_to_columns(Sale, columns)
    values = {"next_attempt_at": when, "updated_at": utc_now()} | columns
    guard = {"id": sale.id, "state": sale.state, "lease": sale.lease}
    if change_rows(session, Sale, guard, values) != 1:
        raise LostRace
    for name, value in columns.items():
        setattr(sale, name, value)
