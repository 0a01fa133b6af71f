"""Test answers at their longest: what gateway and router may say, the database can keep.

Once a charge was asked for, nothing that the other side says may end in an error of ours.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from portal.hotspot.errors import RouterRefused
from portal.hotspot.presence import LoggedIn
from portal.models import Company, Sale, utc_now
from portal.payments import answers
from portal.payments.conekta import documents, errors
from portal.payments.gateway import Declined, Fault, Opened, Refused
from portal.ports import Ports
from tests.support.shop import OpenShop, Shop
from tests.support.wrapped_ports import wrapped_ports

Twist = Callable[[Any], Any]
ID = "ord_" + "x" * 60
URL = "https://3ds-pay.conekta.com/" + "y" * 1980
SENTENCE = "ñ" * answers.MAX_SENTENCE
CODE = "parameter_validation." + "z" * 179

# How long a text may be, PostgreSQL alone looks at.
pytestmark = pytest.mark.each_database


@pytest.fixture
def shop(open_a_shop: OpenShop) -> Shop:
    """One for each test."""
    return open_a_shop()


def test_these_are_the_longest_that_are_read() -> None:
    assert answers.word(ID, documents.ORDER_ID) == ID
    assert answers.word(ID + "x", documents.ORDER_ID) is None
    assert answers.web_address(URL) == URL
    assert answers.web_address(URL + "y") is None
    assert answers.sentence(SENTENCE + "ñ") == SENTENCE
    error = {"object": "error", "details": [{"code": CODE, "message": SENTENCE}]}
    complaint = errors.read_error(error, 422)
    assert complaint is not None
    assert (complaint.code, complaint.message) == (CODE, SENTENCE)


class Twisted:
    """A gateway or router at the end of a real line, some of whose answers are made longer."""

    def __init__(self, end: Any, twists: dict[str, Twist]) -> None:
        self._end, self._twists = end, twists

    def __getattr__(self, name: str) -> Any:
        method, twist = getattr(self._end, name), self._twists.get(name)
        if twist is None:
            return method
        return lambda *args, **options: twist(method(*args, **options))


def twist(shop: Shop, **twists: Twist) -> None:
    ports: Ports = shop.app.extensions["ports"]
    shop.app.extensions["ports"] = wrapped_ports(ports, lambda end: Twisted(end, twists))


def test_the_address_of_a_challenge(shop: Shop) -> None:
    twist(shop, charge=lambda answer: dataclasses.replace(answer, action_url=URL))
    shop.gateway.behave(force_three_ds=True)
    answer = shop.buy()
    assert answer.status_code == 202
    assert answer.json["accion_requerida"]["url"] == URL
    assert isinstance(answer.json["id_transaccion"], str)
    assert shop.status(answer.json["referencia"]).json["estado_pago"] == "pending"


def test_the_sentence_of_a_decline(shop: Shop) -> None:
    twist(shop, charge=lambda answer: Declined(SENTENCE, answer.order))
    answer = shop.buy(token_tarjeta="tok_test_card_declined")
    assert (answer.status_code, answer.json["detail"]) == (402, SENTENCE)


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("call", ["open_order", "charge"])
def test_the_code_and_sentence_of_a_refusal(shop: Shop, call: str, fault: Fault) -> None:
    twist(shop, **{call: lambda _answer: Refused(CODE, fault, SENTENCE)})
    answer = shop.buy(token_tarjeta="tok_test_card_declined")
    assert answer.status_code in (402, 503)
    assert bool(shop.alerts()) is (fault is not Fault.CUSTOMER)
    shop.reconcile()
    [sale] = shop.sales()
    assert sale.state == "canceled"


def test_the_id_of_an_order(shop: Shop) -> None:
    """The order of this id is nobody's: the sale stays undecided, and is kept."""
    twist(shop, open_order=lambda _answer: Opened(ID))
    answer = shop.buy()
    assert answer.status_code == 202
    assert answer.json["id_transaccion"] == ID
    assert shop.status(ID).json["referencia"] == answer.json["referencia"]


def test_the_reason_of_a_refund_that_is_refused(shop: Shop) -> None:
    shop.router.faults.cut_before("/ip/hotspot/user/set", times=None)
    assert shop.buy().status_code == 202
    twist(shop, refund=lambda _answer: Refused(CODE, Fault.US, SENTENCE))
    shop.change(Company, refund_after_minutes=1)
    shop.change(Sale, paid_at=utc_now() - timedelta(minutes=2))
    shop.reconcile()
    [sale] = shop.sales()
    assert sale.state in ("delivered", "refunding")
    assert shop.alerts()


def test_the_session_of_a_device(shop: Shop) -> None:
    def longer(answer: Any) -> Any:
        if not isinstance(answer, LoggedIn):
            return answer
        session = dataclasses.replace(
            answer.session, id="*" + "F" * 300, address="fe80::" + "1" * 99
        )
        return LoggedIn(session)

    twist(shop, log_in=longer)
    answer = shop.buy(conexion_automatica=True)
    assert answer.status_code == 200
    assert answer.json["auto_conexion"]["estado"] == "conectado"


def test_the_advice_of_a_router(shop: Shop) -> None:
    def refuse(_answer: Any) -> None:
        raise RouterRefused(SENTENCE * 3)

    twist(shop, enable_user=refuse)
    assert shop.buy().status_code == 202
    [alert] = shop.alerts()
    assert alert.message.startswith(SENTENCE)
