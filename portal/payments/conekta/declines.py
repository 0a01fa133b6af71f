"""Read why Conekta refused a card: a detail's code, or the `failure_code` of a charge.

Codes are those of its API reference, of its published examples and of the errors that its own
checkout shows to buyers.
"""

from __future__ import annotations

from functools import partial

from portal.payments.declines import DeclineReason, reason_of

TABLE = (
    # It names what the operator has at the bank, whatever else it names: no card is at fault.
    (r"merchant|company|currency", DeclineReason.NO_REASON),
    (r"insufficient_funds", DeclineReason.INSUFFICIENT_FUNDS),
    (r"token", DeclineReason.FORM_EXPIRED),
    (r"cvc|cvv|security_code", DeclineReason.SECURITY_CODE),
    # What has run out with these is the time to confirm, and not the card.
    (r"3ds|authenticat", DeclineReason.NOT_AUTHENTICATED),
    (r"expired_card|card[._]expired|exp_(month|year)|expir(y|ation)", DeclineReason.EXPIRY_DATE),
    (r"msi|installment", DeclineReason.INSTALLMENTS),
    (r"international", DeclineReason.FOREIGN_CARD),
    (r"risk|fraud|suspicious", DeclineReason.RISK),
    (r"restricted_card|call_issuer|contact_(bank|issuer)", DeclineReason.CALL_BANK),
    (r"attempts|tries|retry", DeclineReason.TOO_MANY_ATTEMPTS),
    (r"(amount|exceeds?|card|purchase)_?limit|limit_exceeded", DeclineReason.AMOUNT_LIMIT),
    (r"forbidden_mcc|not_(allowed|accepted|supported)|unsupported", DeclineReason.NOT_ACCEPTED),
    (r"invalid_(number|card)|card\.number|luhn", DeclineReason.CARD_DATA),
    (r"declined|do_not_honor", DeclineReason.NO_REASON),
)

decline_reason = partial(reason_of, table=TABLE)
