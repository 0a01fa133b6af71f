"""Give codes of a filled batch names that can be read, as those that were drawn have."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from portal.core.database import writing
from portal.models import Access, Voucher


def name_codes(app: Flask, batch_id: str) -> None:
    """Name all codes of the batch by their numbers."""
    query = (
        select(Access, Voucher.number)
        .join(Voucher, Voucher.access_id == Access.id)
        .where(Voucher.batch_id == batch_id)
    )
    with app.app_context(), writing() as session:
        for access, number in session.execute(query):
            access.name = f"99{number:04}"
