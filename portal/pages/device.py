"""What a device has here already, as far as its MAC address tells.

Anybody may claim a MAC address: so from it alone nobody learns a code, a name or an address,
and all that can be done is to connect that very device.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.database import reading
from portal.models import Access, Plan, Sale, utc_now
from portal.models.sale import UNDECIDED
from portal.pages.outcome import bank_url, seconds_left
from portal.sales.opening import can_grow


@dataclass(frozen=True)
class Known:
    """A device's purchase under way, and the access that stands in its name."""

    sale: Sale | None = None
    access: Access | None = None

    @property
    def is_paid(self) -> bool:
        """Whether the money of the purchase under way is in."""
        return self.sale is not None and self.sale.state == "paid"

    @property
    def bank_url(self) -> str | None:
        """Where the bank of that purchase waits for a word."""
        return bank_url(self.sale) if self.sale else None

    @property
    def left(self) -> float | None:
        """Seconds that remain of the access; None without a limit."""
        return seconds_left(self.access) if self.access else None

    def can_grow(self, plan: Plan) -> bool:
        """Whether what this plan gives is added to what is left."""
        return self.access is not None and can_grow(self.access, plan)


def known_device(router_id: str, mac: str | None) -> Known:
    """What this device has on this router."""
    if mac is None:
        return Known()
    with reading() as session:
        return Known(_under_way(session, router_id, mac), _standing(session, router_id, mac))


def _under_way(session: Session, router_id: str, mac: str) -> Sale | None:
    query = select(Sale).where(
        Sale.router_id == router_id,
        Sale.device == mac,
        Sale.state.in_((*UNDECIDED, "paid")),
    )
    return session.scalars(query.order_by(Sale.created_at.desc()).limit(1)).first()


def _standing(session: Session, router_id: str, mac: str) -> Access | None:
    """The one that lasts: without an end rather than the latest to end."""
    query = select(Access).where(
        Access.router_id == router_id,
        Access.mac == mac,
        Access.wanted == "enabled",
        or_(Access.expires_at.is_(None), Access.expires_at > utc_now()),
    )
    found = session.scalars(query.order_by(Access.created_at.desc())).all()
    return next((access for access in found if seconds_left(access) != 0.0), None)
