"""Tell the server's side of L2TP who may dial in."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select

from portal.core.database import reading
from portal.models import DialIn, Tunnel


@dataclass(frozen=True)
class L2tpUser:
    """Name a router that dials in by L2TP, its password, and the address that it is given."""

    router_id: str
    secret: str = field(repr=False)
    address: str


def l2tp_users() -> list[L2tpUser]:
    """List the routers that dial in by L2TP, of all companies. Raises VaultError."""
    query = select(Tunnel).where(Tunnel.router_id.is_not(None), Tunnel.kind == DialIn.L2TP)
    with reading() as session:
        found = session.scalars(query.order_by(Tunnel.created_at, Tunnel.id)).all()
    return [L2tpUser(str(one.router_id), one.secret or "", one.address) for one in found]
