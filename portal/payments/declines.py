"""Name why a card was refused, in words that every gateway's own codes are read into."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum


class DeclineReason(StrEnum):
    """Say why a card was refused, as far as it tells the buyer what to do next."""

    INSUFFICIENT_FUNDS = "insufficient_funds"
    SECURITY_CODE = "security_code"
    EXPIRY_DATE = "expiry_date"
    CARD_DATA = "card_data"
    CALL_BANK = "call_bank"
    NOT_ACTIVE = "not_active"
    REPEATED = "repeated"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    AMOUNT_LIMIT = "amount_limit"
    NOT_AUTHENTICATED = "not_authenticated"
    NOT_ACCEPTED = "not_accepted"
    FOREIGN_CARD = "foreign_card"
    INSTALLMENTS = "installments"
    RISK = "risk"
    # The form's token was used, or is too old: nothing was asked of the bank.
    FORM_EXPIRED = "form_expired"
    # The bank gives no reason.
    NO_REASON = "no_reason"


def reason_of(said: str | None, table: Iterable[tuple[str, DeclineReason]]) -> DeclineReason | None:
    """Give the reason of the first pattern that is found in a gateway's code; None: unknown."""
    known = (reason for pattern, reason in table if said and re.search(pattern, said.lower()))
    return next(known, None)
