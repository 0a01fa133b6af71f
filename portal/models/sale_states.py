"""Name a sale's states, and hold the moves between them as data."""

from __future__ import annotations

from enum import StrEnum


class SaleState(StrEnum):
    """Name where a sale stands, as the database, logs and metrics spell it."""

    OPENED = "opened"
    PREPARED = "prepared"
    CHARGING = "charging"
    PENDING = "pending"
    PAID = "paid"
    DELIVERED = "delivered"
    CANCELING = "canceling"
    CANCELED = "canceled"
    REFUNDING = "refunding"
    REFUNDED = "refunded"
    CHARGED_BACK = "charged_back"


class CancelReason(StrEnum):
    """Name why a sale ended without money.

    Declined or refused by the gateway, failed before the charge, abandoned by a request that
    died, expired undecided, replaced by another way to pay, returned by the operator's hand.
    """

    DECLINED = "declined"
    REFUSED = "refused"
    FAILED = "failed"
    ABANDONED = "abandoned"
    EXPIRED = "expired"
    REPLACED = "replaced"
    RETURNED = "returned"


class ParkReason(StrEnum):
    """Name why a sale waits for a person; what is not as agreed, the gateway's port names."""

    AMOUNT_MISMATCH = "amount_mismatch"
    CURRENCY_MISMATCH = "currency_mismatch"
    MODE_MISMATCH = "mode_mismatch"
    OTHER_PURCHASE = "other_purchase"
    STUCK = "stuck"
    KEY_LOST = "key_lost"


class SaleActor(StrEnum):
    """Name who works on a sale, as its history tells it."""

    REQUEST = "request"
    WORKER = "worker"
    WEBHOOK = "webhook"
    OPERATOR = "operator"
    CUSTOMER = "customer"


_S = SaleState
GRAPH: dict[str, frozenset[SaleState]] = {
    _S.OPENED: frozenset({_S.PREPARED, _S.CANCELING}),
    _S.PREPARED: frozenset({_S.CHARGING, _S.CANCELING}),
    _S.CHARGING: frozenset({_S.PAID, _S.PENDING, _S.CANCELING}),
    _S.PENDING: frozenset({_S.PAID, _S.CANCELING}),
    _S.CANCELING: frozenset({_S.CANCELED, _S.PAID, _S.PENDING}),
    _S.CANCELED: frozenset({_S.PAID}),
    _S.PAID: frozenset({_S.DELIVERED, _S.REFUNDING, _S.REFUNDED, _S.CHARGED_BACK}),
    _S.DELIVERED: frozenset({_S.REFUNDING, _S.REFUNDED, _S.CHARGED_BACK}),
    _S.REFUNDING: frozenset({_S.REFUNDED, _S.CHARGED_BACK, _S.DELIVERED}),
    _S.REFUNDED: frozenset(),
    _S.CHARGED_BACK: frozenset(),
}
UNCHARGED = frozenset({_S.OPENED, _S.PREPARED})
TRYING = (_S.OPENED, _S.PREPARED, _S.CHARGING)
UNDECIDED = (*TRYING, _S.PENDING)
ASKED = frozenset({_S.CHARGING, _S.PENDING})
GIVEN_UP = frozenset({_S.CANCELING, _S.CANCELED})
MONEY_IN = frozenset({_S.PAID, _S.DELIVERED, _S.REFUNDING})
MONEY_STANDS = frozenset({_S.PAID, _S.DELIVERED})
FINAL = (_S.DELIVERED, _S.CANCELED, _S.REFUNDED, _S.CHARGED_BACK)


class ForbiddenMove(Exception):
    """Say that the graph does not know a move: a mistake in the program."""
