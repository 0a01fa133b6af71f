"""The storm's own judge: each kind of wrong is found where it is planted, and none elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from tests.chaos.audit import compare
from tests.chaos.calling import Answer
from tests.chaos.environment import STRANGERS
from tests.chaos.false_answers import find_lies
from tests.chaos.ledgers import GatewayOrder, Ledgers, OurSale, RouterUser
from tests.chaos.purchases import Purchase
from tests.chaos.scenarios import Manner, draw

SALE = OurSale(
    id="sal_1",
    router=0,
    email="compra-1@example.com",
    state="delivered",
    amount=2000,
    order_id="ord_1",
    parked=None,
    alerted=False,
    wanted="enabled",
    actual="enabled",
    name="ABCDEF",
    password="1234",
    mark="portal:here:acc_1",
)
REFUNDED = replace(SALE, state="refunded", wanted="absent", actual="absent")
CANCELED = replace(REFUNDED, state="canceled")
ORDER = GatewayOrder("ord_1", SALE.email, SALE.id, "paid", charged=2000, refunded=0)
RETURNED = replace(ORDER, status="refunded", refunded=2000)
OPEN = replace(ORDER, status=None, charged=0)
USER = RouterUser(0, "ABCDEF", "1234", SALE.mark, enabled=True)
OTHERS = tuple(RouterUser(0, name, "0000", mark, True) for name, mark in STRANGERS.items())


def ledgers(
    sales: Sequence[OurSale] = (SALE,),
    orders: Sequence[GatewayOrder] = (ORDER,),
    users: Sequence[RouterUser] = (USER, *OTHERS),
    sessions: Sequence[tuple[int, str]] = ((0, "ABCDEF"),),
) -> Ledgers:
    return Ledgers(tuple(sales), tuple(orders), tuple(users), tuple(sessions))


@pytest.mark.parametrize(
    "books",
    [
        ledgers(),
        ledgers(sales=[REFUNDED], orders=[RETURNED], users=OTHERS, sessions=[]),
        ledgers(sales=[CANCELED], orders=[OPEN], users=OTHERS, sessions=[]),
        ledgers(
            sales=[replace(SALE, state="paid", parked="amount_mismatch", alerted=True)],
            users=OTHERS,
            sessions=[],
        ),
    ],
    ids=["delivered", "refunded", "canceled", "parked"],
)
def test_what_is_right(books: Ledgers) -> None:
    assert not list(compare(books, routers=1))


WRONG = {
    "double charge": ledgers(orders=[ORDER, replace(ORDER, id="ord_2")]),
    "lost: no sale": ledgers(sales=[]),
    "lost: canceled": ledgers(sales=[CANCELED]),
    "lost: refund not made": ledgers(sales=[REFUNDED]),
    "lost: refunded in part": ledgers(sales=[REFUNDED], orders=[replace(RETURNED, refunded=1)]),
    "lost: another amount": ledgers(orders=[replace(ORDER, charged=2001)]),
    "lost: delivered and refunded": ledgers(orders=[RETURNED]),
    "lost: parked in silence": ledgers(sales=[replace(SALE, state="paid", parked="stuck")]),
    "unpaid": ledgers(orders=[OPEN]),
    "undecided: charging": ledgers(sales=[replace(SALE, state="charging")]),
    "undecided: access": ledgers(sales=[replace(SALE, actual="unknown")]),
    "unpaid access: enabled": ledgers(sales=[CANCELED], orders=[OPEN]),
    "unpaid access: nobody's": ledgers(users=[USER, replace(USER, mark="portal:here:acc_2")]),
    "unpaid access: online": ledgers(sessions=[(0, "GHJKLM")]),
    "unpaid access: elsewhere": ledgers(sessions=[(1, "ABCDEF")]),
    "left over": ledgers(sales=[CANCELED], orders=[OPEN], users=[replace(USER, enabled=False)]),
    "missing: gone": ledgers(users=OTHERS),
    "missing: disabled": ledgers(users=[replace(USER, enabled=False), *OTHERS]),
    "missing: password": ledgers(users=[replace(USER, password="0000"), *OTHERS]),
    "missing: other router": ledgers(users=[replace(USER, router=1), *OTHERS]),
    "stranger touched: gone": ledgers(users=[USER]),
    "stranger touched: mark": ledgers(users=[USER, *(replace(o, mark="x") for o in OTHERS)]),
}


@pytest.mark.parametrize("planted", WRONG)
def test_what_is_wrong(planted: str) -> None:
    found = {finding.kind for finding in compare(WRONG[planted], routers=1)}
    assert planted.partition(":")[0] in found


CREDENTIALS = {"usuario": "ABCDEF", "contrasena": "1234"}
PAID = {"referencia": "sal_1", "estado_pago": "paid"}
OPENED = Answer(200, PAID | {"success": True, "usuario_hotspot": CREDENTIALS})
WAIT = Answer(202, PAID | {"success": False})
NO = Answer(402, {"detail": "El pago fue declinado. Contacte a su banco."})
FAILED = Answer(500, {"detail": "No se pudo crear el acceso. No se realizó ningún cargo."})
BUSY = Answer(409, {"detail": "Su pago anterior aún está en verificación."})
AWAY = Answer(503, {"detail": "El servicio no está disponible en este momento."})


def told(*answers: Answer, manner: Manner = Manner.PATIENT, unanswered: int = 0) -> Purchase:
    wish = replace(draw(1, 1, 0, Random(1)), manner=manner)
    in_order = [replace(answer, at=float(moment)) for moment, answer in enumerate(answers)]
    return Purchase(wish, "tok_1", in_order, unanswered=unanswered)


NOTHING = ledgers(sales=[CANCELED], orders=[OPEN], users=OTHERS, sessions=[])
BACK = ledgers(sales=[REFUNDED], orders=[RETURNED], users=OTHERS, sessions=[])


@pytest.mark.parametrize(
    ("purchase", "books"),
    [
        (told(OPENED), ledgers()),
        (told(FAILED, OPENED), ledgers()),
        (told(AWAY, WAIT), ledgers()),
        (told(AWAY, BUSY), ledgers()),
        (told(WAIT), BACK),
        (told(NO), NOTHING),
        (told(FAILED), NOTHING),
        (told(OPENED, FAILED, manner=Manner.DOUBLE_CLICK), ledgers()),
        (told(FAILED, unanswered=1), ledgers()),
    ],
)
def test_what_is_true(purchase: Purchase, books: Ledgers) -> None:
    assert not list(find_lies([purchase], books, ()))


@pytest.mark.parametrize(
    ("purchase", "books"),
    [
        (told(OPENED), NOTHING),
        (told(OPENED), BACK),
        (told(OPENED), ledgers(sales=[replace(SALE, password="0000")])),
        (told(OPENED), ledgers(sales=[])),
        (told(WAIT), NOTHING),
        (told(NO), ledgers()),
        (told(AWAY, FAILED), ledgers()),
        (told(NO, FAILED, manner=Manner.DOUBLE_CLICK), ledgers()),
        (told(Answer(422, {"detail": "…"})), NOTHING),
        (told(Answer(404, {"detail": "Producto no encontrado"})), NOTHING),
    ],
)
def test_what_is_a_lie(purchase: Purchase, books: Ledgers) -> None:
    assert [lie.subject for lie in find_lies([purchase], books, ())] == [SALE.email]
    assert not list(find_lies([purchase], books, {SALE.email}))
