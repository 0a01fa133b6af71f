"""Test what Conekta tells us by itself: kept once, believed by nobody, answered at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from portal.core.database import reading, writing
from portal.models import AuditEntry, Company, GatewayAccount, WebhookEvent, utc_now
from portal.operators import gateway_accounts
from portal.operators.audit import Actor
from portal.sandbox.conekta.webhooks import signing
from portal.worker.retention import erase_personal_data
from portal.worker.webhook_inbox import UNSIGNED_LETTERS, UNSIGNED_OF_A_SALE
from tests.support.databases.queries import recorded_queries
from tests.support.lost_answers import hurried
from tests.support.patience import quickest, wait_until
from tests.support.servers.ports import free_port
from tests.support.servers.serving import serve
from tests.support.shop import PRIVATE_KEY, OpenShop, Shop

# Copies are told apart by what each database does on a conflict.
pytestmark = pytest.mark.each_database

EVENT = {
    "id": "evt_1",
    "type": "order.paid",
    "livemode": False,
    "data": {"object": {"object": "order", "id": "ord_1", "metadata": {"reference_id": "sal_1"}}},
}
BODY = json.dumps(EVENT, ensure_ascii=False).encode()
PROMPT = 0.25


@pytest.fixture(scope="module")
def private_pem() -> str:
    return signing.new_private_pem()


@pytest.fixture
def signed_shop(shop: Shop, private_pem: str) -> Shop:
    """One whose webhooks are signed."""
    shop.change(GatewayAccount, webhook_public_key=signing.public_pem(private_pem))
    return shop


@pytest.fixture
def known_shop(shop: Shop) -> Shop:
    """One with a sale that the unsigned event below is about."""
    shop.buy()
    return shop


def event_about(shop: Shop, number: int = 1, **changes: Any) -> bytes:
    """An event about the shop's first sale."""
    sale = shop.sales()[0]
    about = {"object": "order", "id": sale.order_id, "metadata": {"reference_id": sale.id}}
    event = EVENT | {"id": f"evt_{number}", "data": {"object": about}}
    return json.dumps(event | changes, ensure_ascii=False).encode()


def deliver(
    shop: Shop, raw: bytes = BODY, digest: str | None = None, company: str | None = None
) -> TestResponse:
    return shop.app.test_client().post(
        f"/api/v1/webhooks/conekta/{company or shop.company_id}",
        data=raw,
        headers={"Digest": digest} if digest is not None else {},
        content_type="application/json",
    )


def stored(shop: Shop) -> list[WebhookEvent]:
    with shop.app.app_context(), reading() as session:
        return list(session.scalars(sa.select(WebhookEvent).order_by(WebhookEvent.id)))


def public_pem(shop: Shop) -> str | None:
    with shop.app.app_context(), reading() as session:
        return session.scalar(
            sa.select(GatewayAccount.webhook_public_key).where(GatewayAccount.current)
        )


def test_an_event_is_kept_whole_and_is_due(known_shop: Shop) -> None:
    shop, raw = known_shop, event_about(known_shop)
    answer = deliver(shop, raw)
    assert (answer.status_code, answer.json) == (200, {"recibido": True})
    [event], [sale] = stored(shop), shop.sales()
    assert (event.company_id, event.event_id, event.type) == (
        shop.company_id,
        "evt_1",
        "order.paid",
    )
    assert (event.order_id, event.reference) == (sale.order_id, sale.id)
    assert event.body.encode() == raw
    assert (event.signed, event.outcome, event.attempts) == (False, None, 0)
    assert event.next_attempt_at is not None


def test_it_is_answered_at_once_and_nobody_is_asked(known_shop: Shop) -> None:
    shop, raw = known_shop, event_about(known_shop)
    shop.gateway.unplug()
    shop.router.go_down()
    calls = shop.gateway.calls()
    with recorded_queries(shop.app) as queries:
        deliver(shop, raw)
    assert len(queries) == 4
    assert quickest(lambda: deliver(shop, raw), PROMPT) < PROMPT
    assert len(stored(shop)) == 1
    assert shop.gateway.calls() == calls


def test_copies_are_kept_once(known_shop: Shop) -> None:
    shop, raw = known_shop, event_about(known_shop)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: deliver(shop, raw), range(16)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(stored(shop)) == 1


def test_the_same_event_of_another_company_is_another(signed_shop: Shop, private_pem: str) -> None:
    shop, other = signed_shop, "EMP_0000000001"
    with shop.app.app_context(), writing() as session:
        session.add(Company(id=other, name="Otra"))
        session.flush()
        pem = signing.public_pem(private_pem)
        session.add(
            GatewayAccount(
                company_id=other, provider="conekta", mode="test", webhook_public_key=pem
            )
        )
    digest = signing.digest(private_pem, BODY)
    for company in (shop.company_id, other):
        assert deliver(shop, BODY, digest, company).status_code == 200
    assert {event.company_id for event in stored(shop)} == {shop.company_id, other}


def test_what_nobody_signed_is_kept_only_of_a_sale_that_is_known(known_shop: Shop) -> None:
    for number, raw in enumerate(
        (BODY, BODY.replace(b"ord_1", b"ord_2"), *(json.dumps(e).encode() for e in ABOUT_NO_ORDER))
    ):
        assert deliver(known_shop, raw).status_code == 200, number
    assert stored(known_shop) == []
    assert deliver(known_shop, event_about(known_shop)).status_code == 200
    assert len(stored(known_shop)) == 1


def test_a_sale_of_another_company_is_not_known(known_shop: Shop) -> None:
    with known_shop.app.app_context(), writing() as session:
        session.add(Company(id="EMP_0000000001", name="Otra"))
    raw = event_about(known_shop)
    assert deliver(known_shop, raw, company="EMP_0000000001").status_code == 200
    assert stored(known_shop) == []


def test_what_nobody_signed_is_folded_while_it_waits(known_shop: Shop) -> None:
    for number in range(5):
        assert deliver(known_shop, event_about(known_shop, number)).status_code == 200
    assert len(stored(known_shop)) == 1
    known_shop.reconcile()
    assert deliver(known_shop, event_about(known_shop, 6)).status_code == 200
    assert len(stored(known_shop)) == 2


def test_what_is_told_anew_does_not_wait_for_a_look_that_was_put_off(known_shop: Shop) -> None:
    deliver(known_shop, event_about(known_shop))
    known_shop.change(WebhookEvent, next_attempt_at=utc_now() + timedelta(minutes=5))
    deliver(known_shop, event_about(known_shop, 2))
    assert len(stored(known_shop)) == 2


def test_a_look_that_is_under_way_may_have_missed_what_is_told_now(known_shop: Shop) -> None:
    deliver(known_shop, event_about(known_shop))
    soon = utc_now() + timedelta(minutes=1)
    known_shop.change(WebhookEvent, lease="somebody", lease_until=soon)
    deliver(known_shop, event_about(known_shop, 2))
    assert len(stored(known_shop)) == 2


def test_only_so_many_that_nobody_signed_are_kept_of_a_sale(known_shop: Shop) -> None:
    for number in range(UNSIGNED_OF_A_SALE + 5):
        assert deliver(known_shop, event_about(known_shop, number)).status_code == 200
        known_shop.change(WebhookEvent, next_attempt_at=None, outcome="refreshed")
    assert len(stored(known_shop)) == UNSIGNED_OF_A_SALE


def test_of_what_nobody_signed_only_so_much_is_kept(known_shop: Shop) -> None:
    raw = event_about(known_shop, padding="x" * (60 * 1024))
    assert deliver(known_shop, raw).status_code == 200
    [event] = stored(known_shop)
    assert len(event.body) == UNSIGNED_LETTERS


def test_an_address_may_post_only_so_much_that_nobody_signed(
    open_a_shop: OpenShop, private_pem: str
) -> None:
    shop = open_a_shop(address_webhooks=3)
    statuses = [deliver(shop).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    shop.change(GatewayAccount, webhook_public_key=signing.public_pem(private_pem))
    digest = signing.digest(private_pem, BODY)
    assert [deliver(shop, BODY, digest).status_code for _ in range(5)] == [200] * 5


def test_events_of_one_sale_come_to_one_look(signed_shop: Shop, private_pem: str) -> None:
    signed_shop.buy()
    for number in range(30):
        raw = event_about(signed_shop, number)
        assert deliver(signed_shop, raw, signing.digest(private_pem, raw)).status_code == 200
    before = signed_shop.gateway.calls()["look_up"]
    assert signed_shop.reconcile() == 1
    assert signed_shop.gateway.calls()["look_up"] == before + 1
    assert {(e.outcome, e.next_attempt_at) for e in stored(signed_shop)} == {("refreshed", None)}
    assert len(stored(signed_shop)) == 30


def test_a_good_signature(signed_shop: Shop, private_pem: str) -> None:
    assert deliver(signed_shop, BODY, signing.digest(private_pem, BODY)).status_code == 200
    [event] = stored(signed_shop)
    assert event.signed


def forgeries(private_pem: str) -> Iterator[str | None]:
    yield None
    yield ""
    yield "AAAA"
    yield signing.digest(private_pem, BODY + b" ")
    yield signing.digest(signing.new_private_pem(), BODY)


def test_a_wrong_signature_leaves_nothing(signed_shop: Shop, private_pem: str) -> None:
    for digest in forgeries(private_pem):
        answer = deliver(signed_shop, BODY, digest)
        assert (answer.status_code, list(answer.json)) == (401, ["detail"])
    assert stored(signed_shop) == []


def test_keys_of_replaced_credentials_still_count(signed_shop: Shop, private_pem: str) -> None:
    with signed_shop.app.app_context():
        keys: gateway_accounts.Keys = {"private_key": "key_another1Private2Key3xyz"}
        gateway_accounts.set_keys(Actor("test"), signed_shop.company_id, keys)
    assert public_pem(signed_shop) is None
    assert deliver(signed_shop, BODY, None).status_code == 401
    assert deliver(signed_shop, BODY, signing.digest(private_pem, BODY)).status_code == 200


UNKNOWN = ["EMP_0000000000", "x", "%00", "EMP_%F0%9F%92%A9", "E" * 500, "..", "'; --"]
GARBAGE = [b"", b"nada", b"[]", b"null", b"\xff\xfe", b"[" * 50_000, b'{"id": "evt_1"}\x00']
ABOUT_NO_ORDER: list[dict[str, Any]] = [
    {"id": "evt_1", "type": "webhook_ping", "data": {"action": "ping"}},
    {"id": "evt_2", "type": "payout.created", "data": {"object": {"object": "payout"}}},
    {"id": "evt_3", "type": "\x00", "data": None},
    {"id": ["evt_4"], "type": {}, "data": [1, 2]},
    {},
]


def test_unknown_companies(shop: Shop) -> None:
    assert {deliver(shop, company=company).status_code for company in UNKNOWN} == {404}
    assert stored(shop) == []


def test_garbage(shop: Shop) -> None:
    for raw in GARBAGE:
        answer = deliver(shop, raw)
        assert (answer.status_code, list(answer.json)) == (400, ["detail"])
    assert stored(shop) == []


def test_the_size_is_limited(signed_shop: Shop, private_pem: str) -> None:
    sizes = {64 * 1024 + 1: 413, 10_000_000: 413, 64 * 1024: 200}
    for size, status in sizes.items():
        raw = BODY + b" " * (size - len(BODY))
        digest = signing.digest(private_pem, raw)
        assert deliver(signed_shop, raw, digest).status_code == status
    assert len(stored(signed_shop)) == 1


def test_what_is_about_no_order_is_done_with(signed_shop: Shop, private_pem: str) -> None:
    for event in ABOUT_NO_ORDER:
        raw = json.dumps(event).encode()
        digest = signing.digest(private_pem, raw)
        assert deliver(signed_shop, raw, digest).status_code == 200
    kept = [(event.outcome, event.next_attempt_at) for event in stored(signed_shop)]
    assert kept == [("not_ours", None)] * len(ABOUT_NO_ORDER)


def test_what_names_the_buyer_goes_with_other_personal_data(
    signed_shop: Shop, private_pem: str
) -> None:
    shop = signed_shop
    for raw in (BODY, BODY.replace(b"evt_1", b"evt_2")):
        assert deliver(shop, raw, signing.digest(private_pem, raw)).status_code == 200
    [old, _] = stored(shop)
    with shop.app.app_context():
        with writing() as session:
            session.get_one(WebhookEvent, old.id).received_at -= timedelta(days=366)
        erase_personal_data(shop.company_id)
    bodies = [event.body for event in stored(shop)]
    assert bodies[0] == "(eliminado)"
    assert json.loads(bodies[1])["id"] == "evt_2"


def test_no_database_is_no_answer(known_shop: Shop) -> None:
    """Conekta delivers again what was not answered with 2xx."""
    raw = event_about(known_shop)
    with known_shop.app.app_context(), writing() as session:
        session.execute(sa.text("DROP TABLE webhook_event"))
    assert deliver(known_shop, raw).status_code in (500, 503)


def register(shop: Shop, *options: str) -> tuple[int, str]:
    result = shop.app.test_cli_runner().invoke(args=["webhooks", "register", *options])
    return result.exit_code, result.output


def test_registering_makes_webhook_and_key_once(open_a_shop: OpenShop) -> None:
    shop = open_a_shop(public_url="http://127.0.0.1:1/")
    url = f"http://127.0.0.1:1/api/v1/webhooks/conekta/{shop.company_id}"
    code, output = register(shop)
    assert (code, f"{url} registrada, firmada con una llave nueva." in output) == (0, True)
    first = public_pem(shop)
    assert first is not None
    code, output = register(shop, "--empresa", shop.company_id)
    assert (code, "con la llave de antes" in output) == (0, True)
    assert public_pem(shop) == first
    assert shop.gateway.calls() == {"webhook": 3, "webhook_key": 1}
    assert register(shop, "--nueva-llave")[0] == 0
    assert public_pem(shop) != first
    with shop.app.app_context(), reading() as session:
        actions = session.scalars(sa.select(AuditEntry.action)).all()
    assert actions == ["webhooks.register"] * 3


def refuse_key(shop: Shop) -> None:
    shop.gateway.refuse(PRIVATE_KEY)


def hang(shop: Shop) -> None:
    shop.gateway.fail("hang", times=None)


def refuse_address(shop: Shop) -> None:
    shop.gateway.behave(local_webhooks=False)


def forget_keys(shop: Shop) -> None:
    shop.change(GatewayAccount, private_key_sealed=None)


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (refuse_key, "Conekta rechazó la llave privada"),
        (hang, "Conekta no respondió"),
        (lambda shop: shop.gateway.unplug(), "Conekta no respondió"),
        (refuse_address, "Revise que PUBLIC_URL"),
        (forget_keys, "Configure primero la llave privada"),
    ],
)
def test_registering_that_fails_says_why(
    shop: Shop, trouble: Callable[[Shop], None], said: str
) -> None:
    trouble(shop)
    # Nothing that is asked here is to be answered, but for a refusal.
    hangs = ("subscribe", "new_signing_key") if trouble is hang else ()
    with hurried(shop.app, *hangs):
        code, output = register(shop, "--empresa", shop.company_id)
    assert (code, said in output) == (1, True)
    assert public_pem(shop) is None


def test_registering_for_a_company_that_is_not_there(shop: Shop) -> None:
    code, output = register(shop, "--empresa", "EMP_0000000000")
    assert (code, "Empresa no encontrada" in output) == (1, True)


def test_a_payment_that_conekta_tells_of_over_the_wire(open_a_shop: OpenShop) -> None:
    port = free_port()
    shop = open_a_shop(public_url=f"http://127.0.0.1:{port}")
    with serve(shop.app, port):
        assert register(shop)[0] == 0
        shop.gateway.deliver(copies=3)
        shop.gateway.behave(force_three_ds=True)
        bought = shop.buy().json
        shop.gateway.challenge(bought["id_transaccion"], passed=True)
        wait_until(lambda: any(event.type == "order.paid" for event in stored(shop)))
    events = stored(shop)
    assert all(event.signed for event in events)
    assert len({event.event_id for event in events}) == len(events)
    assert {event.order_id for event in events} == {bought["id_transaccion"]}
    assert bought["referencia"] in {event.reference for event in events}
    shop.reconcile()
    assert shop.status(bought["referencia"]).json["estado_pago"] == "paid"
