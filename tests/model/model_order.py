"""Say what a gateway knows of an order, and what it does with it. There is no Portal in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

PRICE = 2000
GATEWAYS = CONEKTA, MERCADO_PAGO = "conekta", "mercadopago"


class Means(Enum):
    """How it is paid: by a card, of which the bank says something, or later and elsewhere."""

    GOOD = "good"
    DECLINED = "declined"
    ASKED = "asked"
    UNKNOWN = "unknown"
    TRANSFER = "spei"
    CASH = "efectivo"


DEFERRED = (Means.TRANSFER, Means.CASH)


class Money(Enum):
    """An order at the gateway, as Conekta's `payment_status` says it; NONE: there is no order."""

    NONE = "none"
    OPEN = "open"
    WAITING = "pending_payment"
    DECLINED = "declined"
    CLOSED = "closed"
    TAKEN = "paid"
    BACK = "refunded"
    CHARGED_BACK = "charged_back"


AFTER_CHARGE = {
    Means.GOOD: Money.TAKEN,
    Means.DECLINED: Money.DECLINED,
    Means.ASKED: Money.WAITING,
    Means.UNKNOWN: Money.OPEN,
    Means.TRANSFER: Money.WAITING,
    Means.CASH: Money.WAITING,
}
# Whom an answer to the charge alone tells nothing: the order has to be looked at.
SAID_BY_ORDER_ALONE = {
    CONEKTA: (Means.ASKED,),
    MERCADO_PAGO: (Means.TRANSFER, Means.CASH),
}


@dataclass(eq=False)
class Order:
    """What the gateway knows. `is_wrong`: it took another amount than was asked for.

    `is_old`: the money has been there for too long to be given back. `part` is what the
    operator gave back in the gateway's panel, `came` what came by transfer or in cash, in
    centavos; `has_reference`: the buyer can be told where to pay.
    """

    gateway: str
    means: Means
    money: Money = Money.NONE
    is_wrong: bool = False
    is_old: bool = False
    part: int = 0
    came: int = 0
    has_reference: bool = False

    @property
    def is_deferred(self) -> bool:
        """Whether it is paid later and elsewhere."""
        return self.means in DEFERRED

    def charge(self) -> None:
        """Money is asked for, where the order can still be charged."""
        if self.money in (Money.OPEN, Money.DECLINED):
            self.money = AFTER_CHARGE[self.means]
            self.has_reference = self.is_deferred

    def receive(self, amount: int) -> None:
        """So many centavos come; Conekta waits for the rest, Mercado Pago takes any for all."""
        self.came += amount
        if self.gateway == MERCADO_PAGO or self.came >= PRICE:
            self.money = Money.TAKEN

    def cancel(self) -> bool:
        """Close what is not paid; whether that could be done."""
        closable = [Money.OPEN, Money.WAITING]
        closable += [Money.DECLINED] if self.gateway == CONEKTA else []
        could = self.money in closable
        self.money = Money.CLOSED if could else self.money
        return could

    def refund(self) -> bool:
        """Give the whole back; whether that could be done."""
        could = self.money is Money.TAKEN and not self.part and not self.is_old
        self.money = Money.BACK if could else self.money
        return could
