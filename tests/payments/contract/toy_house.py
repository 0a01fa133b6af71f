"""The tests' own provider, which has no sandbox: its bank stands in this process."""

from __future__ import annotations

from typing import Any

from portal.payments.gateway import Credentials
from tests.payments.toy import TOY, ToyGateway
from tests.payments.toy_bank import HOST, ToyBank


class ToyHouse:
    """What the contract's tests need of it, as its sandbox too; nothing at it ever goes wrong."""

    key = "toy_contract_key"
    url = f"https://{HOST}"

    def __init__(self) -> None:
        self.bank = ToyBank()
        self.sandbox = self
        self.pay, self.expire = self.bank.pay, self.bank.expire
        self.challenge, self.charge_back = self.bank.challenge, self.bank.charge_back
        self.refund_outside, self.card = self.bank.give_back, self.bank.mint

    def gateway(self, *, key: str = key) -> ToyGateway:
        return ToyGateway(Credentials(TOY, key, live=False), self.bank)

    def money(self, order_id: str) -> int:
        return self.bank.money.get(order_id, 0)

    def given_back(self, order_id: str) -> int:
        return self.bank.orders[order_id].amount_refunded

    def alter_amount(self, order_id: str, centavos: int) -> None:
        self.bank.now(order_id, amount=centavos)

    def behave(self, **choices: Any) -> None:
        pass

    def heal(self) -> None:
        pass

    def accept(self, key: str) -> None:
        pass
