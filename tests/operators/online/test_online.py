"""Test who is online: by router, with plan and device, others' users shown and left alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from portal.access.payment_pass.giving import give_pass
from portal.core.database import reading, writing
from portal.core.errors import Conflict, Invalid, NotFound, Unavailable
from portal.models import Access, AuditEntry, Router, RouterContact, Sale, utc_now
from portal.operators import routers
from portal.operators.audit import Actor
from portal.operators.online import courtesy, devices, listing
from portal.operators.online.router_state import RouterState, state_of
from portal.operators.vouchers.left_codes import left_codes
from portal.sandbox.routeros import RouterSandbox
from tests.support.databases.queries import recorded_queries
from tests.support.servers.ports import free_port
from tests.support.shop import IP, MAC, OpenShop, Shop
from tests.support.tenants import make_tenant

ANA = Actor("ana@example.com")
OTHER_MAC, OTHER_IP = "02:00:00:00:00:01", "192.168.88.101"
HOUR, MEGABYTE = 3600, 2**20


@pytest.fixture
def entered(shop: Shop) -> Iterator[Shop]:
    """A shop on each kind of database, whose application is entered; nothing is sold yet."""
    shop.router.join(OTHER_MAC, OTHER_IP)
    with shop.app.app_context():
        yield shop


@dataclass(frozen=True)
class Bought:
    """What somebody bought who is online with it."""

    access_id: str
    name: str
    password: str


def bought(shop: Shop, **changes: Any) -> Bought:
    """Buy and log in; `changes` are of the access, as another plan would have it."""
    answer = shop.buy(conexion_automatica=True)
    assert answer.status_code == 200, answer.text
    [access] = shop.accesses()
    if changes:
        shop.change(Access, **changes)
    user = answer.json["usuario_hotspot"]
    return Bought(access.id, user["usuario"], user["contrasena"])


def let_in_to_pay(shop: Shop) -> str:
    """Buy what the bank wants confirmed, and be let in for it; the user's name."""
    shop.gateway.behave(force_three_ds=True)
    shop.buy()
    assert give_pass(shop.sales()[-1].id).stands
    [session] = shop.router.active
    name: str = session["user"]
    return name


def audited(shop: Shop) -> list[tuple[str, dict[str, Any]]]:
    with reading() as session:
        entries = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    return [(entry.action, entry.details) for entry in entries if entry.actor == ANA.name]


def stored(access_id: str) -> Access:
    with reading() as session:
        return session.get_one(Access, access_id)


def test_who_is_online_with_what_since_when(entered: Shop) -> None:
    mine = bought(entered)
    entered.router.add_user("vecino", "x")
    entered.router.log_in("vecino", "x", OTHER_IP)
    entered.router.clock.advance(60)
    page = listing.on_router(entered.company_id, entered.router_id, 50, 0)
    assert page.total == 2
    ours, foreign = sorted(page.rows, key=lambda row: row.access is None)
    assert (ours.online.mac, ours.online.address, ours.online.uptime) == (MAC, IP, 60)
    assert ours.online.bytes_out > 0
    assert ours.access is not None
    assert ours.access.id == mine.access_id
    assert ours.sale is not None
    assert ours.sale.plan_name == "1 Hora de Internet"
    assert (foreign.online.user, foreign.access, foreign.sale) == ("vecino", None, None)
    assert mine.name not in ours.key
    second = listing.on_router(entered.company_id, entered.router_id, 1, 1)
    assert (second.total, len(second.rows)) == (2, 1)


def test_one_session_of_ours_is_ended_and_no_other(entered: Shop) -> None:
    mine = bought(entered)
    entered.router.add_user("vecino", "x")
    entered.router.log_in("vecino", "x", OTHER_IP)
    rows = listing.on_router(entered.company_id, entered.router_id, 50, 0).rows
    keys = {row.online.user: row.key for row in rows}
    with pytest.raises(Conflict):
        devices.disconnect(ANA, entered.company_id, entered.router_id, keys["vecino"])
    gone = devices.disconnect(ANA, entered.company_id, entered.router_id, keys[mine.name])
    assert gone.mac == MAC
    assert [row["user"] for row in entered.router.active] == ["vecino"]
    with pytest.raises(NotFound):
        devices.disconnect(ANA, entered.company_id, entered.router_id, keys[mine.name])
    details = {"mac": MAC, "address": IP, "router": entered.router_id}
    assert audited(entered) == [("access.disconnect", details)]


def test_a_user_of_that_name_that_somebody_else_made_is_left_alone(entered: Shop) -> None:
    mine = bought(entered)
    user = entered.router.users[mine.name]
    entered.router.execute(
        "/ip/hotspot/user/set", numbers=user[".id"], comment="portal:other:acc_1", email=""
    )
    [row] = listing.on_router(entered.company_id, entered.router_id, 50, 0).rows
    with pytest.raises(Conflict):
        devices.disconnect(ANA, entered.company_id, entered.router_id, row.key)
    assert len(entered.router.active) == 1


def test_a_code_is_freed_for_another_device(entered: Shop) -> None:
    mine = bought(entered)
    user = entered.router.users[mine.name]
    entered.router.execute("/ip/hotspot/user/set", numbers=user[".id"], mac_address=MAC)
    assert devices.free(ANA, entered.company_id, mine.access_id) == 1
    assert (entered.router.active, entered.router.cookies) == ([], [])
    entered.router.log_in(mine.name, mine.password, OTHER_IP)
    assert [row["mac-address"] for row in entered.router.active] == [OTHER_MAC]
    assert stored(mine.access_id).mac is None
    assert [action for action, _ in audited(entered)] == ["access.free"]


def test_a_device_is_connected_at_the_operators_word(entered: Shop) -> None:
    mine = bought(entered)
    devices.connect(ANA, entered.company_id, mine.access_id, OTHER_MAC)
    assert [row["mac-address"] for row in entered.router.active] == [OTHER_MAC]
    assert stored(mine.access_id).mac == OTHER_MAC


@pytest.mark.parametrize("counts_from", ["purchase", "connected"])
def test_time_that_is_given_is_on_the_router_at_once(entered: Shop, counts_from: str) -> None:
    ends = utc_now() + timedelta(seconds=60) if counts_from == "purchase" else None
    mine = bought(
        entered, duration_seconds=HOUR, duration_from=counts_from, expires_at=ends, mac=MAC
    )
    gift = courtesy.give(
        ANA, entered.company_id, mine.access_id, seconds=1800, reason="Se fue la luz"
    )
    assert (gift.is_applied, gift.is_renamed) == (True, False)
    access = stored(mine.access_id)
    assert access.duration_seconds == HOUR + 1800
    assert access.expires_at == (ends and ends + timedelta(seconds=1800))
    limit = entered.router.users[mine.name].get("limit-uptime")
    assert limit == ("1h30m" if counts_from == "connected" else None)
    [(action, details)] = audited(entered)
    assert (action, details["seconds"], details["reason"]) == (
        "access.courtesy",
        1800,
        "Se fue la luz",
    )


def test_who_had_nothing_left_comes_back(entered: Shop) -> None:
    mine = bought(
        entered,
        duration_seconds=HOUR,
        duration_from="purchase",
        started_at=utc_now() - timedelta(hours=2),
        expires_at=utc_now() - timedelta(hours=1),
        next_attempt_at=utc_now(),
    )
    entered.reconcile()
    assert entered.router.users == {}
    gift = courtesy.give(ANA, entered.company_id, mine.access_id, seconds=600, reason="Cortesía")
    assert gift.is_applied
    left = (stored(mine.access_id).expires_at or utc_now()) - utc_now()
    assert timedelta(minutes=9) < left <= timedelta(minutes=10)
    entered.router.log_in(mine.name, mine.password, IP)


def test_data_is_given_and_a_router_that_is_away_gets_it_later(entered: Shop) -> None:
    mine = bought(entered, data_limit=10 * MEGABYTE)
    entered.router.go_down()
    gift = courtesy.give(
        ANA, entered.company_id, mine.access_id, data=5 * MEGABYTE, reason="Cortesía"
    )
    assert not gift.is_applied
    assert stored(mine.access_id).data_limit == 15 * MEGABYTE
    entered.router.come_up()
    entered.reconcile()
    assert entered.router.users[mine.name]["limit-bytes-total"] == str(15 * MEGABYTE)


def test_nothing_is_given_where_it_would_do_nothing(entered: Shop) -> None:
    mine = bought(entered)

    def give(**what: int) -> None:
        courtesy.give(ANA, entered.company_id, mine.access_id, reason="Cortesía", **what)

    with pytest.raises(Invalid):
        give()
    with pytest.raises(Conflict, match="límite de tiempo"):
        give(seconds=60)
    with pytest.raises(Conflict, match="límite de datos"):
        give(data=1)
    entered.change(
        Access, data_limit=1, used_bytes=1, duration_seconds=HOUR, duration_from="connected"
    )
    with pytest.raises(Conflict, match="seguiría agotado"):
        give(seconds=60)
    assert stored(mine.access_id).duration_seconds == HOUR
    entered.change(Sale, state="refunded")
    with pytest.raises(Conflict, match="pago"):
        give(data=MEGABYTE)
    assert audited(entered) == []


def test_another_company_reaches_nothing(entered: Shop) -> None:
    mine, other = bought(entered), make_tenant(entered.app)
    [row] = listing.on_router(entered.company_id, entered.router_id, 50, 0).rows
    with pytest.raises(NotFound):
        listing.on_router(other.company_id, entered.router_id, 50, 0)
    with pytest.raises(NotFound):
        devices.disconnect(ANA, other.company_id, entered.router_id, row.key)
    for action in (devices.free, lambda *who: devices.connect(*who, MAC)):
        with pytest.raises(NotFound):
            action(ANA, other.company_id, mine.access_id)
    with pytest.raises(NotFound):
        courtesy.give(ANA, other.company_id, mine.access_id, seconds=1, reason="x")
    assert len(entered.router.active) == 1


def test_a_router_that_is_away_hides_no_other(entered: Shop) -> None:
    bought(entered)
    with writing() as session:
        away = Router(
            company_id=entered.company_id,
            name="Azotea",
            host="127.0.0.1",
            port=free_port(),
            username="portal",
        )
        session.add(away)
    azotea, patio = listing.on_all_routers(entered.company_id)
    assert (azotea.router.name, list(azotea.sessions)) == ("Azotea", [])
    assert azotea.problem is not None
    assert "No se pudo entrar" in azotea.problem
    assert [online.mac for online in patio.sessions] == [MAC]
    assert state_of(azotea.router).is_online is False
    assert state_of(patio.router).is_online is True
    with pytest.raises(Unavailable):
        listing.on_router(entered.company_id, azotea.router.id, 50, 0)


def test_who_is_let_in_to_pay_is_known_and_can_be_sent_away(entered: Shop) -> None:
    name = let_in_to_pay(entered)
    [device] = listing.on_router(entered.company_id, entered.router_id, 50, 0).rows
    assert (device.online.user, device.access, device.is_ours) == (name, None, True)
    assert device.sale is not None
    assert device.sale.id == entered.sales()[-1].id
    # Nor is it a code that somebody else's tool has left.
    assert left_codes(entered.company_id, entered.router_id).profiles == []
    gone = devices.disconnect(ANA, entered.company_id, entered.router_id, device.key)
    assert gone.user == name
    assert entered.router.active == []
    assert name not in entered.router.users
    [(action, details)] = audited(entered)
    assert (action, details["mac"]) == ("access.disconnect", MAC)


def test_many_online_cost_no_more_queries_than_one(entered: Shop) -> None:
    bought(entered)

    def queries() -> int:
        with recorded_queries(entered.app) as asked:
            found = listing.on_all_routers(entered.company_id)
            flat = [(one.router.id, online) for one in found for online in one.sessions]
            assert len(listing.told(flat)) == len(flat)
        return len(asked)

    listing.on_all_routers(entered.company_id)
    few = queries()
    entered.router.add_profile("muchos", shared_users="unlimited")
    entered.router.add_user("grupo", "x", profile="muchos")
    for number in range(40):
        entered.router.join(f"02:00:00:00:01:{number:02X}", f"192.168.90.{number + 1}")
        entered.router.log_in("grupo", "x", f"192.168.90.{number + 1}")
    assert queries() == few


def test_a_routers_state_is_what_was_heard_last(open_a_shop: OpenShop) -> None:
    shop = open_a_shop()
    with shop.app.app_context():
        router = routers.get(shop.company_id, shop.router_id)
        assert state_of(router) == RouterState()
        routers.test_connection(shop.company_id, shop.router_id)
        state = state_of(router)
        assert (state.is_online, state.version) == (True, "7.20.8 (stable)")
        assert state.last_contact is not None
        [warning] = state.warnings
        assert "7.20.8" in warning
        assert "7.23.4" in warning
        shop.change(RouterContact, answered_at=utc_now() - timedelta(minutes=6))
        assert state_of(router).is_online is None
        shop.router.go_down()
        with pytest.raises(Unavailable):
            routers.test_connection(shop.company_id, shop.router_id)
        silent = state_of(router)
        assert (silent.is_online, silent.version) == (False, "7.20.8 (stable)")
        assert silent.warnings[0].startswith("No responde desde")


@pytest.mark.parametrize(
    ("version", "is_warned"),
    [("7.24.2", False), ("7.24.1", True), ("7.23.4", False), ("6.49.22", False), ("6.49.19", True)],
)
def test_versions_with_known_faults_are_warned_of(
    open_a_shop: OpenShop, version: str, is_warned: bool
) -> None:
    shop = open_a_shop()
    with shop.app.app_context(), RouterSandbox(version=version, password="x") as other:
        routers.update(
            ANA, shop.company_id, shop.router_id, host=other.host, port=other.port, password="x"
        )
        routers.test_connection(shop.company_id, shop.router_id)
        router = routers.get(shop.company_id, shop.router_id)
        assert bool(state_of(router).warnings) == is_warned
