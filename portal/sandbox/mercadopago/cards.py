"""List Mercado Pago's test cards for Mexico, names that decide over them, and what banks say.

Its documentation's: the number tells the brand, the holder's name what becomes of the payment.
"""

from __future__ import annotations

from enum import Enum


class Outcome(Enum):
    """Name what the bank says: the status detail of the payment."""

    PAID = "accredited"
    IN_REVIEW = "pending_review_manual"
    CHALLENGE = "pending_challenge"
    OTHER = "rejected_by_issuer"
    INSUFFICIENT_FUNDS = "insufficient_amount"
    CALL = "required_call_for_authorize"
    SECURITY_CODE = "bad_filled_security_code"
    EXPIRED = "bad_filled_date"
    BAD_DATA = "bad_filled_card_data"


BRANDS = {
    "5474925432670366": "master",
    "4075595716483764": "visa",
    "371180303257522": "amex",
    "4915112055246507": "debvisa",
    "5579053461482647": "debmaster",
}
NAMES = {
    "APRO": Outcome.PAID,
    "CONT": Outcome.IN_REVIEW,
    "3DS": Outcome.CHALLENGE,
    "OTHE": Outcome.OTHER,
    "FUND": Outcome.INSUFFICIENT_FUNDS,
    "CALL": Outcome.CALL,
    "SECU": Outcome.SECURITY_CODE,
    "EXPI": Outcome.EXPIRED,
    "FORM": Outcome.BAD_DATA,
}
CARDS = frozenset({"visa", "master", "amex", "debvisa", "debmaster"})
CHALLENGE_FAILED = "rejected_by_3ds_challenge"
UNDECIDED = (Outcome.IN_REVIEW, Outcome.CHALLENGE)
