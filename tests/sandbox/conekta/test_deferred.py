"""Test charges that are paid elsewhere: references, money, and the end of the time to pay."""

from __future__ import annotations

import pytest
import requests
from barcode.charsets import code128

from portal.sandbox.gateway import barcodes
from tests.support.patience import PATIENCE

HOUR = 3600


def opened(api, method, **details):
    return api.open(charges=[{"payment_method": {"type": method, **details}}])


def charges(api, order):
    return api.look_up(order)["charges"]["data"]


def test_cash_has_one_reference_a_network(api, gateway):
    listed = charges(api, opened(api, "cash"))
    methods = [charge["payment_method"] for charge in listed]
    assert [method["product_type"] for method in methods] == ["cash_in", "bbva_cash_in"]
    assert len({method["reference"] for method in methods}) == 2
    assert [method.get("agreement") for method in methods] == [None, "2409526"]
    gateway.behave(cash_networks=["bbva_cash_in"])
    assert len(charges(api, opened(api, "cash"))) == 1


def test_the_picture_of_a_reference_is_its_bar_code(api):
    (method, _) = (charge["payment_method"] for charge in charges(api, opened(api, "cash")))
    answer = requests.get(method["barcode_url"], timeout=PATIENCE)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.content == barcodes.picture(method["reference"])
    assert requests.get(api.url + "/barcodes/x.png", timeout=PATIENCE).status_code == 404
    # The same bars as the library that our printers' tests use draws.
    ours = "".join("10"[white] for white in barcodes.modules("93000262"))
    pairs = [105, 93, 0, 2, 62]
    pairs.append((105 + sum(place * pair for place, pair in enumerate(pairs[1:], 1))) % 103)
    assert ours.strip("0") == "".join(code128.CODES[pair] for pair in pairs) + code128.STOP + "11"


def test_a_clabe_checks_itself(api):
    (charge,) = charges(api, opened(api, "spei"))
    digits = [int(digit) for digit in charge["payment_method"]["clabe"]]
    weighed = [digit * (3, 7, 1)[place % 3] % 10 for place, digit in enumerate(digits[:17])]
    assert digits[17] == -sum(weighed) % 10


@pytest.mark.parametrize(
    ("method", "network", "fee"),
    [("spei", None, 1450), ("cash", "cash_in", 226), ("cash", "bbva_cash_in", 168)],
)
def test_money_comes_at_one_network_with_its_own_fee(api, gateway, method, network, fee):
    order = opened(api, method)
    gateway.pay(order["id"], network=network)
    assert api.look_up(order)["payment_status"] == "paid"
    (paid,) = (charge for charge in charges(api, order) if charge["status"] == "paid")
    assert (paid["amount"], paid["fee"]) == (5000, fee)
    told = [event["type"] for event in gateway.events()]
    assert told[-2:] == ["order.paid", "charge.paid"]


def test_too_little_leaves_the_order_waiting(api, gateway):
    order = opened(api, "spei")
    gateway.pay(order["id"], 4900)
    assert api.look_up(order)["payment_status"] == "pending_payment"
    assert gateway.events()[-1]["type"] == "charge.paid"
    gateway.pay(order["id"], 100)
    assert api.look_up(order)["payment_status"] == "paid"
    assert [charge["amount"] for charge in charges(api, order)] == [4900, 100]


@pytest.mark.parametrize("method", ["spei", "cash"])
def test_it_can_be_paid_twice(api, gateway, method):
    order = opened(api, method)
    for _ in range(2):
        gateway.pay(order["id"])
    assert [charge["amount"] for charge in charges(api, order)] == [5000, 5000]
    assert {charge["status"] for charge in charges(api, order)} == {"paid"}


@pytest.mark.parametrize("method", ["spei", "cash"])
def test_its_time_ends_by_the_clock_and_is_told(api, gateway, method):
    order = opened(api, method)
    gateway.advance(3 * 24 * HOUR + 1)
    assert api.look_up(order)["payment_status"] == "expired"
    assert {charge["status"] for charge in charges(api, order)} == {"expired"}
    told = [event["type"] for event in gateway.events()]
    assert told[-len(charges(api, order)) - 1] == "order.expired"
    assert told[-1] == "charge.expired"
    gateway.pay(order["id"])
    assert api.look_up(order)["payment_status"] == "paid"


def test_what_cannot_be_is_refused(api, gateway):
    past = {"payment_method": {"type": "spei", "expires_at": 1600000000}}
    api.refused(422, f"/orders/{api.open()['id']}/charges", past)
    gateway.behave(methods=["spei"])
    cash = {"payment_method": {"type": "cash"}}
    body = api.refused(422, f"/orders/{api.open()['id']}/charges", cash)
    assert body["details"][0]["code"].endswith("charge.payment_method.not_active")
    with pytest.raises(ValueError, match="network"):
        gateway.pay(opened(api, "spei")["id"], network="cash_in")
    with pytest.raises(ValueError, match="outside"):
        gateway.pay(api.open()["id"], 1)
