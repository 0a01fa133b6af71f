"""Other credentials for an access whose name is taken on its router."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from portal.access.credentials import NAME_DRAWS, draw_credentials
from portal.core.database import writing
from portal.models import Access
from portal.sales.context import SaleContext
from portal.sales.errors import PaymentUnavailable


def rename(context: SaleContext) -> None:
    """Draw other credentials: the router already has a user of this name, and it is not ours."""
    for _ in range(NAME_DRAWS):
        name, password = draw_credentials(context.access.kind, context.access.pin_digits)
        try:
            _store_name(context.access, name, password)
        except IntegrityError:
            continue
        return
    raise PaymentUnavailable


def _store_name(access: Access, name: str, password: str) -> None:
    access.name, access.password = name, password
    with writing() as session:
        stored = session.get_one(Access, access.id)
        stored.name, stored.password = name, password
