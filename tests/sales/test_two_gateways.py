"""A company with two gateways: where a sale is paid, and where it ends."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from portal.core.database import reading
from portal.models import GatewayAccount, MoneyBack, WebhookEvent
from portal.operators import gateway_accounts, webhook_registration
from portal.operators.audit import Actor
from portal.operators.gateway_lookup import hosts_to_pay_at
from portal.sales.alert_messages import REST_NOT_GIVEN_BACK
from portal.sales.operator_refund import PartlyRefunded, refund_sale
from portal.sandbox.mercadopago import MercadoPagoSandbox, Outcome
from tests.support.shop import Shop, open_shop

ACTOR = Actor("cli:tests")
SECOND = "mercadopago"
PAY = "/api/v1/payments/pagar"
OTHER_MAC = "02:00:00:00:00:0B"
TOKEN, SECRET = "APP_USR-1111-planted-access-token", "planted-webhook-secret-0123"


class TwoGateways:
    """A shop with keys at both, which prefers the second."""

    def __init__(self, shop: Shop, second: MercadoPagoSandbox) -> None:
        self.shop, self.second = shop, second
        with shop.app.app_context():
            keys: gateway_accounts.Keys = {
                "private_key": TOKEN,
                "public_key": "APP_USR-public",
                "webhook_secret": SECRET,
            }
            gateway_accounts.set_keys(ACTOR, shop.company_id, keys, SECOND)
        self.prefer(SECOND)

    def prefer(self, provider: str) -> None:
        with self.shop.app.app_context():
            gateway_accounts.prefer(ACTOR, self.shop.company_id, provider)

    def buy(self, outcome: Outcome = Outcome.PAID, **changes: Any) -> TestResponse:
        card = f"{self.second.mint('visa', outcome)}.visa"
        order = self.shop.order(token_tarjeta=card, **changes)
        return self.shop.call(PAY, order)

    def tell(self, order_id: str, secret: str = SECRET) -> int:
        """Post a notice of an order, signed with a secret."""
        text = f"id:{order_id};request-id:r1;ts:1774901615;"
        digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        answer = self.shop.app.test_client().post(
            f"/api/v1/webhooks/{SECOND}/{self.shop.company_id}?data.id={order_id}&type=order",
            data=json.dumps({"action": "order.processed", "data": {"id": order_id}}),
            headers={"x-signature": f"ts=1774901615,v1={digest}", "x-request-id": "r1"},
        )
        return answer.status_code


@pytest.fixture
def both(tmp_path: Path) -> Iterator[TwoGateways]:
    with (
        MercadoPagoSandbox() as second,
        open_shop(
            tmp_path,
            None,
            mercadopago_api_url=second.url,
            public_url="https://wifi.example.com",
            cache_seconds=0.0,
        ) as shop,
    ):
        yield TwoGateways(shop, second)


def test_a_sale_is_paid_at_the_one_that_is_preferred_and_delivered(both: TwoGateways) -> None:
    answer = both.buy(conexion_automatica=True)
    assert answer.status_code == 200, answer.text
    [order] = both.second.orders()
    [sale] = both.shop.sales()
    assert (sale.state, sale.order_id) == ("delivered", order["id"])
    assert (order["status"], order["total_amount"]) == ("processed", "20.00")
    assert order["external_reference"] == sale.id
    assert both.shop.gateway.orders() == []


def test_a_sale_ends_at_the_one_that_it_began_with(both: TwoGateways) -> None:
    both.buy()
    [sale] = both.shop.sales()
    both.prefer("conekta")
    with both.shop.app.app_context():
        refund_sale(sale.id, "prueba")
    [order] = both.second.orders()
    assert order["status"] == "refunded"
    assert [each.state for each in both.shop.sales()] == ["refunded"]


@pytest.mark.parametrize("provider", [SECOND, "conekta"])
def test_a_refund_after_a_part_went_back_unnoticed_is_refused_and_told(
    both: TwoGateways, provider: str
) -> None:
    """The operator gave a part back in the gateway's panel, and the notice of it never came."""
    answer = both.buy() if provider == SECOND else both.shop.buy()
    assert answer.status_code == 200, answer.text
    [sale] = both.shop.sales()
    at, part = (both.second, "5.00") if provider == SECOND else (both.shop.gateway, 500)
    at.refund(sale.order_id, part)
    with both.shop.app.app_context():
        with pytest.raises(PartlyRefunded):
            refund_sale(sale.id, "prueba")
        with reading() as session:
            [back] = session.scalars(sa.select(MoneyBack)).all()
    [after] = both.shop.sales()
    assert (after.state, after.amount_refunded, after.parked_reason) == ("delivered", 500, None)
    assert (back.kind, back.amount) == ("outside", 500)
    [alert] = both.shop.alerts()
    assert (alert.kind, alert.message) == ("refund_refused", REST_NOT_GIVEN_BACK)
    both.shop.reconcile()
    assert [access.wanted for access in both.shop.accesses()] == ["enabled"]


SAID = (
    "El pago no está disponible en este momento con {}. No se realizó ningún cargo. Puede pagar "
    "con {}."
)


@pytest.mark.parametrize("is_gone", [True, False])
def test_who_cannot_be_charged_is_told_of_the_other_gateway(
    both: TwoGateways, is_gone: bool
) -> None:
    """The sale that was begun is closed where it began, and the next one is paid elsewhere."""
    if is_gone:
        both.second.unplug()
    else:
        both.second.fail("status", "open_order", status=503, times=None)
    answer = both.buy()
    assert (answer.status_code, answer.json["pasarela"]) == (503, "conekta")
    assert answer.json["detail"] == SAID.format("Mercado Pago", "Conekta")
    paid = both.shop.call(PAY, both.shop.order(pasarela="conekta", conexion_automatica=True))
    assert paid.status_code == 200, paid.text
    if is_gone:
        both.second.plug()
    both.second.heal()
    both.shop.reconcile()
    assert [sale.state for sale in both.shop.sales()] == ["canceled", "delivered"]
    assert {order["status"] for order in both.second.orders()} <= {"canceled"}
    both.shop.gateway.unplug()
    back = both.shop.call(PAY, both.shop.order(pasarela="conekta", mac_cliente=OTHER_MAC))
    assert (back.status_code, back.json["pasarela"]) == (503, SECOND)
    # Who calls the first gateway's own form has no other.
    alone = both.shop.buy(mac_cliente=OTHER_MAC)
    assert (alone.status_code, "pasarela" in alone.json) == (503, False)


def test_each_call_is_paid_where_its_token_is_from(both: TwoGateways) -> None:
    """The call that is named after the first gateway charges there, whichever is preferred."""
    assert both.shop.buy().status_code == 200
    assert len(both.shop.gateway.orders()) == 1
    assert both.second.orders() == []
    both.prefer("conekta")
    answer = both.buy(pasarela=SECOND, mac_cliente=None, ip_cliente=None, email_cliente="b@b.mx")
    assert answer.status_code == 200, answer.text
    assert len(both.second.orders()) == 1
    wrong = both.buy(pasarela="nadie", mac_cliente=None, ip_cliente=None, email_cliente="c@b.mx")
    assert (wrong.status_code, list(wrong.json["errores"])) == (422, ["pasarela"])


def test_both_are_told_of_and_the_preferred_one_s_form_is_shown(both: TwoGateways) -> None:
    client = both.shop.app.test_client()
    told = client.get("/api/v1/config/public", headers={"X-API-Key": both.shop.api_key}).json
    assert [each["nombre"] for each in told["pasarelas"]] == [SECOND, "conekta"]
    assert told["empresa"]["conekta_public_key"] == "key_public"
    assert told["metodos_pago"] == ["tarjeta"]
    page = client.get(f"/r/{both.shop.router_id}/pagar?plan={both.shop.plan_id}&c=x")
    page = client.get(page.headers["Location"]) if page.status_code == 303 else page
    assert "cardPayment" in page.text
    assert "https://sdk.mercadopago.com" in page.headers["Content-Security-Policy"]


def test_a_declined_card_says_why_in_our_words(both: TwoGateways) -> None:
    answer = both.buy(Outcome.INSUFFICIENT_FUNDS)
    said = "La tarjeta no tiene fondos suficientes. Pague con otra tarjeta."
    assert (answer.status_code, answer.json["detail"]) == (402, said)
    both.shop.reconcile()
    assert [sale.state for sale in both.shop.sales()] == ["canceled"]


def test_what_the_bank_confirms_is_delivered_by_a_signed_notice(both: TwoGateways) -> None:
    answer = both.buy(Outcome.CHALLENGE)
    assert answer.status_code == 202
    assert answer.json["accion_requerida"]["url"].startswith(both.second.url)
    [order] = both.second.orders()
    both.second.challenge(order["id"], passed=True)
    assert both.tell(order["id"], "another secret that is long") == 401
    assert both.tell(order["id"]) == 200
    with both.shop.app.app_context(), reading() as session:
        [event] = session.scalars(sa.select(WebhookEvent)).all()
        assert (event.signed, event.order_id) == (True, order["id"])
    both.shop.reconcile()
    both.shop.reconcile()
    assert [sale.state for sale in both.shop.sales()] == ["delivered"]


@pytest.mark.parametrize("executed", [True, False])
def test_a_lost_answer_charges_nobody_twice(both: TwoGateways, executed: bool) -> None:
    both.second.fail("cut", "charge", executed=executed, times=2)
    answer = both.buy()
    assert answer.status_code in (200, 202)
    both.second.heal()
    for _ in range(3):
        both.shop.reconcile()
    [order] = both.second.orders()
    [sale] = both.shop.sales()
    paid = order["status"] == "processed"
    assert (sale.state == "delivered") == paid
    assert paid or not executed


def test_money_that_stays_with_a_gateway_that_is_away_is_not_lost(both: TwoGateways) -> None:
    """The one it began with is away: nothing is charged at the other for it."""
    both.second.fail("hang", "charge", executed=True, seconds=0.2, times=None)
    both.buy()
    both.second.unplug()
    both.shop.reconcile()
    assert both.shop.gateway.orders() == []
    both.second.plug()
    both.second.heal()
    for _ in range(3):
        both.shop.reconcile()
    assert [sale.state for sale in both.shop.sales()] == ["delivered"]


def test_customers_reach_what_they_pay_at_and_no_more(both: TwoGateways) -> None:
    with both.shop.app.app_context():
        hosts = hosts_to_pay_at(both.shop.company_id)
        assert {"sdk.mercadopago.com", "pay.conekta.com"} <= set(hosts)
        keys: gateway_accounts.Keys = {"private_key": None}
        gateway_accounts.set_keys(ACTOR, both.shop.company_id, keys, SECOND)
        hosts = hosts_to_pay_at(both.shop.company_id)
        assert not [host for host in hosts if "mercado" in host]


def test_the_operator_is_told_how_to_have_notices(both: TwoGateways) -> None:
    with both.shop.app.app_context():
        account = gateway_accounts.at(both.shop.company_id, SECOND)
        assert webhook_registration.standing(account) == (
            "Mercado Pago avisa de cada pago, con su firma."
        )
        keys: gateway_accounts.Keys = {"webhook_secret": None}
        gateway_accounts.set_keys(ACTOR, both.shop.company_id, keys, SECOND)
        account = gateway_accounts.at(both.shop.company_id, SECOND)
        told = webhook_registration.standing(account)
        assert told is not None
        assert f"https://wifi.example.com/api/v1/webhooks/{SECOND}" in told
        assert account.preferred


def test_secrets_are_sealed(both: TwoGateways) -> None:
    with both.shop.app.app_context(), reading() as session:
        accounts = session.scalars(sa.select(GatewayAccount)).all()
        sealed = b"".join(each.webhook_secret_sealed or b"" for each in accounts)
        assert SECRET.encode() not in sealed
        assert SECRET not in repr(accounts)
