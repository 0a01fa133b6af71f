"""Read why Mercado Pago refused a card: it tells a word, and no sentence."""

from __future__ import annotations

from portal.payments.declines import DeclineReason, reason_of

# The orders' details and, of its payments of before, those that begin with `cc_rejected_`. They
# come with that prefix or without it; the first pattern that is found counts.
TABLE = (
    (r"insufficient_(amount|funds)", DeclineReason.INSUFFICIENT_FUNDS),
    (
        r"bad_filled_security_code|invalid_security_code|bad_filled_card_data.*cvv",
        DeclineReason.SECURITY_CODE,
    ),
    (r"bad_filled_date|invalid_expiration|card_expired", DeclineReason.EXPIRY_DATE),
    (r"bad_filled|invalid_card_number|invalid_card_token", DeclineReason.CARD_DATA),
    (r"call_for_authorize", DeclineReason.CALL_BANK),
    (r"card_disabled", DeclineReason.NOT_ACTIVE),
    (r"duplicated_payment", DeclineReason.REPEATED),
    (r"max_attempts", DeclineReason.TOO_MANY_ATTEMPTS),
    (r"amount_limit", DeclineReason.AMOUNT_LIMIT),
    (r"challenge|3ds|authentication", DeclineReason.NOT_AUTHENTICATED),
    (r"high_risk|blacklist|fraud|regulations", DeclineReason.RISK),
    (r"type_not_allowed|brand|unsupported", DeclineReason.NOT_ACCEPTED),
)


def decline_reason(detail: str | None) -> DeclineReason:
    """Give why a card was refused, as a status detail says it; it never has other words for it."""
    return reason_of(detail, TABLE) or DeclineReason.NO_REASON
