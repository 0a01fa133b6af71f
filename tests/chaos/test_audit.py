"""The audit's own test: each kind of wrong is found where it is planted, and none elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from tests.chaos.audit import compare
from tests.chaos.calling import Answer
from tests.chaos.environment import STRANGERS
from tests.chaos.false_answers import find_false_answers
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


def make_ledgers(
    sales: Sequence[OurSale] = (SALE,),
    orders: Sequence[GatewayOrder] = (ORDER,),
    users: Sequence[RouterUser] = (USER, *OTHERS),
    sessions: Sequence[tuple[int, str]] = ((0, "ABCDEF"),),
) -> Ledgers:
    return Ledgers(tuple(sales), tuple(orders), tuple(users), tuple(sessions))


@pytest.mark.parametrize(
    "ledgers",
    [
        make_ledgers(),
        make_ledgers(sales=[REFUNDED], orders=[RETURNED], users=OTHERS, sessions=[]),
        make_ledgers(sales=[CANCELED], orders=[OPEN], users=OTHERS, sessions=[]),
        make_ledgers(
            sales=[replace(SALE, state="paid", parked="amount_mismatch", alerted=True)],
            users=OTHERS,
            sessions=[],
        ),
    ],
    ids=["delivered", "refunded", "canceled", "parked"],
)
def test_what_is_right(ledgers: Ledgers) -> None:
    assert not list(compare(ledgers, routers=1))


WRONG = {
    "double charge": make_ledgers(orders=[ORDER, replace(ORDER, id="ord_2")]),
    "lost: no sale": make_ledgers(sales=[]),
    "lost: canceled": make_ledgers(sales=[CANCELED]),
    "lost: refund not made": make_ledgers(sales=[REFUNDED]),
    "lost: refunded in part": make_ledgers(
        sales=[REFUNDED], orders=[replace(RETURNED, refunded=1)]
    ),
    "lost: another amount": make_ledgers(orders=[replace(ORDER, charged=2001)]),
    "lost: delivered and refunded": make_ledgers(orders=[RETURNED]),
    "lost: parked in silence": make_ledgers(sales=[replace(SALE, state="paid", parked="stuck")]),
    "unpaid": make_ledgers(orders=[OPEN]),
    "undecided: charging": make_ledgers(sales=[replace(SALE, state="charging")]),
    "undecided: access": make_ledgers(sales=[replace(SALE, actual="unknown")]),
    "unpaid access: enabled": make_ledgers(sales=[CANCELED], orders=[OPEN]),
    "unpaid access: nobody's": make_ledgers(users=[USER, replace(USER, mark="portal:here:acc_2")]),
    "unpaid access: online": make_ledgers(sessions=[(0, "GHJKLM")]),
    "unpaid access: elsewhere": make_ledgers(sessions=[(1, "ABCDEF")]),
    "left over": make_ledgers(
        sales=[CANCELED], orders=[OPEN], users=[replace(USER, enabled=False)]
    ),
    "missing: gone": make_ledgers(users=OTHERS),
    "missing: disabled": make_ledgers(users=[replace(USER, enabled=False), *OTHERS]),
    "missing: password": make_ledgers(users=[replace(USER, password="0000"), *OTHERS]),
    "missing: other router": make_ledgers(users=[replace(USER, router=1), *OTHERS]),
    "stranger touched: gone": make_ledgers(users=[USER]),
    "stranger touched: mark": make_ledgers(users=[USER, *(replace(o, mark="x") for o in OTHERS)]),
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
    scenario = replace(draw(1, 1, 0, Random(1)), manner=manner)
    in_order = [replace(answer, at=float(moment)) for moment, answer in enumerate(answers)]
    return Purchase(scenario, "tok_1", in_order, unanswered=unanswered)


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
        (told(NO), NOTHING),
        (told(FAILED), NOTHING),
        (told(OPENED, FAILED, manner=Manner.DOUBLE_CLICK), make_ledgers()),
        (told(FAILED, unanswered=1), make_ledgers()),
    ],
)
def test_what_is_true(purchase: Purchase, ledgers: Ledgers) -> None:
    assert not list(find_false_answers([purchase], ledgers, ()))


@pytest.mark.parametrize(
    ("purchase", "ledgers"),
    [
        (told(OPENED), NOTHING),
        (told(OPENED), BACK),
        (told(OPENED), make_ledgers(sales=[replace(SALE, password="0000")])),
        (told(OPENED), make_ledgers(sales=[])),
        (told(WAIT), NOTHING),
        (told(NO), make_ledgers()),
        (told(AWAY, FAILED), make_ledgers()),
        (told(NO, FAILED, manner=Manner.DOUBLE_CLICK), make_ledgers()),
        (told(Answer(422, {"detail": "…"})), NOTHING),
        (told(Answer(404, {"detail": "Producto no encontrado"})), NOTHING),
    ],
)
def test_what_is_false(purchase: Purchase, ledgers: Ledgers) -> None:
    found = find_false_answers([purchase], ledgers, ())
    assert [finding.subject for finding in found] == [SALE.email]
    assert not list(find_false_answers([purchase], ledgers, {SALE.email}))
