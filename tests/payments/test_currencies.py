"""What amounts there are in each currency that a purchase can be made in."""

from __future__ import annotations

import pytest

from config import load_settings
from portal.payments.currencies import CURRENCIES, is_payable, small_amount
from portal.payments.mercadopago import amounts
from portal.payments.methods import Method
from portal.providers import PROVIDERS
from tests.support.shop import SECRETS


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_small_amount_is_payable(currency):
    assert is_payable(small_amount(currency), currency)
    assert not is_payable(0, currency)
    assert not is_payable(-100, currency)
    assert is_payable(150_050, currency) is (currency not in ("CLP", "COP"))


def test_a_currency_that_nobody_knows_has_none():
    assert not is_payable(5000, "EUR")
    assert small_amount("EUR") == small_amount("MXN")


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_s_currencies_and_terms_fit(name):
    provider = PROVIDERS[name](load_settings(SECRETS))
    assert provider.currencies <= set(CURRENCIES)
    assert set(provider.methods) == set(Method)
    for method, terms in provider.methods.items():
        assert terms.currency is None or terms.currency in provider.currencies
        assert 0 < terms.least < terms.most
        assert terms.refundable is (method is Method.CARD)
        assert (terms.longest.total_seconds() > 0) is (method is not Method.CARD)
    provider.close()


def test_mercado_pago_knows_its_seven_countries_money():
    named = set(amounts.CURRENCIES.values())
    assert named == {"MXN", "ARS", "COP", "CLP", "PEN", "UYU", "BRL"}
    assert named < set(CURRENCIES)
