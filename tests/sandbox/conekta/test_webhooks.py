"""Test subscriptions, signatures and deliveries."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from portal.sandbox.conekta import ConektaSandbox
from tests.sandbox.conekta import contract
from tests.sandbox.conekta.client import card
from tests.support import reference


@pytest.fixture
def subscribed(api, receiver):
    return api.done("/webhooks", {"url": receiver.url})


def types_of(deliveries):
    return [delivery.event["type"] for delivery in deliveries]


def verify(pem, delivery):
    key = load_pem_public_key(pem.encode())
    key.verify(base64.b64decode(delivery.digest), delivery.body, PKCS1v15(), SHA256())


def test_a_payment_tells_its_story(api, subscribed, receiver):
    order = api.open()
    api.charge(order)
    events = [delivery.event for delivery in receiver.take(3)]
    found = {event["type"]: event["data"]["object"] for event in events}
    assert set(found) == {"order.created", "order.paid", "charge.paid"}
    assert found["order.paid"]["id"] == order["id"]
    assert found["order.paid"]["payment_status"] == "paid"
    assert "payment_status" not in found["order.created"]
    assert found["charge.paid"]["order_id"] == order["id"]
    assert all(event["livemode"] is False for event in events)
    if reference.folder().is_dir():
        assert [fault for e in events for fault in contract.complaints("event_response", e)] == []


def test_deliveries_are_signed_with_the_newest_active_key(api, gateway, subscribed, receiver):
    old = api.done("/webhook_keys")
    new = api.done("/webhook_keys", {"active": True})
    assert "public_key" not in api.get(f"/webhook_keys/{new['id']}")
    order = api.open()
    delivery = receiver.next()
    verify(new["public_key"], delivery)
    with pytest.raises(InvalidSignature):
        verify(old["public_key"], delivery)
    api.call("PUT", f"/webhook_keys/{new['id']}", json={"active": False})
    api.done(f"/orders/{order['id']}/cancel")
    verify(old["public_key"], receiver.next())
    assert api.call("DELETE", f"/webhook_keys/{old['id']}").json()["deleted"] is True
    api.open()
    assert receiver.next().digest is None
    assert [key["id"] for key in api.get("/webhook_keys")["data"]] == [new["id"]]


def test_a_pem_may_have_its_newlines_written_out(api, gateway):
    gateway.behave(literal_newlines=True)
    pem = api.done("/webhook_keys")["public_key"]
    assert "\n" not in pem
    assert load_pem_public_key(pem.replace("\\n", "\n").encode())


def test_a_webhook_hears_what_it_subscribed_to(api, receiver):
    api.done("/webhooks", {"url": receiver.url, "subscribed_events": ["order.paid"]})
    api.paid()
    assert types_of([receiver.next()]) == ["order.paid"]
    assert receiver.quiet()


def test_a_ping_reaches_one_webhook(api, subscribed, receiver):
    assert api.done(f"/webhooks/{subscribed['id']}/test")["id"] == subscribed["id"]
    event = receiver.next().event
    assert event["type"] == "webhook_ping"
    assert event["data"] == {"livemode": False, "action": "ping"}


def test_webhooks_are_changed_listed_and_removed(api, subscribed, receiver):
    path = f"/webhooks/{subscribed['id']}"
    changed = api.call("PUT", path, json={"active": False}).json()
    assert changed["status"] == "paused"
    api.paid()
    assert receiver.quiet()
    assert [item["id"] for item in api.get("/webhooks")["data"]] == [subscribed["id"]]
    assert api.get("/webhooks", url="http://other")["data"] == []
    assert api.call("DELETE", path).status_code == 200
    assert api.call("GET", path).status_code == 404


def test_other_accounts_hear_nothing(gateway, connect, subscribed, receiver):
    other = connect(gateway.url, "key_test_two")
    other.paid()
    assert receiver.quiet()
    for method in ("GET", "PUT", "DELETE"):
        assert other.call(method, f"/webhooks/{subscribed['id']}", json={}).status_code == 404


def test_what_is_not_answered_with_2xx_is_delivered_again(api, gateway, subscribed, receiver):
    gateway.deliver(retry_after=(0.01, 0.01))
    receiver.statuses.put(500)
    receiver.statuses.put(302)
    api.open()
    first, *others = receiver.take(3)
    assert [other.body for other in others] == [first.body] * 2
    assert receiver.quiet()
    (event,) = api.get("/events")["data"]
    assert event["webhook_status"] == "successful"
    (log,) = event["webhook_logs"]
    assert (log["failed_attempts"], log["last_http_response_status"]) == (2, 200)


def test_retries_end(api, gateway, subscribed, receiver):
    gateway.deliver(retry_after=(0.01,))
    for _ in range(2):
        receiver.statuses.put(503)
    api.open()
    receiver.take(2)
    assert receiver.quiet()
    assert gateway.events()[0]["webhook_status"] == "failed"


def test_deliveries_may_come_more_than_once(api, gateway, subscribed, receiver):
    gateway.deliver(copies=3)
    api.open()
    assert len({delivery.event["id"] for delivery in receiver.take(3)}) == 1


def test_deliveries_may_come_in_reverse(api, gateway, subscribed, receiver):
    gateway.deliver(reverse=3)
    api.paid()
    assert types_of(receiver.take(3)) == ["charge.paid", "order.paid", "order.created"]
    api.open()
    assert receiver.quiet()
    gateway.deliver(reverse=0)
    assert types_of(receiver.take(1)) == ["order.created"]


def test_deliveries_may_be_lost_or_late(api, gateway, subscribed, receiver):
    gateway.deliver(lose=3)
    api.paid()
    assert receiver.quiet()
    gateway.deliver(delay=0.2)
    order = api.open()
    assert receiver.next().event["data"]["object"]["id"] == order["id"]


def test_everything_that_happens_is_told(api, gateway, receiver):
    api.done("/webhooks", {"url": receiver.url})
    paid, lost, unpaid = api.paid(), api.paid(), api.open()
    api.refused(402, f"/orders/{unpaid['id']}/charges", card("tok_test_card_declined"))
    api.done(f"/orders/{unpaid['id']}/cancel")
    api.done(f"/orders/{paid['id']}/refunds", {"amount": 1, "reason": "other"})
    api.done(f"/orders/{paid['id']}/refunds", {"amount": 4999, "reason": "other"})
    gateway.charge_back(lost["id"])
    waiting = api.open(charges=[{"payment_method": {"type": "spei"}}])
    gateway.expire(waiting["id"])
    told = set(types_of(receiver.take(21)))
    assert told == {
        *("order.created", "order.paid", "order.declined", "order.canceled"),
        *("order.partially_refunded", "order.refunded", "order.charged_back"),
        *("order.pending_payment", "order.expired"),
        *("charge.paid", "charge.declined", "charge.refunded", "charge.created"),
        *("charge.chargeback.created", "charge.expired"),
    }


@pytest.mark.parametrize("url", ["", "ftp://example.com", "example.com", "http:///x", None, 7])
def test_a_webhook_needs_an_address(api, url):
    api.refused(422, "/webhooks", {"url": url})


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000"])
def test_addresses_of_the_machine_itself_can_be_refused_as_conekta_does(api, gateway, host):
    gateway.behave(local_webhooks=False)
    api.refused(422, "/webhooks", {"url": f"http://{host}/webhooks"})


def test_events_are_listed_by_pages(api):
    order = api.paid()
    page = api.get("/events", limit=2)
    assert [event["type"] for event in page["data"]] == ["charge.paid", "order.paid"]
    rest = api.get(page["next_page_url"].removeprefix(api.url))["data"]
    assert [event["type"] for event in rest] == ["order.created"]
    told = api.get(f"/events/{page['data'][1]['id']}")["data"]["object"]
    assert told == json.loads(json.dumps(order))


def test_what_was_not_delivered_is_delivered_after_a_restart(tmp_path, connect, receiver):
    state = tmp_path / "conekta.jsonl"
    with ConektaSandbox(state=state) as gateway:
        api = connect(gateway.url)
        pem = api.done("/webhook_keys")["public_key"]
        api.done("/webhooks", {"url": receiver.url})
        gateway.deliver(delay=60)
        order = api.open()
    assert receiver.quiet()
    with ConektaSandbox(state=state):
        delivery = receiver.next()
    assert delivery.event["data"]["object"]["id"] == order["id"]
    verify(pem, delivery)
