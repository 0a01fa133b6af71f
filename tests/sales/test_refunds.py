"""Prove that an operator gives money back: once, whole, and whatever the gateway does meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.core.database import reading
from portal.models import Access, AuditEntry, Plan, Sale, utc_now
from portal.models.sale import STATES
from tests.api.admin.caller import Caller, log_in
from tests.sales.test_nothing_held import Watch
from tests.support.lost_answers import LITTLE_TIME, losing
from tests.support.shop import PRIVATE_KEY, Shop

SET = "/ip/hotspot/user/set"
MONTH = 31 * 24 * 3600


class Till:
    """A shop and its operator."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.operator: Caller = log_in(shop.app, shop.company_id)

    def refund(self, sale_id: str, reason: str = "No funcionó") -> TestResponse:
        path = f"/api/v1/admin/mi-empresa/transacciones/{sale_id}/reembolso"
        return self.operator.post(path, {"motivo": reason})

    def sell(self, **changes: Any) -> str:
        answer = self.shop.buy(**changes)
        assert answer.status_code == 200, answer.json
        return str(answer.json["referencia"])

    def sale(self) -> Sale:
        [sale] = self.shop.sales()
        return sale

    def given_back(self) -> list[int]:
        """Centavos of every refund that the gateway made."""
        return [
            -refund["amount"]
            for order in self.shop.gateway.orders()
            for charge in order["charges"]["data"]
            for refund in (charge["refunds"] or {"data": []})["data"]
        ]

    def users(self) -> list[str]:
        """Names of our hotspot users on the router."""
        rows = self.shop.router.users.values()
        return [row["name"] for row in rows if row.get("comment", "").startswith("portal:")]


@pytest.fixture
def till(shop: Shop) -> Till:
    return Till(shop)


def test_the_money_goes_back_and_the_access_with_it(till: Till) -> None:
    sale_id = till.sell(conexion_automatica=True)
    answer = till.refund(sale_id, "Se cobró de más")
    assert answer.status_code == 200
    assert (answer.json["estado_pago"], answer.json["reembolsado"]) == ("refunded", "20.00")
    moves = [(move["a"], move["actor"], move["motivo"]) for move in answer.json["historial"]]
    assert moves[-2:] == [
        ("refunding", "operator", "Se cobró de más"),
        ("refunded", "operator", None),
    ]
    assert till.given_back() == [2000]
    till.shop.reconcile()
    assert (till.users(), till.shop.router.active) == ([], [])
    assert till.shop.status(sale_id).json["usuario_hotspot"] is None


def test_it_is_on_record_who_asked(till: Till) -> None:
    sale_id = till.sell()
    till.refund(sale_id)
    entries = select(AuditEntry).where(AuditEntry.action == "sale.refund")
    with till.shop.app.app_context(), reading() as session:
        [entry] = session.scalars(entries)
    assert (entry.target, entry.company_id) == (sale_id, till.shop.company_id)
    assert "@example.com" in entry.actor
    assert entry.details == {"reason": "No funcionó"}
    assert (entry.before, entry.after) == ({"state": "delivered"}, {"state": "refunding"})


def test_asked_again_it_is_answered_again(till: Till) -> None:
    sale_id = till.sell()
    first, again = till.refund(sale_id), till.refund(sale_id)
    assert first.status_code == again.status_code == 200
    assert first.json == again.json
    assert till.shop.gateway.calls()["refund"] == 1


@pytest.mark.each_database
def test_asked_at_the_same_moment_it_is_done_once(till: Till) -> None:
    sale_id = till.sell()
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: till.refund(sale_id), range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert till.shop.gateway.calls()["refund"] == 1
    assert till.given_back() == [2000]
    assert till.shop.history(sale_id).count("refunding") == 1


@pytest.mark.parametrize("action", ["status", "cut", "garbage", "truncate", "hang"])
def test_a_lost_answer_of_a_refund_that_was_made(till: Till, action: str) -> None:
    sale_id = till.sell()
    with losing(till.shop, action, "refund", executed=True):
        answer = till.refund(sale_id)
    assert answer.status_code == (202 if action == "hang" else 200)
    till.shop.reconcile()
    assert till.sale().state == "refunded"
    assert till.given_back() == [2000]


@pytest.mark.parametrize("action", ["status", "cut", "garbage", "hang"])
def test_a_lost_refund_is_carried_on_by_the_worker(till: Till, action: str) -> None:
    sale_id = till.sell()
    with losing(till.shop, action, "refund"):
        answer = till.refund(sale_id)
    assert (answer.status_code, answer.json["estado"]) == (202, "refunding")
    sale = till.sale()
    assert sale.lease is None
    assert sale.next_attempt_at is not None
    till.shop.reconcile()
    assert till.sale().state == "refunded"
    assert till.given_back() == [2000]
    assert till.users() == []


def test_an_operator_may_carry_it_on_as_well(till: Till) -> None:
    sale_id = till.sell()
    till.shop.gateway.fail("cut", "refund")
    assert till.refund(sale_id).status_code == 202
    till.shop.change(Sale, parked_reason="stuck")
    assert till.refund(sale_id).status_code == 200
    assert till.sale().parked_reason is None
    assert till.given_back() == [2000]


def test_a_key_that_is_refused_meanwhile(till: Till) -> None:
    sale_id = till.sell()
    till.shop.gateway.refuse(PRIVATE_KEY)
    assert till.refund(sale_id).status_code == 202
    assert [alert.kind for alert in till.shop.alerts()] == ["key_refused"]
    till.shop.gateway.accept(PRIVATE_KEY)
    till.shop.reconcile()
    assert till.sale().state == "refunded"
    assert till.given_back() == [2000]


def test_what_the_gateway_refuses_for_good_stays_sold(till: Till) -> None:
    sale_id = till.sell()
    user = till.users()
    till.shop.gateway.advance(MONTH)
    answer = till.refund(sale_id)
    assert answer.status_code == 409
    assert "devuelva el dinero por otro medio" in answer.json["detail"]
    assert till.sale().state == "delivered"
    assert [alert.kind for alert in till.shop.alerts()] == ["refund_refused"]
    till.shop.reconcile()
    assert till.users() == user
    assert till.shop.status(sale_id).json["success"]


def test_an_access_that_was_never_delivered_ends_too_where_its_refund_is_refused(
    till: Till,
) -> None:
    till.shop.change(Plan, duration_seconds=3600, duration_from="purchase")
    till.shop.router.faults.cut_before(SET, times=None)
    sale_id = till.shop.buy().json["referencia"]
    till.shop.gateway.advance(MONTH)
    till.refund(sale_id)
    [access] = till.shop.accesses()
    assert access.started_at is not None
    assert access.expires_at == access.started_at + timedelta(hours=1)


def test_paid_but_not_delivered_yet(till: Till) -> None:
    till.shop.router.faults.cut_before(SET, times=None)
    sale_id = till.shop.buy().json["referencia"]
    till.shop.router.faults.clear()
    assert till.refund(sale_id).status_code == 200
    till.shop.reconcile()
    assert (till.given_back(), till.users()) == ([2000], [])


def test_without_money_there_is_nothing_to_give_back(till: Till) -> None:
    till.shop.buy(token_tarjeta="tok_test_card_declined")
    answer = till.refund(till.sale().id)
    assert answer.status_code == 409
    assert answer.json["detail"] == "Esta venta no tiene un pago confirmado que devolver."
    assert till.shop.gateway.calls()["refund"] == 0


def test_other_states_ask_nothing_of_the_gateway(till: Till) -> None:
    sale_id = till.sell()
    for state in set(STATES) - {"paid", "delivered", "refunding"}:
        till.shop.change(Sale, state=state)
        assert till.refund(sale_id).status_code == (200 if state == "refunded" else 409), state
        assert till.sale().state == state
    assert till.shop.gateway.calls()["refund"] == 0


def test_what_went_back_in_part_is_left_to_the_gateway_s_panel(till: Till) -> None:
    sale_id = till.sell()
    till.shop.change(Sale, amount_refunded=500)
    answer = till.refund(sale_id)
    assert answer.status_code == 409
    assert "Ya se devolvió una parte" in answer.json["detail"]
    assert till.shop.gateway.calls()["refund"] == 0


def test_a_sale_that_somebody_works_on_is_left_alone(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale_id, found = till.sell(), till.shop.app.extensions
    soon = utc_now() + timedelta(minutes=5)
    with monkeypatch.context() as patch:
        # Nobody waits long for another's lease who is to ask the gateway before the time is over.
        hurried = found["settings"].gateway_timeout + LITTLE_TIME
        patch.setitem(found, "settings", replace(found["settings"], sale_deadline=hurried))
        till.shop.change(Sale, lease="another", lease_until=soon)
        answer = till.refund(sale_id)
        assert (answer.status_code, till.sale().lease) == (409, "another")
        till.shop.change(Sale, lease=None)
        till.shop.change(Access, lease="another", lease_until=soon)
        assert till.refund(sale_id).status_code == 409
    assert till.given_back() == []
    till.shop.change(Access, lease=None)
    assert till.refund(sale_id).status_code == 200


def test_no_connection_is_held_while_the_gateway_is_asked(till: Till) -> None:
    sale_id = till.sell()
    watch = Watch(till.shop.app)
    till.shop.app.extensions["ports"] = watch.ports(till.shop.app.extensions["ports"])
    assert till.refund(sale_id).status_code == 200
    assert "refund" in watch.calls
    assert not watch.breaches


def test_money_that_the_bank_took_back_is_no_refusal(till: Till) -> None:
    """Its notice was not there yet: what was bought stays closed, and the operator is told."""
    sale_id = till.sell()
    till.shop.gateway.charge_back(till.sale().order_id)
    answer = till.refund(sale_id)
    assert answer.status_code == 409
    assert "contracargo" in answer.text
    assert till.sale().state == "charged_back"
    assert till.given_back() == []
    assert till.users() == []
    assert "charged_back" in [alert.kind for alert in till.shop.alerts()]
