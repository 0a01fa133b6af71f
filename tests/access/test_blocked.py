"""Test that a user whom the operator disables on the router stays disabled, and who is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.access.provisioning import mark_of
from portal.access.router_restore import restore_router
from portal.access.usage_sync import sync_usage
from portal.models import Access, Alert, Plan, Sale, utc_now
from portal.sales.errors import AccessBlocked
from portal.sales.operator_refund import refund_sale
from portal.sales.purchase import buy
from portal.sales.request import PurchaseRequest
from tests.access.test_reconnection import CONNECTED, NEW_MAC, NOT_CONNECTED, ask, bought, said
from tests.support.shop import MAC, Shop

HOUR = 3600
USER = "/ip/hotspot/user"


@pytest.fixture(autouse=True)
def _of_an_hour(shop: Shop) -> None:
    shop.change(Plan, duration_seconds=HOUR, duration_from="purchase")


def switch(shop: Shop, name: str, verb: str) -> None:
    """What an operator does in Winbox."""
    shop.router.execute(f"{USER}/{verb}", numbers=shop.router.users[name][".id"])


def is_disabled(shop: Shop, name: str) -> bool:
    return shop.router.users[name]["disabled"] == "true"


def look(shop: Shop) -> None:
    with shop.app.app_context():
        sync_usage(shop.router_id)


def told(shop: Shop) -> list[Alert]:
    """The alerts of this kind that stand."""
    found = [alert for alert in shop.alerts() if alert.kind == "user_disabled"]
    return [alert for alert in found if alert.resolved_at is None]


def extend(shop: Shop) -> str:
    values = shop.extension(shop.accesses()[0].id)
    with shop.app.test_request_context():
        return buy(PurchaseRequest(**values)).sale.state


def test_it_stays_disabled_and_is_told(shop: Shop) -> None:
    name, _ = bought(shop)
    switch(shop, name, "disable")
    for _ in range(2):
        look(shop)
        shop.reconcile()
    with shop.app.app_context():
        restored = restore_router(shop.router_id)
        [access] = shop.accesses()
        mark = mark_of(access.id)
    assert is_disabled(shop, name)
    assert (restored.lost, restored.left) == (0, 0)
    assert (access.wanted, access.actual) == ("enabled", "disabled")
    [alert] = told(shop)
    assert (alert.subject, alert.times) == (access.id, 1)
    assert f'/ip hotspot user enable [find comment="{mark}"]' in alert.message
    assert name in alert.message


def test_it_is_theirs_again_once_it_is_enabled(shop: Shop) -> None:
    name, _ = bought(shop)
    switch(shop, name, "disable")
    look(shop)
    switch(shop, name, "enable")
    look(shop)
    [access] = shop.accesses()
    assert (access.actual, access.blocked_at) == ("enabled", None)
    assert told(shop) == []


def test_what_we_disabled_ourselves_is_nobody_s_word(shop: Shop) -> None:
    """It was made disabled and never enabled, though its time began, as of a refused refund."""
    shop.router.faults.cut_before(f"{USER}/set", times=None)
    assert shop.buy().status_code == 202
    [access] = shop.accesses()
    assert is_disabled(shop, shop.name_of(access))
    shop.router.faults.clear()
    shop.change(Access, started_at=utc_now())
    shop.reconcile()
    assert not is_disabled(shop, shop.name_of(access))
    assert told(shop) == []


def test_its_customer_is_told(shop: Shop) -> None:
    name, password = bought(shop)
    switch(shop, name, "disable")
    for _ in range(2):
        answer = ask(shop, name, password)
        assert said(answer) == NOT_CONNECTED
        assert "El operador desactivó este acceso" in answer.json["mensaje"]
        shop.reconcile()
    assert is_disabled(shop, name)
    assert len(told(shop)) == 1
    switch(shop, name, "enable")
    assert said(ask(shop, name, password)) == CONNECTED


def test_its_customer_is_told_where_the_router_speaks_otherwise(shop: Shop) -> None:
    name, password = bought(shop)
    switch(shop, name, "disable")
    shop.router.faults.trap("el usuario está apagado", "/ip/hotspot/active/login", times=None)
    assert "El operador desactivó" in ask(shop, name, password).json["mensaje"]


def test_a_wrong_code_learns_nothing_of_it(shop: Shop) -> None:
    name, _ = bought(shop)
    switch(shop, name, "disable")
    look(shop)
    assert ask(shop, name, "0000x").json["estado"] == "credenciales_invalidas"


def test_its_end_takes_it_away(shop: Shop) -> None:
    name, _ = bought(shop)
    switch(shop, name, "disable")
    look(shop)
    shop.change(Access, expires_at=utc_now())
    shop.reconcile()
    assert name not in shop.router.users
    assert shop.accesses()[0].blocked_at is None
    assert told(shop) == []


def test_a_refund_takes_it_away(shop: Shop) -> None:
    name, _ = bought(shop)
    switch(shop, name, "disable")
    look(shop)
    with shop.app.app_context():
        refund_sale(shop.sales()[0].id, "customer asked")
    shop.reconcile()
    assert name not in shop.router.users
    assert shop.charged() == 0
    assert told(shop) == []


def test_use_up_to_the_limit_takes_it_away(shop: Shop) -> None:
    shop.change(Plan, duration_seconds=None, duration_from=None, data_limit=1_000_000)
    name, _ = bought(shop)
    switch(shop, name, "disable")
    look(shop)
    shop.change(Access, used_bytes=1_000_000)
    look(shop)
    shop.reconcile()
    assert name not in shop.router.users


def test_a_router_that_was_reset_gets_it_back_disabled(shop: Shop) -> None:
    name, _ = bought(shop)
    switch(shop, name, "disable")
    look(shop)
    shop.router.reset()
    shop.router.add_profile("1hora")
    look(shop)
    shop.reconcile()
    assert is_disabled(shop, name)
    assert len(told(shop)) == 1
    switch(shop, name, "enable")
    look(shop)
    assert shop.accesses()[0].blocked_at is None


def test_nothing_is_sold_for_it(shop: Shop) -> None:
    name, _ = bought(shop)
    switch(shop, name, "disable")
    look(shop)
    with pytest.raises(AccessBlocked):
        extend(shop)
    assert shop.charged() == 2000


def test_money_that_came_all_the_same_waits_for_the_operator(shop: Shop) -> None:
    """It was disabled unseen: P2 says delivered in time or refunded, with the operator told."""
    name, _ = bought(shop)
    switch(shop, name, "disable")
    assert extend(shop) == "paid"
    assert is_disabled(shop, name)
    assert len(told(shop)) == 1
    switch(shop, name, "enable")
    shop.reconcile()
    assert [sale.state for sale in shop.sales()] == ["delivered", "delivered"]
    assert not is_disabled(shop, name)
    assert told(shop) == []
    [access] = shop.accesses()
    assert (access.duration_seconds, access.actual) == (2 * HOUR, "enabled")


def test_money_that_nobody_answers_for_goes_back(shop: Shop) -> None:
    name, _ = bought(shop)
    switch(shop, name, "disable")
    assert extend(shop) == "paid"
    shop.change(Sale, paid_at=utc_now() - timedelta(days=1))
    for _ in range(3):
        shop.reconcile()
    assert [sale.state for sale in shop.sales()] == ["delivered", "refunded"]
    assert is_disabled(shop, name)
    assert (shop.charged(), shop.accesses()[0].duration_seconds) == (2000, HOUR)


def test_a_new_code_is_no_matter(shop: Shop) -> None:
    name, _ = bought(shop)
    switch(shop, name, "disable")
    look(shop)
    answer = shop.buy(mac_cliente=NEW_MAC, conexion_automatica=True)
    assert answer.json["auto_conexion"]["estado"] == "conectado", answer.json
    assert is_disabled(shop, name)
    assert MAC not in {row["mac-address"] for row in shop.router.active}
