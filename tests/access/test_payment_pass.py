"""Test the pass to pay with: who gets one, how narrow it is, and that it ends in any case."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from portal.access.orphaned_users import remove_orphaned_users
from portal.access.payment_pass.answers import PassAnswer, PassStatus
from portal.access.payment_pass.giving import give_pass, pass_status
from portal.access.payment_pass.terms import PASS_SECONDS, PROFILE
from portal.access.usage_sync import sync_usage
from portal.core.database import reading, writing
from portal.models import Access, Company, PaymentPass, Plan, Router, Sale, utc_now
from portal.sales.customer_cancel import cancel_for_customer
from portal.worker.dispatcher import run_pass
from tests.sales.deferred.buying import ask, hear, take_all
from tests.support.lost_answers import losing
from tests.support.shop import IP, MAC, Shop
from tests.support.wrapped_ports import wrapped_ports

USER, HOST = "/ip/hotspot/user", "/ip/hotspot/host"
MANY, MOST = 8, 3


def at_bank(shop: Shop, **changes: Any) -> Sale:
    """Buy something that the bank wants confirmed; the sale as it stands then."""
    shop.gateway.behave(force_three_ds=True)
    answer = shop.buy(conexion_automatica=True, **changes)
    assert answer.status_code == 202, answer.text
    body: dict[str, str] = answer.json or {}
    return next(sale for sale in shop.sales() if sale.id == body["referencia"])


def give(shop: Shop, sale: Sale) -> PassStatus:
    with shop.app.app_context():
        return give_pass(sale.id)


def status(shop: Shop, sale: Sale) -> PassAnswer:
    with shop.app.app_context():
        return pass_status(sale.id).answer


def passes(shop: Shop) -> list[PaymentPass]:
    with shop.app.app_context(), reading() as session:
        return list(session.scalars(sa.select(PaymentPass).order_by(PaymentPass.created_at)))


def pass_users(shop: Shop) -> list[dict[str, str]]:
    return [user for user in shop.router.users.values() if user["profile"] == PROFILE]


def online(shop: Shop) -> list[str]:
    """The users by whom somebody is online."""
    return [row["user"] for row in shop.router.active]


def work(shop: Shop, *, over: bool = False) -> None:
    """One pass of the worker; `over`: the time of every pass is."""
    with shop.app.app_context():
        if over:
            with writing() as session:
                session.execute(sa.update(PaymentPass).values(next_attempt_at=utc_now()))
        run_pass()


def nothing_is_left(shop: Shop) -> bool:
    by_pass = [name for name in online(shop) if name.startswith("pase-")]
    return not pass_users(shop) and not by_pass


def test_it_lets_the_sale_s_device_in_slowly_and_for_a_while(shop: Shop) -> None:
    sale = at_bank(shop)
    assert status(shop, sale) is PassAnswer.OFFERED
    given = give(shop, sale)
    assert given.stands
    [user] = pass_users(shop)
    assert online(shop) == [user["name"]]
    assert (user["mac-address"], user["limit-uptime"]) == (MAC, "10m")
    assert user["limit-bytes-total"] == str(2 * 600 * 32_000)
    [profile] = [row for row in shop.router.rows(f"{USER}/profile") if row["name"] == PROFILE]
    shown = ("rate-limit", "shared-users", "session-timeout", "add-mac-cookie")
    assert [profile[name] for name in shown] == ["256k/256k", "1", "10m", "false"]
    assert given.ends_at is not None
    assert 0 < (given.ends_at - utc_now()).total_seconds() <= PASS_SECONDS


def test_asked_again_it_is_the_same(shop: Shop) -> None:
    sale = at_bank(shop)
    assert give(shop, sale) == give(shop, sale)
    assert len(passes(shop)) == len(pass_users(shop)) == 1


@pytest.mark.parametrize("reboots", [False, True])
def test_who_lost_it_comes_back_for_what_is_left(shop: Shop, reboots: bool) -> None:
    """A phone that sleeps is not in the WiFi for a while, and a router can lose its power."""
    sale, router = at_bank(shop), shop.router
    give(shop, sale)
    router.clock.advance(100)
    if reboots:
        router.reboot()
    else:
        router.leave(MAC)
        router.clock.advance(130)
        router.join(MAC, IP)
    assert online(shop) == []
    assert give(shop, sale).stands
    assert online(shop) == [passes(shop)[0].name]
    assert len(passes(shop)) == len(pass_users(shop)) == 1
    # What it had is not given twice.
    router.clock.advance(PASS_SECONDS - 99)
    assert online(shop) == []
    assert give(shop, sale).stands
    assert online(shop) == []
    router.leave(MAC)
    assert give(shop, sale).answer is PassAnswer.NOT_IN_NETWORK


def test_the_router_ends_it_by_itself(shop: Shop) -> None:
    """No worker runs, and the profile was widened by somebody."""
    give(shop, at_bank(shop))
    [profile] = [row for row in shop.router.rows(f"{USER}/profile") if row["name"] == PROFILE]
    shop.router.execute(f"{USER}/profile/set", numbers=profile[".id"], session_timeout="0s")
    shop.router.clock.advance(PASS_SECONDS - 1)
    assert len(online(shop)) == 1
    shop.router.clock.advance(2)
    assert online(shop) == []
    [user] = pass_users(shop)
    assert user["uptime"] == "10m"


def test_the_worker_takes_its_user_away_when_its_time_is_over(shop: Shop) -> None:
    give(shop, at_bank(shop))
    work(shop)
    assert len(pass_users(shop)) == 1
    work(shop, over=True)
    assert nothing_is_left(shop)
    [over] = passes(shop)
    assert over.removed_at is not None
    assert (over.next_attempt_at, over.lease) == (None, None)


def test_who_has_paid_is_moved_over(shop: Shop) -> None:
    sale = at_bank(shop)
    give(shop, sale)
    shop.gateway.challenge(sale.order_id or "", passed=True)
    shop.reconcile()
    [access] = shop.accesses()
    assert online(shop) == [shop.name_of(access)]
    assert nothing_is_left(shop)
    [sold] = shop.sales()
    assert sold.session_id is not None


def test_who_has_paid_and_types_the_code_comes_in_as_well(shop: Shop) -> None:
    """Before any worker has taken the pass away."""
    other: dict[str, str] = (shop.buy().json or {})["usuario_hotspot"]
    give(shop, at_bank(shop))
    body = {"username": other["usuario"], "password": other["contrasena"], "current_mac": MAC}
    answer: dict[str, Any] = shop.call("/api/v1/hotspot/auto-reconnect", body).json or {}
    assert answer["auto_conexion"] == "conectado"
    assert online(shop) == [other["usuario"]]
    assert nothing_is_left(shop)


def decline(shop: Shop, sale: Sale) -> None:
    shop.gateway.challenge(sale.order_id or "", passed=False)


def cancel(shop: Shop, sale: Sale) -> None:
    with shop.app.app_context():
        assert cancel_for_customer(sale.id)


def expire(shop: Shop, sale: Sale) -> None:
    shop.gateway.expire(sale.order_id or "")


@pytest.mark.parametrize("decide", [decline, cancel, expire])
def test_it_goes_with_the_sale(shop: Shop, decide: Callable[[Shop, Sale], None]) -> None:
    sale = at_bank(shop)
    give(shop, sale)
    decide(shop, sale)
    shop.reconcile()
    work(shop)
    assert nothing_is_left(shop)
    assert status(shop, sale) is PassAnswer.NOT_WAITING
    assert give(shop, sale).answer is PassAnswer.NOT_WAITING


def pay_deferred(shop: Shop, method: str) -> Sale:
    """Choose to pay elsewhere; the sale as it stands then."""
    take_all(shop)
    answer = ask(shop, method, conexion_automatica=True)
    assert answer.status_code == 202, answer.text
    return shop.sales()[-1]


def test_who_pays_by_transfer_gets_one_and_is_moved_over(shop: Shop) -> None:
    sale = pay_deferred(shop, "spei")
    assert give(shop, sale).stands
    work(shop)
    assert len(pass_users(shop)) == 1
    shop.gateway.pay(sale.order_id or "")
    hear(shop, sale.order_id or "")
    [access] = shop.accesses()
    assert online(shop) == [shop.name_of(access)]
    assert nothing_is_left(shop)


def test_whose_time_was_too_short_gets_another_one(shop: Shop) -> None:
    """A reference lasts for hours; the limits on passes hold all the same."""
    sale = pay_deferred(shop, "spei")
    for _ in range(2):
        assert give(shop, sale).stands
        work(shop, over=True)
    assert nothing_is_left(shop)
    assert give(shop, sale).answer is PassAnswer.DEVICE_LIMIT


def test_who_pays_by_card_after_all_is_moved_over(shop: Shop) -> None:
    """The reference is closed before the card is charged, and its pass goes with it."""
    sale = pay_deferred(shop, "spei")
    give(shop, sale)
    bought = shop.buy(conexion_automatica=True)
    assert bought.status_code == 200, bought.text
    body: dict[str, Any] = bought.json or {}
    assert body["auto_conexion"]["estado"] == "conectado"
    assert online(shop) == [body["usuario_hotspot"]["usuario"]]
    work(shop)
    assert nothing_is_left(shop)


def in_a_shop(shop: Shop) -> Sale:
    """Cash is paid on foot."""
    return pay_deferred(shop, "efectivo")


def paid_in_part(shop: Shop) -> Sale:
    """A person decides what becomes of it, and nothing more is to be paid."""
    sale = pay_deferred(shop, "spei")
    shop.gateway.pay(sale.order_id or "", amount=500)
    hear(shop, sale.order_id or "")
    return sale


def paid(shop: Shop) -> Sale:
    shop.buy()
    return shop.sales()[-1]


def unanswered(shop: Shop) -> Sale:
    """The gateway has an order, and nobody knows of it yet."""
    with losing(shop, "hang", "charge", times=None):
        shop.buy("key")
    return shop.sales()[-1]


def without_mac(shop: Shop) -> Sale:
    return at_bank(shop, mac_cliente=None)


def switched_off(shop: Shop) -> Sale:
    shop.change(Company, passes_per_device=0)
    return at_bank(shop)


def off_for_routers(shop: Shop) -> Sale:
    shop.change(Company, passes_per_router=0)
    return at_bank(shop)


def by_radius(shop: Shop) -> Sale:
    sale = at_bank(shop)
    shop.change(Router, delivery="radius")
    return sale


def without_order(shop: Shop) -> Sale:
    sale = at_bank(shop)
    shop.change(Sale, order_id=None)
    return sale


def sent_nowhere(shop: Shop) -> Sale:
    """Nobody knows how the sale stands, its buyer least."""
    sale = at_bank(shop)
    shop.change(Sale, action_url=None)
    return sale


def paused(shop: Shop) -> Sale:
    sale = at_bank(shop)
    shop.change(Router, active=False)
    return sale


def elsewhere(shop: Shop) -> Sale:
    """Under a MAC that the router does not see."""
    return at_bank(shop, mac_cliente="02:00:00:00:00:09")


def with_a_code(shop: Shop) -> Sale:
    """It has bought something before, and uses it."""
    shop.buy(conexion_automatica=True)
    return at_bank(shop)


NOBODYS = [
    (paid, PassAnswer.NOT_WAITING),
    (unanswered, PassAnswer.NOT_WAITING),
    (without_order, PassAnswer.NOT_WAITING),
    (sent_nowhere, PassAnswer.NOT_WAITING),
    (in_a_shop, PassAnswer.NOT_WAITING),
    (paid_in_part, PassAnswer.NOT_WAITING),
    (without_mac, PassAnswer.NOT_OFFERED),
    (switched_off, PassAnswer.NOT_OFFERED),
    (off_for_routers, PassAnswer.NOT_OFFERED),
    (by_radius, PassAnswer.NOT_OFFERED),
    (paused, PassAnswer.NOT_OFFERED),
    (elsewhere, PassAnswer.NOT_IN_NETWORK),
    (with_a_code, PassAnswer.ONLINE),
]


@pytest.mark.parametrize(("begin", "answer"), NOBODYS, ids=[row[0].__name__ for row in NOBODYS])
def test_who_gets_none(shop: Shop, begin: Callable[[Shop], Sale], answer: PassAnswer) -> None:
    sale = begin(shop)
    shop.gateway.heal()
    assert give(shop, sale).answer is answer
    assert passes(shop) == []
    assert pass_users(shop) == []


def test_no_more_for_a_device_in_a_day(shop: Shop) -> None:
    """It buys again each time, as somebody would who does not mean to pay."""
    for _ in range(2):
        sale = at_bank(shop)
        assert give(shop, sale).stands
        cancel(shop, sale)
        shop.reconcile()
    again = at_bank(shop)
    assert give(shop, again).answer is PassAnswer.DEVICE_LIMIT
    assert nothing_is_left(shop)
    shop.change(PaymentPass, created_at=utc_now().replace(year=2000))
    assert give(shop, again).stands


def phones(shop: Shop, count: int) -> list[Sale]:
    """As many phones, each with a MAC that it has just made up, and each at its bank."""
    shop.change(Company, passes_per_router=MOST)
    found = []
    for number in range(count):
        mac, ip = f"02:00:00:00:00:{number:02X}", f"192.168.88.{number + 1}"
        shop.router.join(mac, ip)
        found.append(at_bank(shop, mac_cliente=mac, ip_cliente=ip))
    return found


def test_made_up_devices_get_no_more_than_the_router_gives_in_an_hour(shop: Shop) -> None:
    given = [give(shop, sale).answer for sale in phones(shop, MOST + 2)]
    assert given == [PassAnswer.STANDS] * MOST + [PassAnswer.ROUTER_LIMIT] * 2
    assert len(online(shop)) == MOST


@pytest.mark.each_database
def test_nor_at_the_same_moment(shop: Shop) -> None:
    sales = phones(shop, MANY)
    with ThreadPoolExecutor(MANY) as threads:
        given = list(threads.map(lambda sale: give(shop, sale).answer, [*sales, *sales]))
    assert len(passes(shop)) == len(pass_users(shop)) == len(online(shop)) == MOST
    assert given.count(PassAnswer.ROUTER_LIMIT) >= MANY - MOST
    # Who asks twice at a time is told of the one that is being made, or that it stands.
    assert set(given) <= {PassAnswer.STANDS, PassAnswer.ROUTER_LIMIT, PassAnswer.ONLINE}


def test_one_by_which_nobody_was_let_in_is_not_counted(shop: Shop) -> None:
    sale = at_bank(shop)
    shop.router.faults.trap("session limit reached", "/ip/hotspot/active/login")
    assert give(shop, sale).answer is PassAnswer.ROUTER_AWAY
    assert passes(shop) == []
    assert nothing_is_left(shop)
    assert give(shop, sale).stands


def test_the_sweep_leaves_it_and_takes_one_that_no_record_knows(shop: Shop) -> None:
    give(shop, at_bank(shop))
    [user] = pass_users(shop)
    with shop.app.app_context():
        sync_usage(shop.router_id)
        assert remove_orphaned_users(shop.router_id).removed == 0
        with writing() as session:
            session.execute(sa.delete(PaymentPass))
        assert remove_orphaned_users(shop.router_id).removed == 1
    assert user["name"] not in shop.router.users
    assert nothing_is_left(shop)


def test_one_that_the_router_keeps_is_taken_as_soon_as_it_answers(shop: Shop) -> None:
    sale = at_bank(shop)
    give(shop, sale)
    shop.router.go_down()
    work(shop, over=True)
    [kept] = passes(shop)
    assert kept.removed_at is None
    assert kept.attempts == 1
    assert status(shop, sale) is not PassAnswer.OFFERED
    shop.router.come_up()
    work(shop, over=True)
    assert nothing_is_left(shop)
    assert passes(shop)[0].removed_at is not None


class Watched:
    """A port of the router; the bank refuses, and a worker hears of it, right after one call."""

    def __init__(self, port: Any, command: str, decide: Callable[[], None]) -> None:
        self.port, self.command, self.decide = port, command, decide

    def __getattr__(self, name: str) -> Any:
        ask = getattr(self.port, name)
        if name != self.command:
            return ask

        def asked(*args: Any, **named: Any) -> Any:
            answer = ask(*args, **named)
            self.decide()
            return answer

        return asked


@pytest.mark.parametrize("command", ["add_user", "log_in"])
def test_one_whose_sale_is_decided_while_it_is_made(shop: Shop, command: str) -> None:
    sale = at_bank(shop)
    ports = shop.app.extensions["ports"]

    def decide() -> None:
        shop.app.extensions["ports"] = ports
        decline(shop, sale)
        shop.reconcile()

    watched = wrapped_ports(ports, lambda port: Watched(port, command, decide))
    shop.app.extensions["ports"] = watched
    assert give(shop, sale).answer is PassAnswer.NOT_WAITING
    assert nothing_is_left(shop)
    assert [one.removed_at is not None for one in passes(shop)] == [True]


class Death(BaseException):
    """What ends a process."""


def test_who_dies_over_giving_it_keeps_the_device_out_for_no_longer(shop: Shop) -> None:
    sale = at_bank(shop)
    ports = shop.app.extensions["ports"]

    def die() -> None:
        shop.app.extensions["ports"] = ports
        raise Death

    shop.app.extensions["ports"] = wrapped_ports(ports, lambda port: Watched(port, "add_user", die))
    with pytest.raises(Death):
        give(shop, sale)
    [left] = passes(shop)
    assert left.lease_until is not None
    assert left.next_attempt_at is not None
    assert left.next_attempt_at <= left.lease_until < left.expires_at
    shop.change(PaymentPass, lease_until=left.created_at, next_attempt_at=left.created_at)
    work(shop)
    assert nothing_is_left(shop)
    assert give(shop, sale).stands


def test_what_is_sold_counts_nothing_of_it(shop: Shop) -> None:
    """Nor is it one of the devices that were bought."""
    shop.change(Plan, duration_seconds=3600, duration_from="connected")
    sale = at_bank(shop)
    give(shop, sale)
    shop.router.clock.advance(300)
    shop.gateway.challenge(sale.order_id or "", passed=True)
    shop.reconcile()
    with shop.app.app_context():
        sync_usage(shop.router_id)
    [access] = shop.accesses()
    assert (access.total_seconds, access.wanted) == (0, "enabled")
    assert isinstance(access, Access)
