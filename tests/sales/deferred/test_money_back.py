"""Test money that is too little, too much or double, and what goes back past the gateway."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.core.database import reading
from portal.models import AuditEntry, MoneyBack, Sale, utc_now
from portal.models.sale_states import SaleState
from portal.operators.sales import gateway_view
from portal.operators.takings.attention import look
from portal.sales.deferred.by_hand import book_return
from portal.sales.operator_refund import SaleBusy, refund_sale
from tests.sales.deferred.buying import ask, hear, ours_on_router, take_all
from tests.sales.test_refunds import Till
from tests.support.shop import Shop


@pytest.fixture
def till(shop: Shop) -> Till:
    take_all(shop)
    return Till(shop)


def bought(till: Till, amount: int | None = None) -> Sale:
    """A sale by transfer, of which so much has come."""
    answer = ask(till.shop, "spei").json
    till.shop.gateway.pay(answer["id_transaccion"], amount=amount)
    hear(till.shop, answer["id_transaccion"])
    return till.sale()


def book(till: Till, sale_id: str, how: str = "SPEI, clave de rastreo 123") -> dict[str, object]:
    path = f"/api/v1/admin/mi-empresa/transacciones/{sale_id}/reembolso"
    answer = till.operator.post(path, {"motivo": how, "a_mano": True})
    return {"status": answer.status_code} | answer.json


def kinds(till: Till) -> list[str]:
    """What stands before the operator."""
    with till.shop.app.app_context():
        found = look(till.shop.company_id)
    return [*(alert.kind for alert in found.alerts), *("parked" for _ in found.parked)]


def test_the_gateway_gives_nothing_back_and_the_operator_is_told_so(till: Till) -> None:
    sale = bought(till)
    answer = till.refund(sale.id)
    assert answer.status_code == 409
    assert "devuelto a mano" in answer.json["detail"]
    assert (till.sale().state, len(ours_on_router(till.shop))) == ("delivered", 1)
    assert "refund" not in till.shop.gateway.calls()


def test_what_went_back_by_hand_is_booked_with_its_trail(till: Till) -> None:
    sale = bought(till)
    told = book(till, sale.id)
    assert (told["status"], told["estado_pago"], told["reembolsado"]) == (200, "refunded", "20.00")
    assert told["metodo_pago"] == "spei"
    assert not ours_on_router(till.shop)
    with till.shop.app.app_context(), reading() as session:
        [back] = session.scalars(select(MoneyBack))
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "sale.return"))
    assert (back.kind, back.amount, back.sale_id) == ("by_hand", 2000, sale.id)
    assert entry.details == {"reason": "SPEI, clave de rastreo 123"}
    assert book(till, sale.id)["status"] == 409
    assert kinds(till) == []
    # The gateway holds the money still, which is as it should be.
    with till.shop.app.app_context():
        seen = gateway_view.look(till.shop.company_id, sale.id)
    assert (seen.order is not None, seen.differences) == (True, ())


def on_record(till: Till) -> list[tuple[str, object, object]]:
    """What the trail says of money given back: of each action, the state before and after."""
    actions = ("sale.refund", "sale.return")
    entries = select(AuditEntry).where(AuditEntry.action.in_(actions)).order_by(AuditEntry.id)
    with till.shop.app.app_context(), reading() as session:
        found = session.scalars(entries).all()
    return [(each.action, each.before, each.after) for each in found]


def test_what_was_not_given_back_is_not_on_record(till: Till) -> None:
    assert till.refund(bought(till).id).status_code == 409
    card = till.shop.buy(mac_cliente="02:00:00:00:00:02", ip_cliente=None).json["referencia"]
    assert book(till, card)["status"] == 409
    assert on_record(till) == []


@pytest.mark.each_database
@pytest.mark.parametrize("is_card", [True, False])
def test_what_somebody_else_was_faster_with_is_told_as_not_done(till: Till, is_card: bool) -> None:
    sale_id = till.sell() if is_card else bought(till).id

    def overtaken(session: Session, _before: str, _after: str) -> None:
        session.execute(update(Sale).values(lease="another's"))

    give_back = refund_sale if is_card else book_return
    with till.shop.app.app_context(), pytest.raises(SaleBusy):
        give_back(sale_id, "No funcionó", note=overtaken)
    assert (till.sale().state, till.sale().amount_refunded) == (SaleState.DELIVERED, 0)


def test_a_card_s_money_goes_back_through_its_gateway(till: Till) -> None:
    sale_id = till.sell()
    path = f"/api/v1/admin/mi-empresa/transacciones/{sale_id}/reembolso"
    part = till.operator.post(path, {"motivo": "No funcionó", "importe": "5.00"})
    assert (part.status_code, till.sale().state) == (409, SaleState.DELIVERED)
    assert book(till, sale_id)["status"] == 409
    till.shop.gateway.advance(31 * 24 * 3600)
    assert till.refund(sale_id).status_code == 409
    assert kinds(till) == ["refund_refused"]
    assert book(till, sale_id, "en efectivo")["estado_pago"] == "refunded"
    assert kinds(till) == []


@pytest.mark.parametrize(
    ("amount", "kind", "told"),
    [(2000, "charged_back", "a mano"), (500, "partial_refund", "$5 MXN")],
)
def test_what_went_back_by_hand_and_once_more_stands_before_the_operator(
    till: Till, amount: int, kind: str, told: str
) -> None:
    sale_id = till.sell()
    order_id = str(till.sale().order_id)
    till.shop.gateway.age(order_id, 31 * 24 * 3600)
    assert till.refund(sale_id).status_code == 409
    assert book(till, sale_id)["status"] == 200
    if amount == 2000:
        till.shop.gateway.charge_back(order_id)
    else:
        till.shop.gateway.age(order_id, -31 * 24 * 3600)
        till.shop.gateway.refund(order_id, amount)
    for event in ("evt_1", "evt_2"):
        hear(till.shop, order_id, event)
    assert (till.sale().state, till.sale().amount_refunded) == (SaleState.REFUNDED, 2000)
    assert kinds(till) == [kind]
    [alert] = [alert for alert in till.shop.alerts() if alert.kind == kind]
    assert told in alert.message


def test_too_little_waits_for_the_operator_until_it_went_back(till: Till) -> None:
    sale = bought(till, 1500)
    assert (sale.state, sale.parked_reason, sale.amount_received) == (
        SaleState.PENDING,
        "amount_mismatch",
        1500,
    )
    assert (kinds(till), ours_on_router(till.shop)) == (["parked"], [])
    assert book(till, sale.id)["estado_pago"] == "canceled"
    assert on_record(till) == [("sale.return", {"state": "pending"}, {"state": "canceling"})]
    till.shop.reconcile()
    assert sale.order_id
    hear(till.shop, sale.order_id, "evt_2")
    sale = till.sale()
    assert (sale.state, sale.cancel_reason, sale.parked_reason) == ("canceled", "returned", None)
    assert kinds(till) == []


def test_a_device_that_paid_too_little_may_buy_otherwise(till: Till) -> None:
    bought(till, 1500)
    assert till.shop.buy().status_code == 200
    first, second = till.shop.sales()
    assert (first.state, second.state) == (SaleState.CANCELING, SaleState.DELIVERED)
    assert (first.parked_reason, kinds(till)) == ("amount_mismatch", ["parked"])
    assert book(till, first.id)["status"] == 200
    till.shop.reconcile()
    assert (till.shop.sales()[0].state, kinds(till)) == (SaleState.CANCELED, [])


def test_too_much_is_delivered_and_told(till: Till) -> None:
    sale = bought(till, 2500)
    assert (sale.state, sale.amount_received, kinds(till)) == ("delivered", 2500, ["overpaid"])
    [alert] = till.shop.alerts()
    assert "$25 MXN" in alert.message


def test_paid_twice_on_one_reference_is_told_once(till: Till) -> None:
    sale = bought(till)
    assert sale.order_id
    till.shop.gateway.pay(sale.order_id)
    for event in ("evt_2", "evt_3"):
        hear(till.shop, sale.order_id, event)
    assert (till.sale().amount_received, kinds(till)) == (4000, ["overpaid"])
    assert [alert.times for alert in till.shop.alerts()] == [1]


def test_a_router_away_keeps_the_money_before_the_operator(till: Till) -> None:
    till.shop.router.faults.cut_before(times=None)
    sale = bought(till)
    assert sale.state == SaleState.PAID
    till.shop.change(Sale, paid_at=utc_now().replace(year=2020))
    till.shop.reconcile()
    assert (till.sale().state, kinds(till)) == (SaleState.PAID, ["refund_refused"])
    till.shop.router.faults.clear()
    till.shop.reconcile()
    assert till.sale().state == SaleState.DELIVERED
    assert "refund_refused" not in kinds(till)


def test_whoever_asks_is_told_of_a_part_and_not_where_to_pay_on(till: Till) -> None:
    order_id = ask(till.shop, "spei", "key-1").json["id_transaccion"]
    till.shop.gateway.pay(order_id, amount=1500)
    hear(till.shop, order_id)
    sale = till.sale()
    waits = till.shop.status(sale.id).json
    assert (waits["estado_pago"], "accion_requerida" in waits) == ("pending", False)
    assert "$15.00 de $20.00" in waits["mensaje"]
    again = ask(till.shop, "spei", "key-1").json
    assert (again["referencia"], "accion_requerida" in again) == (sale.id, False)
    assert again["mensaje"] == waits["mensaje"]


@pytest.mark.parametrize("is_returned", [False, True])
def test_a_part_of_what_ended_is_not_told_as_no_charge(till: Till, is_returned: bool) -> None:
    first = ask(till.shop, "spei", "key-1").json
    till.shop.gateway.pay(first["id_transaccion"], amount=1500)
    hear(till.shop, first["id_transaccion"])
    if is_returned:
        assert book(till, first["referencia"])["estado_pago"] == "canceled"
    else:
        assert till.shop.buy().status_code == 200
    again = ask(till.shop, "spei", "key-1")
    assert (again.status_code, "$15.00" in again.json["detail"]) == (402, True)
    assert "ningún cargo" not in again.json["detail"]
    assert ("devolvió" in again.json["detail"]) is is_returned
    ended = till.shop.status(first["referencia"]).json
    assert (ended["estado_pago"], ended["mensaje"]) == ("canceled", again.json["detail"])
    assert "consulta" not in ended
