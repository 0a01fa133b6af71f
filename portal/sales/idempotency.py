"""Know a purchase that is asked for again by its key, and see that it is the same."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.database import reading
from portal.models import Sale
from portal.sales.errors import KeyReused
from portal.sales.request import PurchaseRequest


def begun_before(order: PurchaseRequest) -> str | None:
    """Give the sale that this very purchase has led to, if it has. Raises KeyReused."""
    # Published test tokens name nothing, and no sale carries one as its key.
    key = order.key(live=True)
    if key is None:
        return None
    with reading() as session:
        return begun_as(session, order.router_id, key, order.digest())


def begun_as(session: Session, router_id: str, key: str, digest: str) -> str | None:
    """Give the same by the key that the sale carries, and the digest of what was asked for."""
    named = (Sale.router_id == router_id, Sale.idempotency_key == key)
    found = session.execute(select(Sale.id, Sale.request_digest).where(*named)).first()
    if found is None:
        return None
    if found.request_digest != digest:
        raise KeyReused
    sale_id: str = found.id
    return sale_id
