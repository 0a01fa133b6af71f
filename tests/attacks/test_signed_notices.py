"""Attack what a gateway posts by itself where it signs with a secret: forged, replayed, misled.

Whatever is believed leads to a look at the order, and to no more.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa

from portal.core.database import reading, writing
from portal.models import Sale, WebhookEvent
from portal.operators import gateway_accounts
from portal.sandbox.mercadopago import MercadoPagoSandbox, Outcome
from tests.sales.test_two_gateways import ACTOR, SECOND, SECRET, TwoGateways
from tests.support.shop import open_shop
from tests.support.tenants import Tenant, make_tenant

RIVALS = "the-rivals-own-webhook-secret-99"
SECONDS, MILLISECONDS = "1774901615", "1774901615000"
OTHER_ORDER = "ORD01JG28GRB9NYTG6VVS3R5OTHER"


@dataclass(frozen=True)
class Notice:
    """A notice about an order, and what of it was signed with which secret."""

    order_id: str
    signed_id: str | None = None
    query_id: str | None = None
    secret: str = SECRET
    stamp: str = SECONDS
    told_stamp: str | None = None
    request_id: str | None = "r1"
    told_request_id: str | None = "r1"
    upper: bool = False
    signature: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        signed = self.order_id if self.signed_id is None else self.signed_id
        asked = f"request-id:{self.request_id};" if self.request_id else ""
        text = f"id:{signed};{asked}ts:{self.stamp};"
        digest = hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        digest = digest.upper() if self.upper else digest
        told = f"ts={self.told_stamp or self.stamp},v1={digest}"
        headers = {"x-signature": told if self.signature is None else self.signature}
        return headers | ({"x-request-id": self.told_request_id} if self.told_request_id else {})


class Street:
    """The shop that is attacked, and a rival in the same house with its own secret."""

    def __init__(self, both: TwoGateways) -> None:
        self.both, self.app, self._numbers = both, both.shop.app, count(1)
        self.rival: Tenant = make_tenant(self.app, "Rival")
        keys: gateway_accounts.Keys = {
            "private_key": "APP_USR-2222-the-rivals-access-token",
            "public_key": "APP_USR-public",
            "webhook_secret": RIVALS,
        }
        with self.app.app_context():
            gateway_accounts.set_keys(ACTOR, self.rival.company_id, keys, SECOND)

    def post(self, notice: Notice, company_id: str | None = None) -> int:
        company = company_id or self.both.shop.company_id
        about = notice.query_id or notice.order_id
        body = {"action": "order.processed", "data": {"id": notice.order_id}}
        answer = self.app.test_client().post(
            f"/api/v1/webhooks/{SECOND}/{company}?data.id={about}&type=order",
            data=json.dumps(body),
            headers=notice.headers,
        )
        return answer.status_code

    def wait_at_the_bank(self) -> str:
        """The order of somebody new, which waits for the bank."""
        number = next(self._numbers)
        who = {"mac_cliente": f"02:00:00:00:01:{number:02X}", "ip_cliente": None}
        answer = self.both.buy(Outcome.CHALLENGE, email_cliente=f"n{number}@b.mx", **who)
        assert answer.status_code == 202, answer.text
        return str(answer.json["id_transaccion"])

    def sale_of(self, order_id: str) -> Sale:
        [sale] = [each for each in self.both.shop.sales() if each.order_id == order_id]
        return sale

    def kept(self) -> list[WebhookEvent]:
        with self.app.app_context(), reading() as session:
            return list(session.scalars(sa.select(WebhookEvent)))

    def forget(self) -> None:
        with self.app.app_context(), writing() as session:
            session.execute(sa.delete(WebhookEvent))


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    settings = {"public_url": "https://wifi.example.com", "cache_seconds": 0.0}
    with (
        MercadoPagoSandbox() as second,
        open_shop(
            tmp_path_factory.mktemp("street"), None, mercadopago_api_url=second.url, **settings
        ) as shop,
    ):
        yield Street(TwoGateways(shop, second))


@pytest.fixture(scope="module")
def order_id(street: Street) -> str:
    """An order that nothing becomes of."""
    return street.wait_at_the_bank()


@pytest.fixture(autouse=True)
def _nothing_kept(street: Street) -> None:
    street.forget()


FORGED: dict[str, dict[str, Any]] = {
    "nobody's": {"signature": ""},
    "half a signature": {"signature": f"ts={SECONDS}"},
    "an empty digest": {"signature": f"ts={SECONDS},v1="},
    "another secret": {"secret": "another secret that is long"},
    "no secret": {"secret": ""},
    "the rival's secret": {"secret": RIVALS},
    "of another order, named in the address": {
        "signed_id": OTHER_ORDER,
        "query_id": OTHER_ORDER,
    },
    "of no order": {"signed_id": ""},
    "of another time": {"told_stamp": MILLISECONDS},
    "of another request": {"told_request_id": "r2"},
    "of a request that is not told": {"told_request_id": None},
}


@pytest.mark.parametrize("forged", FORGED)
def test_what_the_company_s_secret_has_not_signed_leaves_nothing(
    street: Street, order_id: str, forged: str
) -> None:
    assert street.post(replace(Notice(order_id), **FORGED[forged])) == 401
    assert street.kept() == []


@pytest.mark.parametrize("stamp", [SECONDS, MILLISECONDS])
@pytest.mark.parametrize("upper", [True, False])
@pytest.mark.parametrize("asked", ["r1", None])
def test_all_spellings_that_its_sources_tell_are_believed(
    street: Street, order_id: str, stamp: str, upper: bool, asked: str | None
) -> None:
    spelt = Notice(order_id, stamp=stamp, upper=upper, request_id=asked, told_request_id=asked)
    assert street.post(spelt) == 200
    # As the address names it, in small letters too; the body's is the one that is asked about.
    assert street.post(replace(spelt, signed_id=order_id.lower(), query_id=OTHER_ORDER)) == 200
    [event] = street.kept()
    assert (event.signed, event.order_id) == (True, order_id)


def test_the_rival_s_own_address_and_secret_reach_its_own_orders_alone(street: Street) -> None:
    order_id, rival, shop = street.wait_at_the_bank(), street.rival.company_id, street.both.shop
    assert street.post(Notice(order_id), rival) == 401
    assert street.post(Notice(order_id, secret=RIVALS), rival) == 200
    [event] = street.kept()
    assert (event.company_id, event.reference) == (rival, None)
    street.both.second.challenge(order_id, passed=True)
    shop.change(Sale, next_attempt_at=None)
    shop.reconcile()
    assert street.sale_of(order_id).state == "pending"
    # Whose order it is, is heard.
    assert street.post(Notice(order_id)) == 200
    shop.reconcile()
    assert street.sale_of(order_id).state == "delivered"


def test_a_notice_that_is_played_again_opens_nothing_again(street: Street) -> None:
    """Not while it is new, and not once the money has gone back."""
    both, order_id = street.both, street.wait_at_the_bank()
    told, asked = Notice(order_id), both.second.keys("charge")
    both.second.challenge(order_id, passed=True)
    assert [street.post(told) for _ in range(5)] == [200] * 5
    assert len(street.kept()) == 1
    both.shop.reconcile()
    assert street.sale_of(order_id).state == "delivered"
    both.second.refund(order_id, "20.00")
    for _ in range(2):
        street.forget()
        assert street.post(told) == 200
        both.shop.reconcile()
        sale = street.sale_of(order_id)
        [access] = [each for each in both.shop.accesses() if each.id == sale.access_id]
        assert (sale.state, access.wanted) == ("refunded", "absent")
    assert both.second.keys("charge") == asked
