"""Test a customer's whole way by RADIUS: sold, let in, counted, lengthened, given back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal import ports
from portal.access.reconnection import let_in
from portal.access.usage_sync import sync_usage
from portal.core.database import reading, writing
from portal.hotspot.routeros.values import seconds
from portal.models import Access, Plan, RadiusUser, Router, utc_now
from portal.models.sale_states import SaleState
from portal.sales.operator_refund import refund_sale
from portal.sales.purchase import buy
from portal.sales.request import PurchaseRequest
from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.menus.errors import Refusal
from tests.support.radius.shop import HOUR, RadiusShop
from tests.support.shop import IP, MAC, ROUTER_PASSWORD

GIB = 2**30
# Not for being an unknown host: the server said no.
NOT_LET_IN = "^(?!unknown host)"
OTHER_MAC, OTHER_IP = "AA:BB:CC:DD:EE:01", "192.168.88.101"


@pytest.fixture
def shop(opened: RadiusShop) -> RadiusShop:
    for mac in {MAC, OTHER_MAC}:
        opened.router.leave(mac)
    opened.router.accounted()
    opened.router.join(MAC, IP)
    opened.router.join(OTHER_MAC, OTHER_IP)
    return opened


def sell(shop: RadiusShop, kind: str = "usuario_contrasena", **terms: object) -> dict[str, str]:
    """Sell the plan with these terms; the code."""
    shop.change(Plan, **{"data_limit": None, "max_devices": None, **HOUR, **terms})
    said = shop.buy(tipo_usuario=kind, mac_cliente=MAC)
    assert said.status_code == 200, said.text
    code: dict[str, str] = said.json["usuario_hotspot"]
    return code


def is_online(shop: RadiusShop) -> bool:
    with shop.app.app_context(), reading() as session:
        access, router = shop.access(), session.get_one(Router, shop.router_id)
        return ports.presence_of(router).session_of(access.name, MAC, 1.0) is not None


def extend(shop: RadiusShop) -> None:
    """Buy the plan once more for the latest access."""
    with shop.app.app_context():
        buy(PurchaseRequest(**shop.extension(shop.access().id)))


def time_left(shop: RadiusShop) -> int:
    """The seconds after which the router ends the only session."""
    return seconds(shop.router.active[0], "session-time-left")


def count(shop: RadiusShop) -> Access:
    with shop.app.app_context():
        sync_usage(shop.router_id)
    return shop.access()


@pytest.mark.parametrize("kind", ["usuario_contrasena", "pin"])
def test_what_is_sold_is_let_in_counted_and_given_back(shop: RadiusShop, kind: str) -> None:
    code = sell(shop, kind)
    shop.router.forget_commands()
    assert not is_online(shop)
    shop.let_in(code, IP)
    assert is_online(shop)
    shop.router.use(MAC, bytes_in=5 * GIB, bytes_out=9 * GIB)
    shop.router.pass_time(600)
    assert count(shop).total_bytes >= 14 * GIB
    sale = shop.sales()[-1]
    with shop.app.app_context():
        refund_sale(sale.id, "no navega")
    shop.finish(shop.router)
    assert (shop.access().actual, shop.sales()[-1].state) == ("absent", SaleState.REFUNDED)
    assert not is_online(shop)
    assert shop.router.active == []
    assert shop.jobs("session_changes") == []
    assert [session.stopped for session in shop.sessions()][-1]
    assert shop.router.commands == []


def test_time_added_moves_the_end_of_who_is_online(shop: RadiusShop) -> None:
    shop.let_in(sell(shop), IP)
    assert 3500 < time_left(shop) <= 3600
    shop.router.pass_time(900)
    extend(shop)
    shop.reconcile()
    assert 3600 + 2600 < time_left(shop) <= 2 * 3600
    assert shop.jobs("session_changes") == []


def test_data_added_is_there_at_the_next_login(shop: RadiusShop) -> None:
    """RouterOS takes no other data limit for a session that is under way."""
    code = sell(shop, duration_seconds=None, duration_from=None, data_limit=GIB)
    shop.let_in(code, IP)
    extend(shop)
    shop.reconcile()
    assert len(shop.router.active) == 1
    shop.router.use(MAC, bytes_in=GIB, bytes_out=0)
    shop.router.pass_time(600)
    assert shop.router.active == []
    shop.router.join(MAC, IP)
    shop.let_in(code, IP)
    shop.router.use(MAC, bytes_in=GIB, bytes_out=0)
    shop.router.pass_time(600)
    assert count(shop).wanted == "absent"
    shop.router.join(MAC, IP)
    with pytest.raises(Refusal, match=NOT_LET_IN):
        shop.let_in(code, IP)


def test_time_ends_for_who_is_online_and_for_who_comes_back(shop: RadiusShop) -> None:
    code = sell(shop)
    shop.let_in(code, IP)
    over = utc_now() - timedelta(seconds=1)
    with shop.app.app_context(), writing() as session:
        session.get_one(Access, shop.access().id).expires_at = over
        session.get_one(RadiusUser, shop.access().id).expires_at = over
    shop.router.log_out(MAC)
    shop.router.join(MAC, IP)
    with pytest.raises(Refusal, match=NOT_LET_IN):
        shop.let_in(code, IP)
    shop.reconcile()
    assert shop.access().actual == "absent"


def test_first_use_is_the_first_start(shop: RadiusShop) -> None:
    shop.let_in(sell(shop, duration_from="first_use"), IP)
    access = count(shop)
    started = shop.sessions()[-1].started_at
    assert access.started_at == started
    assert access.expires_at == started + timedelta(hours=1)


def test_time_online_is_counted_from_reports(shop: RadiusShop) -> None:
    code = sell(shop, duration_from="connected")
    shop.let_in(code, IP)
    # A moment more, since the sixth report is due at the very end of half an hour.
    shop.router.pass_time(1801)
    assert 1800 <= count(shop).total_seconds <= 1810
    shop.router.log_out(MAC)
    shop.router.join(MAC, IP)
    shop.let_in(code, IP)
    assert 1700 < time_left(shop) <= 1800
    shop.router.pass_time(1801)
    assert count(shop).wanted == "absent"


def test_a_disconnect_that_is_not_heard_is_sent_again(shop: RadiusShop) -> None:
    shop.let_in(sell(shop), IP)
    port = shop.router.incoming_port
    shop.change(Router, coa_port=9)
    with shop.app.app_context():
        refund_sale(shop.sales()[-1].id, "no navega")
    shop.reconcile()
    assert shop.access().actual == "unknown"
    assert len(shop.jobs("session_changes")) == 1
    shop.change(Router, coa_port=port)
    shop.finish(shop.router)
    assert (shop.access().actual, shop.router.active) == ("absent", [])


def test_a_session_that_its_router_forgot_is_over(shop: RadiusShop) -> None:
    """Whose Stop was lost: the router reports others, and this one no more."""
    shop.let_in(sell(shop), IP)
    shop.silence(3 * 300 + 1, router_too=False)
    assert not is_online(shop)
    count(shop)
    assert shop.sessions()[-1].ended_because == "Lost"


def test_a_silent_router_s_sessions_count_for_nobody_and_stay(shop: RadiusShop) -> None:
    shop.let_in(sell(shop), IP)
    shop.silence(3 * 300 + 1)
    count(shop)
    assert not is_online(shop)
    assert shop.sessions()[-1].ended_at is None
    shop.router.pass_time(600)
    assert is_online(shop)


def test_after_a_power_cut_nobody_is_online(shop: RadiusShop) -> None:
    code = sell(shop)
    shop.let_in(code, IP)
    shop.router.reboot(power_cut=True)
    shop.router.accounted()
    assert not is_online(shop)
    shop.router.join(MAC, IP)
    shop.let_in(code, IP)
    assert is_online(shop)


def test_more_devices_than_were_bought_are_logged_out(shop: RadiusShop) -> None:
    shop.router.execute("/ip/hotspot/user/profile/set", numbers="*1", shared_users="9")
    code = sell(shop, max_devices=2)
    shop.let_in(code, IP)
    shop.let_in(code, OTHER_IP)
    shop.change(Access, max_devices=1)
    assert sync(shop).logged_out == 1
    assert len(shop.router.active) == 1


def test_a_phone_that_hides_behind_another_address_takes_its_own_place(shop: RadiusShop) -> None:
    """As phones do by themselves, and the router still has the old one."""
    code = sell(shop, max_devices=1)
    shop.let_in(code, IP)
    with pytest.raises(Refusal, match=NOT_LET_IN):
        shop.let_in(code, OTHER_IP)
    with shop.app.app_context():
        with reading() as session:
            router = session.get_one(Router, shop.router_id)
        assert let_in(router, shop.access(), OTHER_MAC, OTHER_IP).online is None
    shop.let_in(code, OTHER_IP)
    assert [row["mac-address"] for row in shop.router.active] == [OTHER_MAC]


def test_a_code_is_good_at_all_sites_and_its_devices_are_counted_there(shop: RadiusShop) -> None:
    with RouterSandbox(password=ROUTER_PASSWORD) as beach:
        beach.add_profile("1hora")
        beach.join(OTHER_MAC, OTHER_IP)
        site = shop.second_site(beach)
        local, code = sell(shop), sell(shop, all_sites=True)
        with pytest.raises(Refusal, match=NOT_LET_IN):
            shop.let_in(local, OTHER_IP, beach)
        shop.let_in(code, IP)
        with pytest.raises(Refusal, match=NOT_LET_IN):
            shop.let_in(code, OTHER_IP, beach)
        shop.router.log_out(MAC)
        shop.router.accounted()
        shop.let_in(code, OTHER_IP, beach)
        with shop.app.app_context(), reading() as session:
            router = session.get_one(Router, site)
            seen = ports.presence_of(router).sessions(1.0)
        assert [online.mac for online in seen] == [OTHER_MAC]
        with shop.app.app_context():
            refund_sale(shop.sales()[-1].id, "no navega")
        shop.finish(beach)
        assert (beach.active, shop.access().actual) == ([], "absent")


def test_logins_go_on_while_nothing_of_ours_runs(shop: RadiusShop) -> None:
    """Ten minutes: in, out by the time that was bought, and not in again."""
    code = sell(shop, duration_seconds=600, duration_from="connected")
    shop.let_in(code, IP)
    shop.router.pass_time(300)
    shop.router.log_out(MAC)
    shop.router.join(MAC, IP)
    shop.let_in(code, IP)
    shop.router.pass_time(301)
    assert shop.router.active == []
    shop.router.join(MAC, IP)
    with pytest.raises(Refusal, match=NOT_LET_IN):
        shop.let_in(code, IP)


def test_a_phone_that_is_online_is_told_so_at_once(shop: RadiusShop) -> None:
    shop.let_in(sell(shop), IP)
    with shop.app.app_context(), reading() as session:
        access, router = shop.access(), session.get_one(Router, shop.router_id)
        found = let_in(router, access, MAC, IP)
    assert found.online is not None
    assert found.online.mac == MAC


def sync(shop: RadiusShop) -> Any:
    with shop.app.app_context():
        return sync_usage(shop.router_id)
