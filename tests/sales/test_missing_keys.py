"""Test a key of ENCRYPTION_KEYS that is missing: told at once, mended by putting it back."""

from __future__ import annotations

import base64
import os
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa

from portal.core.database import reading, writing
from portal.core.vault import Vault
from portal.models import Access, Alert, GatewayAccount, Job, Plan, Router, WebhookEvent, utc_now
from portal.operators import gateway_accounts
from portal.operators.audit import Actor
from portal.sales.errors import PaymentUnavailable
from portal.sales.purchase import buy
from portal.sales.request import PurchaseRequest
from portal.worker.dispatcher import run_pass
from portal.worker.schedule import plan_jobs
from tests.api.admin.caller import log_in
from tests.support.shop import PRIVATE_KEY, ROUTER_PASSWORD, SECRETS, OpenShop, Shop

ENABLE = "/ip/hotspot/user/set"
OTHER_MAC, OTHER_IP = "02:00:00:00:00:01", "192.168.88.101"
# What a pass comes to with one sale, and when it would never end.
FEW, ENDLESS = 5, 50


class Keys:
    """ENCRYPTION_KEYS of the shop: made anew, without those before, until they are put back."""

    def __init__(self, shop: Shop) -> None:
        self._app, self._new = shop.app, os.urandom(32)
        self._old = base64.urlsafe_b64decode(SECRETS["ENCRYPTION_KEYS"])

    def lose(self) -> None:
        self._app.extensions["vault"] = Vault([self._new])

    def put_back(self) -> None:
        self._app.extensions["vault"] = Vault([self._new, self._old])


@pytest.fixture
def keys(shop: Shop) -> Keys:
    return Keys(shop)


def enter_again(shop: Shop, *secrets: str) -> None:
    """What the operator can do without the old key, so that new sales go on."""
    with shop.app.app_context():
        if "router" in secrets:
            with writing() as session:
                session.get_one(Router, shop.router_id).password = ROUTER_PASSWORD
        if "gateway" in secrets:
            given: gateway_accounts.Keys = {"private_key": PRIVATE_KEY}
            gateway_accounts.set_keys(Actor("test"), shop.company_id, given)


def work(shop: Shop) -> int:
    """One pass, with everything due; how much was done in it."""
    claims = count()
    with shop.app.app_context():
        shop.make_due()
        return run_pass(lambda: next(claims) > ENDLESS)


def alerts(shop: Shop) -> dict[str, Alert]:
    return {alert.kind: alert for alert in shop.alerts() if alert.resolved_at is None}


def cli(shop: Shop, *args: str) -> str:
    result = shop.app.test_cli_runner().invoke(args=list(args))
    assert result.exit_code == 0, result.output
    return result.output


def paid_with_the_router_away(shop: Shop, **changes: Any) -> str:
    shop.router.faults.cut_before(ENABLE, times=None)
    reference: str = shop.buy(**changes).json["referencia"]
    shop.router.faults.clear()
    assert [sale.state for sale in shop.sales() if sale.id == reference] == ["paid"]
    return reference


def test_a_sale_that_no_key_opens_is_parked_at_once_and_goes_on_when_it_is_back(
    shop: Shop, keys: Keys
) -> None:
    reference = paid_with_the_router_away(shop)
    keys.lose()
    assert work(shop) < FEW
    [sale] = shop.sales()
    assert (sale.state, sale.parked_reason, sale.lease) == ("paid", "key_lost", None)
    parked = alerts(shop)["parked"]
    assert parked.subject == reference
    assert "ENCRYPTION_KEYS" in parked.message
    assert "flask sales unpark" in parked.message
    assert f"flask sales unpark {reference}" in cli(shop, "sales", "show", reference)
    keys.put_back()
    cli(shop, "sales", "unpark", reference)
    work(shop)
    [sale] = shop.sales()
    assert (sale.state, sale.parked_reason) == ("delivered", None)
    assert "parked" not in alerts(shop)


def test_unparked_too_early_it_is_parked_again(shop: Shop, keys: Keys) -> None:
    reference = paid_with_the_router_away(shop)
    keys.lose()
    for _ in range(2):
        work(shop)
        assert alerts(shop)["parked"].subject == reference
        cli(shop, "sales", "unpark", reference)


def test_others_are_served_in_the_same_pass(shop: Shop, keys: Keys) -> None:
    first = paid_with_the_router_away(shop)
    keys.lose()
    enter_again(shop, "router", "gateway")
    shop.router.join(OTHER_MAC, OTHER_IP)
    second = paid_with_the_router_away(shop, mac_cliente=OTHER_MAC)
    work(shop)
    states = {sale.id: (sale.state, sale.parked_reason) for sale in shop.sales()}
    assert states == {first: ("paid", "key_lost"), second: ("delivered", None)}


@pytest.mark.parametrize(
    ("entered", "lost"), [("", "gwa RTR"), ("router", "gwa"), ("gateway", "RTR")]
)
def test_nothing_is_sold_that_could_not_be_finished(
    shop: Shop, keys: Keys, entered: str, lost: str
) -> None:
    keys.lose()
    enter_again(shop, entered)
    calls = shop.gateway.calls()
    for _ in range(3):
        answer = shop.buy()
        assert (answer.status_code, "No se realizó ningún cargo" in answer.text) == (503, True)
    assert shop.gateway.calls() == calls
    assert not shop.router.commands
    assert shop.sales() == shop.accesses() == []
    alert = alerts(shop)["key_lost"]
    assert alert.times == 3
    assert "ENCRYPTION_KEYS" in alert.message
    assert alert.subject.startswith(tuple(lost.split()))


def test_who_has_paid_and_asks_again_is_not_told_otherwise(shop: Shop, keys: Keys) -> None:
    reference = paid_with_the_router_away(shop, key="key-1")
    keys.lose()
    answer = shop.buy("key-1")
    assert (answer.status_code, answer.json["referencia"]) == (202, reference)
    assert answer.json["estado_pago"] == "paid"


def test_an_access_that_no_key_opens_is_not_added_to(shop: Shop, keys: Keys) -> None:
    shop.change(Plan, duration_seconds=3600, duration_from="purchase")
    shop.buy()
    [access] = shop.accesses()
    keys.lose()
    enter_again(shop, "router", "gateway")
    more = PurchaseRequest(**shop.extension(access.id, mac=OTHER_MAC))
    with shop.app.app_context(), pytest.raises(PaymentUnavailable):
        buy(more)
    assert len(shop.sales()) == 1
    assert shop.charged() == 2000
    assert alerts(shop)["key_lost"].subject == access.id


def test_a_sale_is_canceled_though_its_router_s_password_is_lost(
    open_a_shop: OpenShop,
) -> None:
    shop = open_a_shop(card_token_minutes=0)
    keys = Keys(shop)
    shop.gateway.fail("cut", "charge", times=None)
    shop.gateway.fail("cut", "look_up", times=None)
    assert shop.buy().status_code == 202
    shop.gateway.heal()
    [user] = shop.router.users
    keys.lose()
    with shop.app.app_context(), writing() as session:
        session.scalars(sa.select(GatewayAccount)).one().private_key = PRIVATE_KEY
    assert work(shop) < FEW
    assert [sale.state for sale in shop.sales()] == ["canceled"]
    assert user in shop.router.users
    keys.put_back()
    work(shop)
    assert user not in shop.router.users


def test_money_is_given_back_though_the_access_is_lost(shop: Shop, keys: Keys) -> None:
    reference = shop.buy().json["referencia"]
    [user] = shop.router.users
    keys.lose()
    with shop.app.app_context(), writing() as session:
        session.scalars(sa.select(GatewayAccount)).one().private_key = PRIVATE_KEY
    cli(shop, "sales", "refund", reference, "--motivo", "No se pudo conectar")
    assert [sale.state for sale in shop.sales()] == ["refunded"]
    keys.put_back()
    work(shop)
    assert user not in shop.router.users


def test_an_access_waits_for_the_key_and_goes_by_itself(shop: Shop, keys: Keys) -> None:
    shop.buy()
    [user] = shop.router.users
    shop.change(Access, wanted="absent", next_attempt_at=utc_now())
    keys.lose()
    assert work(shop) < FEW
    [access] = shop.accesses()
    assert access.lease is None
    assert access.next_attempt_at > utc_now()
    assert alerts(shop)["key_lost"].subject in (access.id, shop.router_id)
    keys.put_back()
    work(shop)
    assert user not in shop.router.users


def test_what_the_gateway_told_is_followed_when_the_key_is_back(shop: Shop, keys: Keys) -> None:
    bought = shop.buy().json
    shop.gateway.refund(bought["id_transaccion"], 2000)
    order = {"object": "order", "id": bought["id_transaccion"]}
    event = {"id": "evt_1", "type": "order.refunded", "data": {"object": order}}
    assert shop.call(f"/api/v1/webhooks/conekta/{shop.company_id}", event).status_code == 200
    keys.lose()
    shop.change(WebhookEvent, received_at=utc_now() - timedelta(days=3))
    assert work(shop) < FEW
    [waits] = records(shop, WebhookEvent)
    assert (waits.outcome, waits.lease) == (None, None)
    assert waits.next_attempt_at > utc_now()
    keys.put_back()
    shop.change(WebhookEvent, next_attempt_at=utc_now())
    shop.make_due()
    work(shop)
    assert [sale.state for sale in shop.sales()] == ["refunded"]


def test_rounds_wait_for_the_key(shop: Shop, keys: Keys) -> None:
    shop.buy()
    with shop.app.app_context():
        plan_jobs()
    shop.change(Job, next_attempt_at=utc_now())
    keys.lose()
    assert work(shop) < 3 * FEW
    jobs = records(shop, Job)
    assert len(jobs) > 3
    assert all(job.lease is None and job.next_attempt_at > utc_now() for job in jobs)
    assert "key_lost" in alerts(shop)


def test_who_asks_is_told_so(shop: Shop, keys: Keys) -> None:
    reference = shop.buy(tipo_usuario="pin").json["referencia"]
    operator = log_in(shop.app, shop.company_id)
    keys.lose()
    page = shop.app.test_client().get(f"/r/{shop.router_id}/pago/{reference}")
    for answer in (shop.status(reference), page):
        assert answer.status_code == 503
        assert "compra está registrada: no pag" in answer.text
    assert {alert.kind: alert.times for alert in shop.alerts()} == {"key_lost": 1}
    assert len(shop.alerts()) == 2
    path = "/api/v1/admin/mi-empresa/transacciones"
    [sale] = operator.get(path).json["transacciones"]
    assert sale["usuario_hotspot"] == "••••"
    assert operator.get(path, formato="csv").status_code == 200
    assert operator.get(f"{path}/{reference}").status_code == 200
    assert "••••" in cli(shop, "sales", "show", reference)


def test_what_is_over_is_told_without_any_key(shop: Shop, keys: Keys) -> None:
    reference = shop.buy().json["referencia"]
    cli(shop, "sales", "refund", reference, "--motivo", "No se pudo conectar")
    keys.lose()
    assert shop.status(reference).json["estado_pago"] == "refunded"


def test_sales_that_cannot_be_compared_are_told(shop: Shop, keys: Keys) -> None:
    shop.buy()
    keys.lose()
    result = shop.app.test_cli_runner().invoke(args=["sales", "compare", "--since", "2020-01-01"])
    assert result.exit_code == 1
    assert "ENCRYPTION_KEYS" in result.output


def records(shop: Shop, record: type[Any]) -> list[Any]:
    with shop.app.app_context(), reading() as session:
        return list(session.scalars(sa.select(record)))
