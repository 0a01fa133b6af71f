"""Test that one wish leads to one reference, touches nobody else's, and that none is farmed."""

from __future__ import annotations

import pytest

from portal.models import GatewayAccount, Sale, utc_now
from portal.models.sale_states import SaleState
from portal.sales.deferred import offering
from tests.sales.deferred.buying import PATH, ask, take_all
from tests.support.shop import IP, Shop, asking_from


@pytest.fixture(autouse=True)
def _takes_all(shop: Shop) -> None:
    take_all(shop)


def test_who_comes_back_with_another_address_has_the_same_reference(shop: Shop) -> None:
    first = ask(shop, "spei").json
    again = ask(shop, "spei", ip_cliente="192.168.88.7", info_dispositivo="Safari 27").json
    assert again == first
    assert len(shop.gateway.orders()) == 1


def test_what_was_begun_is_answered_though_it_is_offered_no_more(shop: Shop) -> None:
    first = ask(shop, "spei", "key-1").json
    card = shop.order(mac_cliente="02:00:00:00:00:02", metodo="tarjeta", pasarela="conekta")
    paid = shop.call(PATH, card, **{"Idempotency-Key": "key-2"}).json
    assert paid["estado_pago"] == "paid"
    take_all(shop, payment_methods="cash")
    shop.change(GatewayAccount, current=False)
    assert ask(shop, "spei", "key-1").json == first
    assert shop.call(PATH, card, **{"Idempotency-Key": "key-2"}).json == paid
    assert ask(shop, "spei", "key-3", mac_cliente="02:00:00:00:00:03").status_code == 503
    assert len(shop.gateway.orders()) == 2


@pytest.mark.parametrize("state", ["opened", "prepared", "charging"])
def test_a_press_beside_the_first_is_answered_by_it(shop: Shop, state: str) -> None:
    first = ask(shop, "spei").json
    shop.change(Sale, state=state)
    again = ask(shop, "spei")
    assert (again.status_code, again.json["referencia"]) == (202, first["referencia"])
    # Of another wish nothing can be said before the first one is known to stand.
    assert ask(shop, "efectivo").status_code == 409
    assert len(shop.gateway.orders()) == 1


def test_an_address_is_nobody_s_for_as_long_as_a_reference_waits(shop: Shop) -> None:
    first = ask(shop, "spei", mac_cliente=None).json
    other = shop.order(mac_cliente=None, email_cliente="otra@example.com", ip_cliente=IP)
    assert shop.post(other).status_code == 200
    waiting, bought = shop.sales()
    assert (waiting.id, waiting.state) == (first["referencia"], SaleState.PENDING)
    assert bought.state == SaleState.DELIVERED
    # Without a MAC, who has a reference is known by the e-mail that it was sent to.
    assert ask(shop, "efectivo", mac_cliente=None).status_code == 202
    assert shop.sales()[0].cancel_reason == "replaced"


def test_an_address_has_so_many_references_that_nobody_paid(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offering, "MOST_UNPAID", 2)
    assert ask(shop, "spei").status_code == 202
    # Let go for another, it was farmed all the same.
    assert ask(shop, "efectivo").status_code == 202
    opened = len(shop.gateway.orders())
    refused = ask(shop, "spei", mac_cliente="02:00:00:00:00:02")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "600")
    assert len(shop.gateway.orders()) == opened
    with asking_from(shop, "198.51.100.7"):
        assert ask(shop, "spei", mac_cliente="02:00:00:00:00:03").status_code == 202
    # What was paid, and what the gateway did not take, is no farming.
    shop.change(Sale, paid_at=utc_now())
    assert ask(shop, "spei", mac_cliente="02:00:00:00:00:04").status_code == 202
    shop.change(Sale, paid_at=None, state="canceled", cancel_reason="failed")
    assert ask(shop, "spei", mac_cliente="02:00:00:00:00:05").status_code == 202


def test_references_that_are_being_asked_for_count(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offering, "MOST_UNPAID", 1)
    assert ask(shop, "spei").status_code == 202
    shop.change(Sale, state="charging")
    assert ask(shop, "spei", mac_cliente="02:00:00:00:00:02").status_code == 429
