"""Test what each refusal is about, as a table; and what is read of nested and broken ones."""

from __future__ import annotations

import pytest

from portal.payments.conekta.errors import read_error
from portal.payments.conekta.meanings import Meaning
from portal.payments.gateway import Customer
from portal.payments.plain_spelling import plain_name, plainer
from tests.payments.conekta.samples import SENTENCE, error

# Code, parameter, status and type, and what it is about.
TABLE = [
    ("processing.bank.declined", None, 402, "CARD"),
    ("processing.bank.insufficient_funds", None, 402, "CARD"),
    ("processing.charge.card_payment.suspicious_behaviour", None, 402, "CARD"),
    ("processing.charge.card_payment.declined_by_3ds", None, 402, "CARD"),
    ("parameter_validation.charge.international_card_not_allowed", None, 422, "CARD"),
    ("parameter_validation.charge.international_card_not_allowed", None, 402, "CARD"),
    ("parameter_validation.charge.rejected_by_risk", "charges[0].amount", 422, "CARD"),
    ("parameter_validation.charge.expired_cvv_dynamic", "token_id", 422, "CARD"),
    ("parameter_validation.card.forbidden_mcc", None, 422, "CARD"),
    ("parameter_validation.card.number", "card[card[number]]", 422, "CARD"),
    ("parameter_validation.card.name", "card[name]", 422, "CARD"),
    ("parameter_validation.combo.order.not_supported_card", None, 422, "CARD"),
    ("PARAMETER_VALIDATION.CARD.EXPIRED", None, 422, "CARD"),
    ("processing.tokenization.used", None, 402, "TOKEN"),
    ("parameter_validation.payment_method.token_id.nonexistent_token", None, 422, "TOKEN"),
    ("parameter_validation.token_id", None, 422, "TOKEN"),
    ("parameter_validation.x", "payment_method.token_id", 422, "TOKEN"),
    ("parameter_validation.charge.incorrect_livemode_of_token", "token_id", 422, "ACCOUNT"),
    ("parameter_validation.incorrect_livemode_of_token", None, 402, "ACCOUNT"),
    ("parameter_validation.charge.merchant_not_active", None, 422, "ACCOUNT"),
    ("authentication.missing_key", None, 422, "ACCOUNT"),
    ("parameter_validation.customer_info.name.format", "customer_info.name", 422, "BUYER"),
    ("parameter_validation.customer_info.email.format", None, 422, "BUYER"),
    ("parameter_validation.x", "customer_info.phone", 422, "BUYER"),
    ("parameter_validation.line_items.unit_price.minimum", None, 422, "PLAN"),
    ("parameter_validation.charges.amount", "charges[0].amount", 422, "PLAN"),
    ("parameter_validation.charge.amount", None, 422, "PLAN"),
    ("parameter_validation.currency.inclusion", None, 422, "PLAN"),
    ("parameter_validation.whitelist", "metadata.owner", 422, "REQUEST"),
    ("parameter_validation.never_seen", None, 422, "REQUEST"),
    (
        "precondition_required.combo.order.cannot_be_updated_because_has_charge",
        None,
        422,
        "CHARGED",
    ),
    ("parameter_validation.combo.order.has_charge", None, 422, "CHARGED"),
    ("precondition_required.never_seen", None, 402, "CHARGED"),
    ("something.never_seen", None, 422, "UNCLEAR"),
    ("something.never_seen", None, 402, "UNCLEAR"),
]


@pytest.mark.parametrize(("code", "param", "status", "meaning"), TABLE)
@pytest.mark.parametrize("depth", [0, 1, 2])
def test_what_a_refusal_is_about(code, param, status, meaning, depth):
    body = error(code, SENTENCE, **({"param": param} if param else {}))
    for _ in range(depth):
        body["details"] = [{"details": body["details"]}]
    found = read_error(body, status)
    assert (found.meaning.name, found.code, found.message) == (meaning, code, SENTENCE)


def test_an_unknown_code_with_the_type_of_a_decline_is_about_the_card():
    body = error("something.never_seen", type="processing_error")
    assert read_error(body, 402).meaning is Meaning.CARD
    assert read_error(body, 422).meaning is Meaning.UNCLEAR


# Of several details the one decides that leaves least for certain, whatever their order.
TOGETHER = [
    ("parameter_validation.customer_info.name", "precondition_required.x", "CHARGED"),
    (
        "parameter_validation.charge.x",
        "parameter_validation.incorrect_livemode_of_token",
        "ACCOUNT",
    ),
    ("parameter_validation.whitelist", "parameter_validation.charge.x", "CARD"),
    ("something.new", "parameter_validation.customer_info.name", "BUYER"),
]


@pytest.mark.parametrize(("one", "other", "meaning"), TOGETHER)
def test_several_at_once(one, other, meaning):
    for first, second in ((one, other), (other, one)):
        details = error(first)["details"] + error(second)["details"]
        assert read_error({"object": "error", "details": details}, 422).meaning.name == meaning


ENDLESS: dict = {}
ENDLESS["details"] = [ENDLESS]
BROKEN = {
    "no error": ({"object": "order"}, None),
    "no object": ([], None),
    "no details": ({"object": "error", "type": "api_error"}, "api_error"),
    "details are text": ({"object": "error", "details": "no"}, "unnamed"),
    "a detail is text": ({"object": "error", "details": ["no"]}, "unnamed"),
    "a code is a number": ({"object": "error", "details": [{"code": 7}]}, "unnamed"),
    "within itself": (ENDLESS, "unnamed"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_error_of_theirs_proves_nothing(name):
    body, code = BROKEN[name]
    found = read_error(body, 422)
    said = None if found is None else (found.code, found.meaning)
    assert said == (None if code is None else (code, Meaning.UNCLEAR))


NAMES = {
    "María García": "Maria Garcia",
    "Łukasz Żółć": "Lukasz Zolc",
    "Ελένη Παπαδοπούλου": "Eleni Papadopoulou",
    "Сергей Иванов": "Sergei Ivanov",
    "Søren Straße": "Soren Strasse",
    "José `Pepe` Pérez/López": "Jose Pepe Perez Lopez",
    "J. R. Núñez": "J. R. Nunez",
    "王小明": "Cliente",
    "😀": "Cliente",
    "": "Cliente",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_plainer_name(name):
    assert plain_name(name) == NAMES[name]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("name", Customer("Jose", "j@example.com", "+34 600")),
        ("phone", Customer("José", "j@example.com")),
        ("email", Customer("José", "j@example.com", "+34 600")),
        (None, Customer("Jose", "j@example.com")),
    ],
)
def test_only_what_was_refused_is_spelt_another_way(field, expected):
    assert plainer(Customer("José", "j@example.com", "+34 600"), field) == expected
