"""Note that a receipt went out."""

from __future__ import annotations

from sqlalchemy import update

from portal.core.database import writing
from portal.models import Sale, utc_now


def note_sent(sale_id: str) -> None:
    """Note that the sale's receipt was sent now, so that it is not sent by itself again."""
    with writing() as session:
        session.execute(update(Sale).where(Sale.id == sale_id).values(receipt_sent_at=utc_now()))
