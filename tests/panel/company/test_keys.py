"""Test the gateway's keys in the panel: entered, tried in words, and never shown."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from portal.core.database import writing
from portal.models import AdminSession, WebhookEvent, utc_now
from portal.operators import gateway_accounts
from portal.operators.people.sessions import FRESH
from tests.panel.client import PanelClient, panel_of
from tests.support.shop import PRIVATE_KEY, OpenShop, Shop

PATH = "/panel/empresa/llaves"


@pytest.fixture
def shop(open_a_shop: OpenShop) -> Shop:
    return open_a_shop()


@pytest.fixture
def owner(shop: Shop) -> PanelClient:
    return panel_of(shop.app, shop.company_id)


def said(owner: PanelClient, **fields: str) -> str:
    return owner.follow(owner.post(PATH, **fields)).text


def test_a_key_is_tried_in_words(owner: PanelClient, shop: Shop) -> None:
    page = said(owner, accion="probar")
    assert "La llave funciona y es de pruebas: no se cobra a nadie." in page
    assert PRIVATE_KEY not in page
    assert 'placeholder="********"' in page
    page = said(owner, accion="guardar", conekta_mode="live", conekta_private_key="")
    assert "La llave es de pruebas, pero aquí dice producción" in page
    with shop.app.app_context():
        account = gateway_accounts.current(shop.company_id)
        assert account is not None
        assert (account.private_key, account.mode) == (PRIVATE_KEY, "live")


def test_a_key_that_is_refused_says_so_and_stays_entered(owner: PanelClient) -> None:
    page = said(
        owner, accion="guardar", conekta_mode="test", conekta_private_key="key_ofNobody1234"
    )
    assert "key_ofNobody1234" not in page
    assert "rechaza" in page


def test_both_keys_may_not_be_one(owner: PanelClient) -> None:
    both = dict.fromkeys(("conekta_private_key", "conekta_public_key"), "key_the_same_one")
    answer = owner.post(PATH, accion="guardar", conekta_mode="test", **both)
    assert (answer.status_code, "no pueden ser la misma" in answer.text) == (422, True)


def test_the_last_delivery_is_told(owner: PanelClient, shop: Shop) -> None:
    assert "Todavía no ha llegado ninguno." in owner.get(PATH).text
    with shop.app.app_context(), writing() as session:
        told = utc_now() - timedelta(minutes=3)
        event = {"event_id": "evt_1", "type": "order.paid", "body": "{}", "received_at": told}
        session.add(WebhookEvent(company_id=shop.company_id, signed=True, **event))
    page = owner.get(PATH).text
    assert "El último llegó" in page
    assert "Venía firmado." in page


def test_keys_ask_for_the_password_again(owner: PanelClient, shop: Shop) -> None:
    with shop.app.app_context(), writing() as session:
        session.execute(update(AdminSession).values(confirmed_at=utc_now() - FRESH))
    assert owner.get(PATH).headers["Location"] == f"/panel/confirmar?a={PATH}"
