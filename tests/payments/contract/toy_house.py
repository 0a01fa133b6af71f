"""The tests' own provider, which has no sandbox: its bank stands in this process."""

from __future__ import annotations

from portal.payments.gateway import Credentials
from tests.payments.toy import TOY, ToyBank, ToyGateway


class ToyHouse:
    """What the contract's tests need of it; nothing at it ever goes wrong."""

    key = "toy_contract_key"

    def __init__(self) -> None:
        self.bank = ToyBank()
        self.sandbox = self

    def gateway(self) -> ToyGateway:
        return ToyGateway(Credentials(TOY, self.key, live=False), self.bank)

    def money(self, order_id: str) -> int:
        return self.bank.orders[order_id].amount_paid or 0

    def given_back(self, order_id: str) -> int:
        return self.bank.orders[order_id].amount_refunded

    def pay(self, order_id: str, centavos: int | None = None) -> None:
        self.bank.pay(order_id, centavos)

    def expire(self, order_id: str) -> None:
        self.bank.expire(order_id)

    def heal(self) -> None:
        pass

    def accept(self, key: str) -> None:
        pass
