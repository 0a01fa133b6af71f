"""Test Conekta's webhooks: what is read of them, and how they are asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from portal.payments.conekta.adapter import Conekta
from portal.payments.conekta.signatures import is_public_key
from portal.payments.conekta.webhooks import EVENTS, ConektaWebhooks
from portal.payments.gateway import Fault, Refused, SigningKey, Subscribed, Unknown, WebhookMessage
from portal.sandbox.conekta import ConektaSandbox
from tests.payments.conekta.conftest import Script
from tests.payments.conekta.samples import KEY
from tests.payments.conekta.wire import Wire

URL = "https://wifi.example.com/api/v1/webhooks/conekta/EMP_0123456789"
ORDER: dict[str, Any] = {
    "object": "order",
    "id": "ord_1",
    "metadata": {"reference_id": "sal_1"},
}
CHARGE: dict[str, Any] = {
    "object": "charge",
    "id": "chr_1",
    "order_id": "ord_1",
    "reference_id": "sal_1",
}


def read(about: Any, **changes: Any) -> WebhookMessage | None:
    event = {"id": "evt_1", "type": "order.paid", "data": {"object": about}} | changes
    return ConektaWebhooks().read(json.dumps(event).encode())


@pytest.mark.parametrize("about", [ORDER, CHARGE])
def test_order_and_charge_name_the_order_and_our_reference(about: dict[str, Any]) -> None:
    assert read(about) == WebhookMessage("evt_1", "order.paid", "ord_1", "sal_1")


@pytest.mark.parametrize(
    "about",
    [
        None,
        [],
        "order",
        {"object": "payout", "id": "pay_1"},
        {"object": "charge", "id": "chr_1"},
        {"object": "order", "id": 7},
        {"object": "order", "id": "../orders"},
        {"object": "order", "id": "o" * 65},
        {"object": "order", "id": None, "metadata": []},
        {"object": "order", "metadata": {"reference_id": "s" * 65}},
        {"object": "order", "metadata": {"reference_id": ["sal_1"]}},
    ],
)
def test_what_is_about_no_order_of_ours_is_read_all_the_same(about: Any) -> None:
    assert read(about) == WebhookMessage("evt_1", "order.paid", None, None)


@pytest.mark.parametrize("event_id", [None, 7, "", "e" * 65, "evt 1", "\ud800"])
def test_an_event_without_an_id_is_known_by_its_bytes(event_id: Any) -> None:
    first, again, other = (read(ORDER, id=event_id, n=n) for n in (1, 1, 2))
    assert first is not None
    assert other is not None
    assert first == again
    assert first.event_id != other.event_id
    assert len(first.event_id) == 64


@pytest.mark.parametrize("named", [None, 7, "", "x" * 61, "a b", {}])
def test_a_type_that_is_none_is_unknown(named: Any) -> None:
    assert read(ORDER, type=named) == WebhookMessage("evt_1", "unknown", "ord_1", "sal_1")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"nada",
        b"[]",
        b"null",
        b'"order.paid"',
        b"\xff\xfe{}",
        b'{"id": "evt_1"}\x00',
        b"{" + b"1" * 5000 + b"}",
        b'{"n": ' + b"1" * 5000 + b"}",
        b"[" * 50_000,
        json.dumps({"id": "evt_1"}).encode("utf-16"),
    ],
)
def test_garbage_is_no_notice(raw: bytes) -> None:
    assert ConektaWebhooks().read(raw) is None


@pytest.fixture
def sandbox() -> Iterator[ConektaSandbox]:
    with ConektaSandbox(keys=[KEY]) as sandbox:
        yield sandbox


def test_subscribing_again_makes_no_second_webhook(
    sandbox: ConektaSandbox, connect: Callable[..., Conekta]
) -> None:
    gateway = connect(sandbox.url)
    assert [gateway.subscribe(URL, 5) for _ in range(3)] == [Subscribed()] * 3
    looks, makings = 3, 1
    assert sandbox.calls()["webhook"] == looks + makings
    assert gateway.subscribe(URL + "X", 5) == Subscribed()
    assert sandbox.calls()["webhook"] == looks + makings + 2


@pytest.mark.parametrize("literal_newlines", [True, False])
def test_a_signing_key_is_a_public_key(
    sandbox: ConektaSandbox, connect: Callable[..., Conekta], literal_newlines: bool
) -> None:
    sandbox.behave(literal_newlines=literal_newlines)
    made = connect(sandbox.url).new_signing_key(5)
    assert isinstance(made, SigningKey)
    assert is_public_key(made.public_pem)


def both(gateway: Conekta) -> list[object]:
    return [gateway.subscribe(URL, 0.5), gateway.new_signing_key(0.5)]


def test_a_refused_key_is_the_operators_doing(
    sandbox: ConektaSandbox, connect: Callable[..., Conekta]
) -> None:
    sandbox.refuse(KEY)
    refused = Refused("key_refused", Fault.OPERATOR)
    assert both(connect(sandbox.url)) == [refused, refused]


def test_an_address_that_conekta_will_not_take(
    sandbox: ConektaSandbox, connect: Callable[..., Conekta]
) -> None:
    sandbox.behave(local_webhooks=False)
    said = connect(sandbox.url).subscribe("http://localhost/", 5)
    assert isinstance(said, Refused)
    assert said.fault is Fault.US


@pytest.mark.parametrize("action", ["hang", "cut", "garbage", "status", "truncate"])
def test_a_lost_answer_is_unknown(
    sandbox: ConektaSandbox, connect: Callable[..., Conekta], action: str
) -> None:
    sandbox.fail(action, times=None)
    assert all(isinstance(said, Unknown) for said in both(connect(sandbox.url)))


def test_one_that_was_switched_off_is_woken(
    scripted: Callable[[Script], Wire], connect: Callable[..., Conekta]
) -> None:
    standing = {"object": "webhook", "id": "wh_1", "url": URL, "status": "paused"}
    other = {**standing, "id": "wh_0", "url": "https://example.com/"}
    wire = scripted(
        {
            "GET /webhooks": (200, {"data": [other, standing]}),
            "PUT /webhooks/wh_1": (200, standing | {"status": "listening"}),
        }
    )
    assert connect(wire.url).subscribe(URL, 5) == Subscribed()
    sent = json.loads(wire.requests[-1].body)
    assert sent == {"active": True, "subscribed_events": list(EVENTS)}


@pytest.mark.parametrize("pem", [None, "", "no key", {"pem": 1}])
def test_a_signing_key_that_is_none_is_unknown(
    scripted: Callable[[Script], Wire], connect: Callable[..., Conekta], pem: Any
) -> None:
    body = {"object": "webhook_key", "id": "whk_1", "public_key": pem}
    wire = scripted({"POST /webhook_keys": (200, body)})
    assert connect(wire.url).new_signing_key(5) == Unknown("unclear")
