"""Test that what Mikhmon left on a router becomes ours, whole, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.core.database import reading, writing
from portal.core.errors import Conflict, NotFound
from portal.hotspot.adoption import LeftKind
from portal.models import Access, Plan, Voucher, VoucherBatch, utc_now
from portal.operators.vouchers.cash import cash_held
from portal.operators.vouchers.importing import Imported, ImportOrder, import_codes
from portal.operators.vouchers.left_codes import left_codes
from portal.operators.vouchers.voiding import void_batch
from portal.sandbox.routeros.faults import Fault, FaultKind
from portal.vouchers.upkeep import keep_vouchers
from tests.support.tenants import ACTOR, make_tenant
from tests.vouchers.conftest import Counter

HEADER = ':put (",rem,20,1d,25,,Disable,"); {:local date [ /system clock get date ]}'
UNUSED = "vc-123-01.02.26-Abarrotes Lupe"
ENDS = (datetime.now(UTC) + timedelta(hours=5)).replace(microsecond=0)
Import = Callable[..., Imported]


@pytest.fixture
def mikhmon(counter: Counter) -> Counter:
    """A shop whose router Mikhmon has served: codes of a day, of 2 hours online, and others'."""
    router = counter.shop.router
    router.execute("/system/clock/set", time_zone_name="UTC")
    router.add_profile("1dia", on_login=HEADER)
    router.add_profile("2horas", on_login=':put (",,15,,,noexp,Disable,")')
    for name in ("ab3k9", "cd4m2", "ef5n7"):
        router.add_user(name, name, profile="1dia", comment=UNUSED)
    router.add_user("juan", "4711", profile="1dia", comment="up-321-01.02.26-")
    router.add_user("usada", "usada", profile="1dia", comment=f"{ENDS:%Y-%m-%d %H:%M:%S}")
    router.add_user("vieja", "vieja", profile="1dia", comment="jan/02/2020 10:00:00")
    router.add_user("gh6p3", "gh6p3", profile="2horas", comment=UNUSED, limit_uptime="2h")
    router.add_user("vecino", "x", comment="de otro")
    return counter


@pytest.fixture
def take(mikhmon: Counter) -> Import:
    def ask(*profiles: str) -> Imported:
        shop = mikhmon.shop
        plans = dict.fromkeys(profiles or ("1dia", "2horas"), shop.plan_id)
        with shop.app.app_context():
            return import_codes(ACTOR, shop.company_id, ImportOrder(shop.router_id, plans))

    return ask


def codes(counter: Counter) -> dict[str, tuple[Access, Voucher]]:
    with counter.shop.app.app_context(), reading() as session:
        query = sa.select(Access, Voucher).join(Voucher, Voucher.access_id == Access.id)
        return {str(access.name): (access, voucher) for access, voucher in session.execute(query)}


def rows(counter: Counter) -> dict[str, dict[str, str]]:
    return {name: dict(row) for name, row in counter.shop.router.users.items()}


def test_looking_changes_nothing(mikhmon: Counter) -> None:
    before = rows(mikhmon)
    with mikhmon.shop.app.app_context():
        found = left_codes(mikhmon.shop.company_id, mikhmon.shop.router_id)
    assert [one.profile.name for one in found.profiles] == ["1dia", "2horas"]
    assert found.counts == {LeftKind.UNUSED: 5, LeftKind.USED: 1, LeftKind.EXPIRED: 1}
    assert (found.others, found.known) == (1, 0)
    assert rows(mikhmon) == before
    assert codes(mikhmon) == {}


def test_codes_become_ours(mikhmon: Counter, take: Import) -> None:
    before = rows(mikhmon)
    batches = take().batches
    assert [(batch.number, batch.amount, batch.origin) for batch in batches] == [
        (5, 2500, "import"),
        (1, 1500, "import"),
    ]
    assert rows(mikhmon) == before
    mikhmon.make()
    after, ours = rows(mikhmon), codes(mikhmon)
    assert set(ours) == {"ab3k9", "cd4m2", "ef5n7", "juan", "usada", "gh6p3"}
    for name, row in after.items():
        changed = {key for key in row if row[key] != before[name].get(key)}
        assert changed == ({"comment", "email"} if name in ours else set()), name
    for name, (access, voucher) in ours.items():
        assert after[name]["comment"].endswith(access.id)
        assert voucher.former_comment == before[name]["comment"]
        assert (access.actual, access.lease) == ("enabled", None)
    with mikhmon.shop.app.app_context():
        told = {name: str(access.password) for name, (access, _) in ours.items()}
    assert told == {name: before[name]["password"] for name in ours}


def test_time_and_limits_are_kept(mikhmon: Counter, take: Import) -> None:
    take()
    mikhmon.make()
    ours = codes(mikhmon)
    day, online, used = ours["ab3k9"][0], ours["gh6p3"][0], ours["usada"][0]
    assert (day.duration_seconds, day.duration_from, day.expires_at) == (86_400, "first_use", None)
    assert (online.duration_seconds, online.duration_from) == (7200, "connected")
    assert used.expires_at == used.next_attempt_at == ENDS
    assert used.started_at == ENDS - timedelta(days=1)
    assert [ours[name][1].state for name in ("ab3k9", "usada")] == ["available", "used"]
    shop = mikhmon.shop
    with shop.app.app_context():
        keep_vouchers(shop.company_id)
        assert cash_held(shop.company_id) == []
        with writing() as session:
            session.execute(
                sa.update(Access).where(Access.id == used.id).values(expires_at=utc_now())
            )
    shop.reconcile()
    assert "usada" not in shop.router.users
    assert "ab3k9" in shop.router.users


def test_the_same_once_more_takes_nothing(mikhmon: Counter, take: Import) -> None:
    take("2horas")
    again = take()
    assert [batch.number for batch in again.batches] == [5]
    assert again.found.known == 1
    assert take().batches == []
    mikhmon.make()
    before = rows(mikhmon)
    assert take().batches == []
    assert rows(mikhmon) == before


@pytest.mark.parametrize("fault", [FaultKind.CUT_BEFORE, FaultKind.CUT_AFTER])
def test_a_router_that_goes_away_in_between(
    mikhmon: Counter, take: Import, fault: FaultKind
) -> None:
    take("1dia")
    shop = mikhmon.shop
    shop.router.faults.add(Fault(fault, "/ip/hotspot/user/set", skip=2))
    mikhmon.make(1)
    assert 2 <= len(ours_on(mikhmon)) < 5
    mikhmon.make()
    assert len(ours_on(mikhmon)) == 5
    assert len(codes(mikhmon)) == 5
    with shop.app.app_context(), reading() as session:
        [batch] = session.scalars(sa.select(VoucherBatch))
    assert (batch.made, batch.problem, batch.next_attempt_at) == (5, None, None)


def ours_on(counter: Counter) -> set[str]:
    return {name for name, row in rows(counter).items() if row["comment"].startswith("portal:")}


def test_what_changed_meanwhile_is_left_alone_and_said(mikhmon: Counter, take: Import) -> None:
    take("1dia")
    router = mikhmon.shop.router
    changed = router.users["ab3k9"][".id"]
    router.execute("/ip/hotspot/user/set", numbers=changed, comment="2027-01-02 10:00:00")
    router.execute("/ip/hotspot/user/remove", numbers=router.users["cd4m2"][".id"])
    before = rows(mikhmon)["ab3k9"]
    mikhmon.make()
    mikhmon.shop.reconcile()
    assert rows(mikhmon)["ab3k9"] == before
    ours = codes(mikhmon)
    for name, said in (("ab3k9", "Cambió"), ("cd4m2", "Ya no estaba")):
        access, voucher = ours[name]
        assert (access.wanted, access.actual, voucher.state) == ("absent", "absent", "voided")
        assert str(voucher.void_reason).startswith(said)
    # Once it is nobody's of ours, it can be imported as it stands now.
    assert [batch.number for batch in take("1dia").batches] == [1]


def test_voiding_before_the_worker_comes_leaves_all_to_mikhmon(
    mikhmon: Counter, take: Import
) -> None:
    before = rows(mikhmon)
    [batch] = take("1dia").batches
    shop = mikhmon.shop
    with shop.app.app_context():
        void_batch(ACTOR, shop.company_id, batch.id, "Me equivoqué")
    mikhmon.make()
    shop.reconcile()
    assert rows(mikhmon) == before
    assert [again.number for again in take("1dia").batches] == [5]


def test_what_is_another_company_s_is_not_found(mikhmon: Counter, take: Import) -> None:
    shop, other = mikhmon.shop, make_tenant(mikhmon.shop.app, "Ajena")
    with shop.app.app_context():
        with pytest.raises(NotFound):
            left_codes(shop.company_id, other.router_id)
        order = ImportOrder(shop.router_id, {"1dia": other.plan_ids[0]})
        with pytest.raises(NotFound):
            import_codes(ACTOR, shop.company_id, order)
    shop.change(Plan, active=False)
    with pytest.raises(Conflict):
        take("1dia")
    assert codes(mikhmon) == {}
