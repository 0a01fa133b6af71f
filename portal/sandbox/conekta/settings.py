"""Choose how the simulated Conekta behaves where the real one is known to go either way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from portal.sandbox.gateway.latency import Latency as Latency


class LaterChallenge(Enum):
    """Name what a later charge on an opened order does with a card that wants 3DS."""

    START = "start"
    SKIP = "skip"
    DECLINE = "decline"


@dataclass
class Behaviour:
    """Hold the choices that tests make.

    `decline_status` 402 or 200, `second_charge_status` 428 or 422; 200 charges an order
    twice. `force_three_ds` is antifraud asking every card for 3DS, `decline_every_card` banks that
    pay nothing. `wallets`: accounts may offer Apple Pay and Google Pay.
    `methods` are those that the account has besides cards, `cash_networks` the product types that
    cash gives a reference of. `plain_names` refuses buyers' names with signs that no name of
    western Europe has. `literal_newlines` gives PEMs with a written-out `\\n`. `local_webhooks`
    allows loopback addresses, which Conekta itself refuses.
    """

    decline_status: int = 402
    second_charge_status: int = 428
    later_challenge: LaterChallenge = LaterChallenge.START
    force_three_ds: bool = False
    decline_every_card: bool = False
    wallets: bool = True
    plain_names: bool = False
    methods: tuple[str, ...] = ("spei", "cash")
    cash_networks: tuple[str, ...] = ("cash_in", "bbva_cash_in")
    literal_newlines: bool = False
    local_webhooks: bool = True

    def __post_init__(self) -> None:
        self.methods, self.cash_networks = tuple(self.methods), tuple(self.cash_networks)
        self.later_challenge = LaterChallenge(self.later_challenge)
        if self.decline_status not in (402, 200):
            raise ValueError("decline_status is 402 or 200")
        if self.second_charge_status not in (428, 422, 200):
            raise ValueError("second_charge_status is 428, 422 or 200")
