"""Read why Conekta refused a card: a detail's code, or the `failure_code` of a charge.

Codes are those of its API reference, of its published examples and of the errors that its own
checkout shows to buyers.
"""

from __future__ import annotations

from functools import partial

from portal.payments.declines import DeclineReason, reason_of

TABLE = (
    (r"token", DeclineReason.FORM_EXPIRED),
    (r"insufficient_funds", DeclineReason.INSUFFICIENT_FUNDS),
    (r"cvc|cvv|security_code", DeclineReason.SECURITY_CODE),
    (r"expired_card|card_expired|exp_(month|year)|expir", DeclineReason.EXPIRY_DATE),
    (r"3ds|authenticat", DeclineReason.NOT_AUTHENTICATED),
    (r"msi|installment", DeclineReason.INSTALLMENTS),
    (r"international", DeclineReason.FOREIGN_CARD),
    (r"risk|fraud|suspicious", DeclineReason.RISK),
    (r"restricted_card|call_issuer|contact_(bank|issuer)", DeclineReason.CALL_BANK),
    (r"(amount|exceeds?|card|purchase)_?limit|limit_exceeded", DeclineReason.AMOUNT_LIMIT),
    (r"attempts|tries", DeclineReason.TOO_MANY_ATTEMPTS),
    (r"forbidden_mcc|not_(allowed|accepted|supported)|unsupported", DeclineReason.NOT_ACCEPTED),
    (r"invalid_(number|card)|card\.number|luhn", DeclineReason.CARD_DATA),
    (r"declined|do_not_honor", DeclineReason.NO_REASON),
)

decline_reason = partial(reason_of, table=TABLE)
