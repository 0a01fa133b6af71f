"""Name Conekta's published test tokens: any account's test key takes them, again and again."""

from __future__ import annotations

from portal.payments.trial_cards import TrialCard

TRIAL_CARDS = {
    TrialCard.GOOD: "tok_test_visa_4242",
    TrialCard.SECOND: "tok_test_mastercard_4444",
    TrialCard.THIRD: "tok_test_visa_1881",
    TrialCard.DECLINED: "tok_test_card_declined",
    TrialCard.NO_FUNDS: "tok_test_insufficient_funds",
}
