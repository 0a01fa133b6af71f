"""Test what each gateway's codes are read as, and that a buyer is told what to do about each."""

from __future__ import annotations

import pytest

from portal.core.i18n import CATALOGUES
from portal.payments.conekta import declines as conekta
from portal.payments.declines import DeclineReason as Reason
from portal.payments.mercadopago import declines as mercadopago
from portal.sales.decline_sentences import SENTENCES, decline_sentence

CONEKTA = {
    "processing.bank.insufficient_funds": Reason.INSUFFICIENT_FUNDS,
    "insufficient_funds": Reason.INSUFFICIENT_FUNDS,
    "processing.bank.declined": Reason.NO_REASON,
    "card_declined": Reason.NO_REASON,
    "msi_error": Reason.INSTALLMENTS,
    "processing.charge.card_payment.declined_by_3ds": Reason.NOT_AUTHENTICATED,
    "processing.charge.card_payment.suspicious_behaviour": Reason.RISK,
    "suspected_fraud": Reason.RISK,
    "restricted_card": Reason.CALL_BANK,
    "parameter_validation.charge.rejected_by_risk": Reason.RISK,
    "parameter_validation.charge.international_card_not_allowed": Reason.FOREIGN_CARD,
    "parameter_validation.charge.expired_cvv_dynamic": Reason.SECURITY_CODE,
    "parameter_validation.card.forbidden_mcc": Reason.NOT_ACCEPTED,
    "processing.tokenization.used": Reason.FORM_EXPIRED,
    "processing.moon.eclipsed": None,
    # Each holds a word that means something else beside another.
    "processing.bank.attempts_limit_exceeded": Reason.TOO_MANY_ATTEMPTS,
    "processing.network_token.insufficient_funds": Reason.INSUFFICIENT_FUNDS,
    "processing.charge.3ds_expired": Reason.NOT_AUTHENTICATED,
    "processing.charge.session_expired": None,
    "processing.bank.merchant_limit_exceeded": Reason.NO_REASON,
    "processing.charge.currency_not_supported": Reason.NO_REASON,
    "expired_card": Reason.EXPIRY_DATE,
    "processing.card.expired": Reason.EXPIRY_DATE,
    "parameter_validation.card.exp_month.invalid": Reason.EXPIRY_DATE,
    "parameter_validation.payment_method.token_id.expired": Reason.FORM_EXPIRED,
    None: None,
}
MERCADO_PAGO = {
    "insufficient_amount": Reason.INSUFFICIENT_FUNDS,
    "cc_rejected_insufficient_amount": Reason.INSUFFICIENT_FUNDS,
    "bad_filled_security_code": Reason.SECURITY_CODE,
    "bad_filled_date": Reason.EXPIRY_DATE,
    "bad_filled_other": Reason.CARD_DATA,
    "rejected_call_for_authorize": Reason.CALL_BANK,
    "card_disabled": Reason.NOT_ACTIVE,
    "cc_rejected_duplicated_payment": Reason.REPEATED,
    "max_attempts_exceeded": Reason.TOO_MANY_ATTEMPTS,
    "card_amount_limit_exceeded": Reason.AMOUNT_LIMIT,
    "rejected_high_risk": Reason.RISK,
    "processing_error": Reason.NO_REASON,
    None: Reason.NO_REASON,
}


@pytest.mark.parametrize("code", CONEKTA)
def test_what_conekta_says(code: str | None) -> None:
    assert conekta.decline_reason(code) is CONEKTA[code]


@pytest.mark.parametrize("detail", MERCADO_PAGO)
def test_what_mercado_pago_says(detail: str | None) -> None:
    assert mercadopago.decline_reason(detail) is MERCADO_PAGO[detail]


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_sentence_in_both_languages(reason: Reason) -> None:
    sentence = SENTENCES[reason]
    assert decline_sentence(reason, "what the gateway says") == sentence
    said = (CATALOGUES / "en.po").read_text().replace('"\n"', "")
    assert f'msgid "{sentence}"' in said


def test_a_reason_that_nobody_knows_leaves_the_gateway_s_own_words() -> None:
    assert decline_sentence(None, "what the gateway says") == "what the gateway says"
    assert decline_sentence("of a newer build", None) is None
