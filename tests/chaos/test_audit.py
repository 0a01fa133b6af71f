"""Plant each kind of wrong where the audit finds it, and see that it finds none elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from portal.models import Access, Alert, Sale, utc_now
from tests.chaos.audit import compare
from tests.chaos.calling import Answer
from tests.chaos.environment import STRANGERS
from tests.chaos.false_answers import find_false_answers
from tests.chaos.purchases import Purchase
from tests.chaos.scenarios import Manner, Outside, draw
from tests.support.books import Books
from tests.support.ledgers import Ledgers

EMAIL, ROUTER, PREFIX = "compra-1@example.com", "RTR_0", "portal:here:"
Record = dict[str, Any]
SALE: Record = {
    "id": "sal_1",
    "access_id": "acc_1",
    "router_id": ROUTER,
    "customer_email": EMAIL,
    "state": "delivered",
    "amount": 2000,
    "amount_refunded": 0,
    "order_id": "ord_1",
    "paid_at": utc_now(),
    "actual": "enabled",
    "alerted": None,
    "password": "1234",
}
REFUNDED = SALE | {"state": "refunded", "amount_refunded": 2000, "actual": "absent"}
CANCELED = SALE | {"state": "canceled", "paid_at": None, "actual": "absent"}
ORDER: Record = {
    "id": "ord_1",
    "customer_info": {"email": EMAIL},
    "metadata": {"owner": "here:EMP_1", "reference_id": "sal_1"},
    "payment_status": "paid",
    "amount": 2000,
    "amount_refunded": 0,
}
RETURNED = ORDER | {"payment_status": "refunded", "amount_refunded": 2000}
OPEN = ORDER | {"payment_status": None}


def paid_outside(status: str, *amounts: int) -> Record:
    """An order for which these amounts came by transfer."""
    charge = {"status": "paid", "payment_method": {"object": "bank_transfer_payment"}}
    charges = [charge | {"amount": amount} for amount in amounts]
    return ORDER | {"payment_status": status, "charges": {"data": charges}}


DEFERRED = {"method": "spei", "payable_until": utc_now()}
TWICE = SALE | DEFERRED | {"amount_received": 4000, "alerted": "overpaid"}
BY_HAND = REFUNDED | DEFERRED | {"cancel_reason": "returned"}
LITTLE = CANCELED | DEFERRED | {"state": "pending", "amount_received": 500}
SHORT = LITTLE | {"parked_reason": "amount_mismatch", "alerted": "parked"}
SHORT_BY_HAND = LITTLE | {
    "state": "canceled",
    "cancel_reason": "returned",
    "amount_returned": 500,
}
USER = {
    "router": ROUTER,
    "name": "ABCDEF",
    "password": "1234",
    "comment": f"{PREFIX}acc_1",
    "profile": "1hora",
    "disabled": "false",
}
PASS = USER | {"name": "pase-0123456789abcdef", "comment": f"{PREFIX}pas_1"}
DISABLED = USER | {"disabled": "true"}
OTHERS = [
    {"router": ROUTER, "name": name, "comment": mark, "disabled": "false"}
    for name, mark in STRANGERS.items()
]


def make_ledgers(
    sales: Sequence[Record] = (SALE,),
    orders: Sequence[Record] = (ORDER,),
    users: Sequence[Record] = (USER, *OTHERS),
    sessions: Sequence[tuple[str, str]] = ((ROUTER, "ABCDEF"),),
) -> Ledgers:
    """Records as the three owners give them; without a sale there is no access either."""
    own = {"actual", "alerted", "password"}
    return Ledgers(
        prefix=PREFIX,
        owners=frozenset({"here:EMP_1"}),
        names={sale["access_id"]: "ABCDEF" for sale in sales},
        passwords={sale["access_id"]: sale["password"] for sale in sales},
        sales=[Sale(**{k: v for k, v in sale.items() if k not in own}) for sale in sales],
        accesses=[make_access(sale) for sale in sales],
        alerts=[Alert(kind=s["alerted"], subject=s["id"]) for s in sales if s["alerted"]],
        orders=list(orders),
        users=list(users),
        active=[{"router": router, "user": user} for router, user in sessions],
    )


def make_access(sale: Record) -> Access:
    wanted = "enabled" if sale["state"] in ("paid", "delivered", "charging") else "absent"
    return Access(
        id=sale["access_id"],
        router_id=sale["router_id"],
        profile_name="1hora",
        wanted=wanted,
        actual=sale["actual"],
    )


@pytest.mark.parametrize(
    "ledgers",
    [
        make_ledgers(),
        make_ledgers(sales=[REFUNDED], orders=[RETURNED], users=OTHERS, sessions=[]),
        make_ledgers(sales=[CANCELED], orders=[OPEN], users=OTHERS, sessions=[]),
        make_ledgers(
            sales=[
                SALE
                | {
                    "state": "paid",
                    "paid_at": None,
                    "parked_reason": "amount_mismatch",
                    "alerted": "parked",
                }
            ],
            users=OTHERS,
            sessions=[],
        ),
    ],
    ids=["delivered", "refunded", "canceled", "parked"],
)
def test_what_is_right(ledgers: Ledgers) -> None:
    assert not list(compare(ledgers, [ROUTER]))


GONE: Record = {"users": OTHERS, "sessions": []}


@pytest.mark.parametrize(
    ("ledgers", "books"),
    [
        (make_ledgers(), Books(delivered=2000)),
        (make_ledgers([REFUNDED], [RETURNED], **GONE), Books(refunded=2000)),
        (make_ledgers([CANCELED], [OPEN], **GONE), Books()),
        (make_ledgers([TWICE], [paid_outside("paid", 2000, 2000)]), Books(2000, 0, 0, 2000)),
        (make_ledgers([BY_HAND], [paid_outside("paid", 2000)], **GONE), Books(by_hand=2000)),
        (
            make_ledgers([SHORT], [paid_outside("pending_payment", 500)], **GONE),
            Books(before_operator=500),
        ),
        (
            make_ledgers([SHORT_BY_HAND], [paid_outside("canceled", 500)], **GONE),
            Books(by_hand=500),
        ),
    ],
)
def test_where_the_money_is(ledgers: Ledgers, books: Books) -> None:
    assert (ledgers.books(), ledgers.charged()) == (books, books.total)
    assert not list(compare(ledgers, [ROUTER]))


WRONG = {
    "double charge": make_ledgers(orders=[ORDER, ORDER | {"id": "ord_2"}]),
    "lost: no sale": make_ledgers(sales=[]),
    "lost: canceled": make_ledgers(sales=[CANCELED]),
    "lost: refund not made": make_ledgers(sales=[REFUNDED]),
    "lost: refunded in part": make_ledgers(
        sales=[REFUNDED], orders=[RETURNED | {"amount_refunded": 1}]
    ),
    "lost: another amount": make_ledgers(orders=[ORDER | {"amount": 2001}]),
    "lost: delivered and refunded": make_ledgers(orders=[RETURNED]),
    "lost: parked in silence": make_ledgers(
        sales=[SALE | {"state": "paid", "parked_reason": "stuck"}]
    ),
    "lost: too much in silence": make_ledgers(
        sales=[TWICE | {"alerted": None}], orders=[paid_outside("paid", 2000, 2000)]
    ),
    "lost: paid twice and unknown": make_ledgers(orders=[paid_outside("paid", 2000, 2000)]),
    "lost: too little and canceled": make_ledgers(
        [SHORT_BY_HAND | {"cancel_reason": "expired"}], [paid_outside("canceled", 500)], **GONE
    ),
    "lost: by hand and at the gateway": make_ledgers([BY_HAND], [RETURNED], **GONE),
    "pass left over: on a router": make_ledgers(users=[USER, PASS, *OTHERS]),
    "pass left over: online": make_ledgers(sessions=[(ROUTER, PASS["name"])]),
    "unpaid": make_ledgers(orders=[OPEN]),
    "undecided: charging": make_ledgers(sales=[SALE | {"state": "charging"}]),
    "undecided: access": make_ledgers(sales=[SALE | {"actual": "unknown"}]),
    "unpaid access: enabled": make_ledgers(sales=[CANCELED], orders=[OPEN]),
    "unpaid access: nobody's": make_ledgers(users=[USER, USER | {"comment": "portal:here:acc_2"}]),
    "unpaid access: online": make_ledgers(sessions=[(ROUTER, "GHJKLM")]),
    "unpaid access: elsewhere": make_ledgers(sessions=[("RTR_1", "ABCDEF")]),
    "left over": make_ledgers(sales=[CANCELED], orders=[OPEN], users=[DISABLED]),
    "missing: gone": make_ledgers(users=OTHERS),
    "missing: disabled": make_ledgers(users=[DISABLED, *OTHERS]),
    "missing: password": make_ledgers(users=[USER | {"password": "0000"}, *OTHERS]),
    "missing: other router": make_ledgers(users=[USER | {"router": "RTR_1"}, *OTHERS]),
    "stranger touched: gone": make_ledgers(users=[USER]),
    "stranger touched: mark": make_ledgers(users=[USER, *(o | {"comment": "x"} for o in OTHERS)]),
}


@pytest.mark.parametrize("planted", WRONG)
def test_what_is_wrong(planted: str) -> None:
    found = {finding.kind for finding in compare(WRONG[planted], [ROUTER])}
    assert planted.partition(":")[0] in found


CREDENTIALS = {"usuario": "ABCDEF", "contrasena": "1234"}
PAID = {"referencia": "sal_1", "estado_pago": "paid"}
OPENED = Answer(200, PAID | {"success": True, "usuario_hotspot": CREDENTIALS})
WAIT = Answer(202, PAID | {"success": False})
TRANSFER = {"tipo": "spei", "clabe": "646180111812345678", "monto": "20.00"}
TOLD = Answer(202, {"referencia": "sal_1", "estado_pago": "pending", "accion_requerida": TRANSFER})
OVER = Answer(200, {"referencia": "sal_1", "estado_pago": "canceled", "success": False})
NO = Answer(402, {"detail": "El pago fue declinado. Contacte a su banco."})
FAILED = Answer(500, {"detail": "No se pudo crear el acceso. No se realizó ningún cargo."})
BUSY = Answer(409, {"detail": "Su pago anterior aún está en verificación."})
AWAY = Answer(503, {"detail": "El servicio no está disponible en este momento."})


def told(*answers: Answer, manner: Manner = Manner.PATIENT, **since: Any) -> Purchase:
    scenario = replace(draw(1, 1, 0, Random(1)), manner=manner)
    in_order = [replace(answer, at=float(moment)) for moment, answer in enumerate(answers)]
    return Purchase(scenario, "tok_1", in_order, **since)


NOTHING = make_ledgers(sales=[CANCELED], orders=[OPEN], users=OTHERS, sessions=[])
BACK = make_ledgers(sales=[REFUNDED], orders=[RETURNED], users=OTHERS, sessions=[])


@pytest.mark.parametrize(
    ("purchase", "ledgers"),
    [
        (told(OPENED), make_ledgers()),
        (told(FAILED, OPENED), make_ledgers()),
        (told(AWAY, WAIT), make_ledgers()),
        (told(AWAY, BUSY), make_ledgers()),
        (told(WAIT), BACK),
        (told(TOLD), make_ledgers([TWICE], [paid_outside("paid", 2000, 2000)])),
        (told(NO), NOTHING),
        (told(FAILED), NOTHING),
        (told(OPENED, FAILED, manner=Manner.DOUBLE_CLICK), make_ledgers()),
        (told(FAILED, unanswered=1), make_ledgers()),
        (told(TOLD, OVER, paid_outside=Outside.LATE), make_ledgers()),
    ],
)
def test_what_is_true(purchase: Purchase, ledgers: Ledgers) -> None:
    assert not list(find_false_answers([purchase], ledgers, ()))


@pytest.mark.parametrize(
    ("purchase", "ledgers"),
    [
        (told(OPENED), NOTHING),
        (told(OPENED), BACK),
        (told(OPENED), make_ledgers(sales=[SALE | {"password": "0000"}])),
        (told(OPENED), make_ledgers(sales=[])),
        (told(WAIT), NOTHING),
        (told(NO), make_ledgers()),
        (told(TOLD, OVER, paid_outside=Outside.EXACTLY), make_ledgers()),
        (told(TOLD), make_ledgers([TWICE | {"amount": 2500}])),
        (told(WAIT), make_ledgers([SALE | {"customer_email": "otra@example.com"}])),
        (told(AWAY, FAILED), make_ledgers()),
        (told(NO, FAILED, manner=Manner.DOUBLE_CLICK), make_ledgers()),
        (told(Answer(422, {"detail": "…"})), NOTHING),
        (told(Answer(404, {"detail": "Producto no encontrado"})), NOTHING),
    ],
)
def test_what_is_false(purchase: Purchase, ledgers: Ledgers) -> None:
    found = find_false_answers([purchase], ledgers, ())
    assert [finding.subject for finding in found] == [EMAIL]
    assert not list(find_false_answers([purchase], ledgers, {EMAIL}))
