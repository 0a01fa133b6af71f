"""List Conekta's published test cards and test tokens, and what becomes of a charge on each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from portal.sandbox.conekta.server.errors import Text


class Outcome(Enum):
    """Name what the issuing bank says."""

    PAID = "paid"
    DECLINED = "card_declined"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    MSI_ERROR = "msi_error"
    FRICTIONLESS = "frictionless"
    CHALLENGE = "challenge"


@dataclass(frozen=True)
class Decline:
    """Hold why there is no money: `code` goes with a 402, `failure` into the charge."""

    code: str
    failure: str
    text: Text


DECLINES = {
    Outcome.DECLINED: Decline(
        "processing.bank.declined",
        "card_declined",
        Text(
            "La tarjeta ingresada ha sido declinada. Por favor intenta con otro método de pago.",
            "The card has been declined. Please try another payment method.",
        ),
    ),
    Outcome.INSUFFICIENT_FUNDS: Decline(
        "processing.bank.insufficient_funds",
        "insufficient_funds",
        Text(
            "Tu tarjeta no tiene fondos suficientes. Intenta con otro método de pago.",
            "The card has insufficient funds. Please try another payment method.",
        ),
    ),
    Outcome.MSI_ERROR: Decline(
        "processing.bank.declined",
        "msi_error",
        Text(
            "Tu tarjeta no acepta pagos a meses sin intereses.",
            "The card does not accept monthly installments.",
        ),
    ),
}
CHALLENGE_FAILED = Decline(
    "processing.charge.card_payment.declined_by_3ds",
    "declined_by_3ds",
    Text(
        "La autenticación de tu tarjeta no fue exitosa. Intenta con otro método de pago.",
        "The card could not be authenticated. Please try another payment method.",
    ),
)


@dataclass(frozen=True)
class Card:
    """Hold what may be known of a card: never its number."""

    brand: str
    last4: str
    outcome: Outcome = Outcome.PAID
    name: str = "Cliente de prueba"
    exp_month: str = "12"
    exp_year: str = "30"


TEST_TOKENS = {
    "tok_test_visa_4242": Card("visa", "4242"),
    "tok_test_visa_1881": Card("visa", "1881"),
    "tok_test_mastercard_4444": Card("mastercard", "4444"),
    "tok_test_mastercard_5100": Card("mastercard", "5100"),
    "tok_test_amex_0005": Card("american_express", "0005"),
    "tok_test_amex_8431": Card("american_express", "8431"),
    "tok_test_card_declined": Card("visa", "0002", Outcome.DECLINED),
    "tok_test_insufficient_funds": Card("visa", "0127", Outcome.INSUFFICIENT_FUNDS),
    "tok_test_msi_error": Card("visa", "0119", Outcome.MSI_ERROR),
}

TEST_NUMBERS = {
    "4242424242424242": TEST_TOKENS["tok_test_visa_4242"],
    "4012888888881881": TEST_TOKENS["tok_test_visa_1881"],
    "5555555555554444": TEST_TOKENS["tok_test_mastercard_4444"],
    "5105105105105100": TEST_TOKENS["tok_test_mastercard_5100"],
    "378282246310005": TEST_TOKENS["tok_test_amex_0005"],
    "371449635398431": TEST_TOKENS["tok_test_amex_8431"],
    "4000000000000002": TEST_TOKENS["tok_test_card_declined"],
    "4000000000000127": TEST_TOKENS["tok_test_insufficient_funds"],
    "4000000000002701": Card("visa", "2701", Outcome.FRICTIONLESS),
    "4000000000001091": Card("visa", "1091", Outcome.CHALLENGE),
}
