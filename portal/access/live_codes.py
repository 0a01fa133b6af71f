"""Count the codes that open something now, and how likely a guess is to be one of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from portal.access.desired_state import FEWEST_DIGITS
from portal.models import Access
from portal.models.access import AccessState

# Said as the index is, and not with values, so that it is used.
STANDING = text("(access.wanted != 'absent' OR access.actual != 'absent')")
# Whoever has seen a user's name has only its password of four digits to guess.
CHANCE_OF_PASSWORD = 1e-4


@dataclass(frozen=True)
class LiveCodes:
    """Hold how many PINs there are by their length, and how many users with a password."""

    pins: dict[int, int] = field(default_factory=dict)
    users: int = 0

    @property
    def count(self) -> int:
        """Tell how many codes there are."""
        return sum(self.pins.values()) + self.users

    @property
    def density(self) -> float:
        """Give the live PINs for each that could be drawn, of the length where they are densest."""
        return max((many / 10**digits for digits, many in self.pins.items()), default=0.0)

    @property
    def chance(self) -> float:
        """Tell how likely the best guess is right."""
        return max(self.density, CHANCE_OF_PASSWORD if self.users else 0.0)


def live_codes(session: Session, router_id: str) -> LiveCodes:
    """Count a router's live codes. Names are sealed, so records are counted and no code is read."""
    length = func.coalesce(Access.pin_digits, FEWEST_DIGITS)
    query = (
        select(Access.kind, length, func.count())
        .where(Access.router_id == router_id, STANDING, Access.wanted == AccessState.ENABLED)
        .group_by(Access.kind, length)
    )
    rows = session.execute(query).all()
    pins = {digits: many for kind, digits, many in rows if kind == "pin"}
    return LiveCodes(pins, sum(many for kind, _, many in rows if kind != "pin"))
