"""Hold what was taken in some stretch of time, and add it up."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Takings:
    """Sum charges and what went back, in centavos of one currency.

    `sales` and `charged` are of the money that came in then, whatever became of it; `refunded` of
    what went back then, refunds and chargebacks. The `vat` of each is within it. `fees` is what
    the gateway kept of `fees_told` sales: of the others it told nothing.
    """

    sales: int = 0
    charged: int = 0
    charged_vat: int = 0
    refunds: int = 0
    refunded: int = 0
    refunded_vat: int = 0
    fees: int = 0
    fees_told: int = 0

    def __add__(self, other: Takings) -> Takings:
        """Sum two stretches."""
        return Takings(*(getattr(self, name) + getattr(other, name) for name in NAMES))

    @property
    def net(self) -> int:
        """Give what stayed, before the gateway's fee."""
        return self.charged - self.refunded

    @property
    def vat(self) -> int:
        """Give the tax within what stayed."""
        return self.charged_vat - self.refunded_vat


NAMES = tuple(field.name for field in fields(Takings))
NOTHING = Takings()
