"""Note that a receipt went out."""

from __future__ import annotations

from sqlalchemy import update

from portal.core.database import writing
from portal.models import Sale, utc_now


def note_sent(sale_id: str) -> None:
    """Note that the sale's receipt was sent now, so that it is not sent by itself again."""
    _note(sale_id, "receipt_sent_at")


def note_told(sale_id: str) -> None:
    """Note the same of the e-mail that says how the sale is paid."""
    _note(sale_id, "instructions_sent_at")


def _note(sale_id: str, column: str) -> None:
    with writing() as session:
        session.execute(update(Sale).where(Sale.id == sale_id).values({column: utc_now()}))
