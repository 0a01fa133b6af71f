"""Test 3DS, in both forms, with its page."""

from __future__ import annotations

import pytest
import requests

from tests.sandbox.conekta.client import card, order_request
from tests.support.patience import PATIENCE

CHALLENGE = "4000000000001091"
FRICTIONLESS = "4000000000002701"
RETURN = "https://portal.example.mx/3ds/return?venta=1"


@pytest.fixture
def challenged(api, gateway):
    """An order that waits for 3DS, opened with its charge."""
    return api.open(charges=[card(gateway.mint(CHALLENGE))], return_url=RETURN)


def page_of(order):
    return order["next_action"]["redirect_to_url"]["url"]


def enter(order, **fields):
    return requests.post(page_of(order), data=fields, allow_redirects=False, timeout=PATIENCE)


def test_an_order_that_waits_for_3ds_shows_no_charge(api, challenged):
    assert challenged["payment_status"] == "pending_payment"
    assert challenged["charges"] is None
    assert challenged["next_action"]["type"] == "redirect_to_url"
    assert challenged["next_action"]["redirect_to_url"]["return_url"] == RETURN
    assert api.look_up(challenged) == challenged


def test_the_right_code_pays_and_leads_back(api, challenged):
    page = requests.get(page_of(challenged), timeout=PATIENCE)
    assert page.status_code == 200
    assert "50.00 MXN" in page.text
    back = enter(challenged, code="1234")
    assert (back.status_code, back.headers["Location"]) == (303, RETURN)
    paid = api.look_up(challenged)
    assert paid["payment_status"] == "paid"
    assert paid["charges"]["data"][0]["status"] == "paid"
    assert "next_action" not in paid


@pytest.mark.parametrize("fields", [{"code": "0000"}, {"code": ""}, {"cancel": "1"}])
def test_anything_else_declines(api, challenged, fields):
    assert enter(challenged, **fields).status_code == 303
    declined = api.look_up(challenged)
    assert declined["payment_status"] == "declined"
    assert "next_action" not in declined


def test_a_page_is_good_once(api, challenged):
    enter(challenged, code="1234")
    assert enter(challenged, code="0000").status_code == 404
    assert api.look_up(challenged)["payment_status"] == "paid"


def test_without_a_return_url_the_page_says_how_it_went(api, gateway):
    order = api.open(charges=[card(gateway.mint(CHALLENGE))])
    assert "return_url" not in order["next_action"]["redirect_to_url"]
    assert "aprobada" in enter(order, code="1234").text


def test_a_canceled_order_waits_for_no_code(api, challenged):
    assert api.done(f"/orders/{challenged['id']}/cancel")["payment_status"] == "canceled"
    assert enter(challenged, code="1234").status_code == 404
    assert api.look_up(challenged)["payment_status"] == "canceled"


def test_a_later_charge_starts_3ds_at_its_order(api, gateway):
    order = api.open(return_url=RETURN)
    charge = api.charge(order, gateway.mint(CHALLENGE))
    assert charge["status"] == "pending_payment"
    assert "next_action" not in charge
    waiting = api.look_up(order)
    assert waiting["payment_status"] == "pending_payment"
    api.refused(428, f"/orders/{order['id']}/charges", card())
    enter(waiting, code="1234")
    (paid,) = api.look_up(order)["charges"]["data"]
    assert (paid["id"], paid["status"]) == (charge["id"], "paid")


def test_a_later_charge_may_skip_3ds(api, gateway):
    gateway.behave(later_challenge="skip")
    assert api.charge(api.open(), gateway.mint(CHALLENGE))["status"] == "paid"


def test_a_later_charge_may_be_declined_for_want_of_3ds(api, gateway):
    gateway.behave(later_challenge="decline")
    order = api.open()
    token = gateway.mint(CHALLENGE)
    body = api.refused(402, f"/orders/{order['id']}/charges", card(token))
    assert body["details"][0]["code"].endswith("declined_by_3ds")


def test_a_frictionless_card_is_paid_at_once(api, gateway):
    gateway.behave(force_three_ds=True)
    order = api.open(charges=[card(gateway.mint(FRICTIONLESS))], three_ds_mode="strict")
    assert order["payment_status"] == "paid"


@pytest.mark.parametrize(
    ("forced", "mode", "status"),
    [
        (False, None, "paid"),
        (False, "smart", "paid"),
        (False, "not_strict", "paid"),
        (False, "strict", "pending_payment"),
        (True, None, "pending_payment"),
    ],
)
def test_when_an_ordinary_card_is_challenged(api, gateway, forced, mode, status):
    gateway.behave(force_three_ds=forced)
    opened = api.done("/orders", order_request(charges=[card()], three_ds_mode=mode))
    assert opened["payment_status"] == status


def test_a_buyer_without_a_browser(api, gateway, challenged):
    gateway.challenge(challenged["id"], passed=True)
    assert api.look_up(challenged)["payment_status"] == "paid"
    with pytest.raises(ValueError, match="does not wait"):
        gateway.challenge(challenged["id"], passed=True)
