"""Test what outlives the process."""

from __future__ import annotations

import stat

from portal.sandbox.conekta import ConektaSandbox
from tests.sandbox.conekta.client import KEY, card


def test_a_restart_loses_nothing(tmp_path, connect):
    state = tmp_path / "instance" / "conekta.jsonl"
    with ConektaSandbox(state=state) as gateway:
        api = connect(gateway.url)
        orders = [api.open(), api.paid()]
        token, spent = gateway.mint(), gateway.mint()
        api.charge(orders[0], spent)
        api.done(f"/orders/{orders[0]['id']}/refunds", {"amount": 100, "reason": "other"})
        webhook = api.done("/webhooks", {"url": "http://127.0.0.1:9/none"})
        gone = api.done("/webhooks", {"url": "http://127.0.0.1:9/gone"})
        api.call("DELETE", f"/webhooks/{gone['id']}")
        key = api.done("/webhook_keys")
        before, events = gateway.orders(), len(gateway.events())
    with ConektaSandbox(state=state) as gateway:
        api = connect(gateway.url)
        assert gateway.orders() == gateway.orders(KEY) == before
        assert len(gateway.events()) == events
        assert [item["id"] for item in api.get("/webhooks")["data"]] == [webhook["id"]]
        assert [item["id"] for item in api.get("/webhook_keys")["data"]] == [key["id"]]
        api.refused(402, "/orders", {**_request(), "charges": [card(spent)]})
        assert api.open(charges=[card(token)])["payment_status"] == "paid"


def test_3ds_goes_on_after_a_restart(tmp_path, connect):
    state = tmp_path / "conekta.jsonl"
    with ConektaSandbox(state=state) as gateway:
        order = connect(gateway.url).open(charges=[card(gateway.mint("4000000000001091"))])
    with ConektaSandbox(state=state) as gateway:
        gateway.challenge(order["id"], passed=True)
        assert gateway.order(order["id"])["payment_status"] == "paid"


def test_half_a_line_at_the_end_is_passed_over(tmp_path, connect):
    state = tmp_path / "conekta.jsonl"
    with ConektaSandbox(state=state) as gateway:
        order = connect(gateway.url).paid()
    with state.open("ab") as file:
        file.write(b'["order", "ord_2half", {"id')
    with ConektaSandbox(state=state) as gateway:
        assert [found["id"] for found in gateway.orders()] == [order["id"]]
        connect(gateway.url).open()
    with ConektaSandbox(state=state) as gateway:
        assert len(gateway.orders()) == 2


def test_the_file_holds_no_key_and_no_card_number_and_is_the_owners(tmp_path, connect):
    state = tmp_path / "conekta.jsonl"
    with ConektaSandbox(state=state) as gateway:
        api = connect(gateway.url)
        number = "4242424242424242"
        body = {"number": number, "cvc": "987", "exp_month": "12", "exp_year": "30", "name": "Ana"}
        token = api.done("/tokens", {"card": body})["id"]
        api.open(charges=[card(token)])
    text = state.read_text()
    assert token in text
    assert KEY not in text
    assert number not in text
    assert "987" not in [part.strip('" ') for part in text.replace(":", ",").split(",")]
    assert stat.S_IMODE(state.stat().st_mode) == 0o600


def test_the_file_is_compacted_at_the_start(tmp_path, connect):
    state = tmp_path / "conekta.jsonl"
    with ConektaSandbox(state=state) as gateway:
        connect(gateway.url).paid()
    lines = len(state.read_bytes().splitlines())
    with ConektaSandbox(state=state):
        pass
    assert len(state.read_bytes().splitlines()) < lines


def _request():
    from tests.sandbox.conekta.client import order_request

    return order_request()
