"""Name what is asked of whoever issues invoices, and the answers there are.

A receipt is registered there for a sale, and its buyer makes an invoice of it at an address, with
a tax number that we never hear of. Every answer is a value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Invoiced:
    """Say what was sold: `amount` in centavos with the tax within, `vat_rate` in basis points.

    `reference` is our sale's id: asked for again with it, the same receipt is given. `payment_form`
    is the SAT's key (c_FormaPago) of how it was paid: 01 cash, 03 transfer, 04 credit card.
    """

    reference: str
    description: str
    amount: int
    currency: str
    vat_rate: int
    payment_form: str = "04"


@dataclass(frozen=True)
class Issued:
    """Say that the receipt is there: its buyer makes the invoice at `url`, until it expires."""

    receipt_id: str
    url: str
    expires_at: datetime | None


@dataclass(frozen=True)
class Withdrawn:
    """Say that nobody can make an invoice of the receipt any more."""


@dataclass(frozen=True)
class InvoiceRefused:
    """Say that it will not be done however often it is asked; `key_refused`: the key is why."""

    reason: str
    key_refused: bool = False


@dataclass(frozen=True)
class InvoiceUnknown:
    """Say that it may be done or not: ask again."""

    reason: str


class Invoicer(Protocol):
    """Act for one company's account. No method raises for what the network does.

    `timeout` is the seconds that the whole call may take.
    """

    def issue(self, sold: Invoiced, timeout: float) -> Issued | InvoiceRefused | InvoiceUnknown:
        """Register the receipt of a sale. May be repeated."""

    def withdraw(
        self, receipt_id: str, timeout: float
    ) -> Withdrawn | InvoiceRefused | InvoiceUnknown:
        """Cancel a receipt that no invoice was made of. May be repeated."""


@dataclass(frozen=True)
class InvoiceProvider:
    """Describe who issues invoices: `label` for people; `open` enters an account by its key."""

    label: str
    open: Callable[[str], Invoicer]
    close: Callable[[], None]
