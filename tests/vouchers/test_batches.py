"""Test batches of codes: made in the background, in steps, whatever fails in between."""

from __future__ import annotations

import gc
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.core.database import writing
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.leases import LostRace
from portal.models import Access, Sale, Voucher, VoucherBatch, utc_now
from portal.operators.vouchers import batches
from portal.operators.vouchers.batches import batches as listed
from portal.operators.vouchers.batches import get_batch
from portal.operators.vouchers.codes import codes, codes_of_batch
from portal.operators.vouchers.voiding import void_batch
from portal.vouchers import making
from portal.vouchers.making import CHUNK, claim_batch, make_codes
from portal.vouchers.upkeep import keep_vouchers
from portal.worker.dispatcher import run_pass
from tests.support.databases.queries import recorded_queries
from tests.support.shop import OpenShop
from tests.support.tenants import ACTOR, make_tenant
from tests.vouchers.conftest import Counter

pytestmark = pytest.mark.long


def users(counter: Counter) -> set[str]:
    """The names of our users on the router."""
    with counter.shop.app.app_context():
        return {
            name
            for name, user in counter.shop.router.users.items()
            if user.get("comment", "").startswith("portal:")
        }


def names(counter: Counter, batch: VoucherBatch) -> list[str]:
    with counter.shop.app.app_context():
        return [str(told.access.name) for told in codes_of_batch(counter.shop.company_id, batch.id)]


def test_a_batch_is_made_by_the_worker(counter: Counter) -> None:
    batch = counter.order(60, amount=1500, use_before=utc_now() + timedelta(days=30))
    assert users(counter) == set()
    assert counter.make() == 2
    with counter.shop.app.app_context():
        told = get_batch(counter.shop.company_id, batch.id)
    assert (told.batch.drawn, told.batch.made, told.percent) == (60, 60, 100)
    assert not told.is_under_way
    assert told.count.available == 60
    assert set(names(counter, batch)) == users(counter)
    assert len(users(counter)) == 60
    assert [voucher.number for voucher in counter.vouchers()] == list(range(1, 61))
    assert {voucher.amount for voucher in counter.vouchers()} == {1500}
    assert {access.actual for access in counter.shop.accesses()} == {"enabled"}
    assert {access.lease for access in counter.shop.accesses()} == {None}


def test_a_pass_of_cron_makes_them_too(counter: Counter) -> None:
    counter.order(5)
    with counter.shop.app.app_context():
        assert run_pass() == 1
    assert len(users(counter)) == 5


def test_a_button_pressed_twice_orders_one_batch(counter: Counter) -> None:
    assert counter.order(key="tap").id == counter.order(key="tap").id


def test_codes_begin_with_the_prefix(counter: Counter) -> None:
    batch = counter.order(3, prefix="KF")
    pair = counter.order(2, prefix="KF", kind="user_password")
    counter.make()
    assert all(name.startswith("KF") and name[2:].isdecimal() for name in names(counter, batch))
    assert all(len(name) == 8 for name in names(counter, pair))


def test_pins_are_longer_where_many_lie_about(counter: Counter) -> None:
    assert counter.order(50).pin_digits == 6
    assert counter.order(400).pin_digits == 7
    assert counter.order(5000).pin_digits == 8
    with pytest.raises(Invalid):
        counter.order(5000)
    assert counter.order(5000, kind="user_password").pin_digits is None


def test_a_prefixed_pin_is_never_as_long_as_a_name_with_its_password(counter: Counter) -> None:
    for prefix, number in (("KF", 5000), ("KFA", 400)):
        digits = counter.order(number, prefix=prefix).pin_digits or 0
        assert len(prefix) + digits != 10


def test_no_more_lie_unused_than_a_router_can_hold(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "MOST_UNUSED", 10)
    counter.order(6)
    counter.make()
    counter.order(4)
    with pytest.raises(Conflict):
        counter.order(1)


def test_a_name_that_another_code_has_is_drawn_again(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter(["111111", "222222", "333333", "333333", "111111", "444444", "555555"])
    monkeypatch.setattr("portal.vouchers.drawing.draw_code", lambda *_: (next(drawn),) * 2)
    counter.shop.router.add_user("222222", "x", comment="de otro")
    batch = counter.order(3)
    counter.make()
    assert names(counter, batch) == ["111111", "444444", "333333"]
    assert counter.shop.router.users["222222"]["comment"] == "de otro"


@pytest.mark.parametrize("fault", ["cut_before", "cut_after"])
def test_a_router_that_goes_away_in_between_gets_the_rest_later(
    counter: Counter, fault: str
) -> None:
    """Also where it has made the user, and nobody heard of it."""
    batch = counter.order(20)
    getattr(counter.shop.router.faults, fault)("/ip/hotspot/user/add")
    with counter.shop.app.app_context():
        claim = claim_batch()
        assert claim is not None
        make_codes(claim)
        told = get_batch(counter.shop.company_id, batch.id)
        assert told.batch.problem
        assert (told.batch.drawn, told.batch.made) == (20, 0)
        assert told.is_under_way
    counter.make()
    with counter.shop.app.app_context():
        told = get_batch(counter.shop.company_id, batch.id)
    assert (told.batch.made, told.batch.problem, told.is_under_way) == (20, None, False)
    assert len(users(counter)) == 20


def test_a_process_that_dies_leaves_nothing_undone(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the users were made and before that was written."""

    class Killed(BaseException):
        pass

    def die(*_args: object) -> int:
        raise Killed

    counter.order(10)
    with counter.shop.app.app_context(), monkeypatch.context() as patch:
        patch.setattr(making, "record_made", die)
        claim = claim_batch()
        assert claim is not None
        with pytest.raises(Killed):
            make_codes(claim)
    assert len(users(counter)) == 10
    for record in (Access, VoucherBatch):
        counter.shop.change(record, lease_until=utc_now() - timedelta(seconds=5))
    counter.make()
    assert len(users(counter)) == 10
    assert {access.actual for access in counter.shop.accesses()} == {"enabled"}


def test_paid_sales_go_first(counter: Counter) -> None:
    batch = counter.order(5)
    counter.shop.buy()
    counter.shop.change(Sale, state="paid", next_attempt_at=utc_now() - timedelta(seconds=5))
    with counter.shop.app.app_context():
        claim = claim_batch()
        assert claim is not None
        make_codes(claim)
        assert get_batch(counter.shop.company_id, batch.id).batch.drawn == 0
    counter.shop.change(Sale, state="delivered", next_attempt_at=None)
    counter.make()
    assert len(users(counter)) == 6


@pytest.mark.each_database
def test_each_company_has_its_turn(counter: Counter) -> None:
    counter.order(3)
    with counter.shop.app.app_context():
        assert claim_batch(but=(counter.shop.company_id,)) is None


def test_voiding_a_batch_takes_what_is_unsold_off_the_router(counter: Counter) -> None:
    batch = counter.order(5)
    counter.make()
    first = counter.vouchers()[0]
    with counter.shop.app.app_context():
        with writing() as session:
            access = session.get_one(Access, first.access_id)
            access.started_at = utc_now()
        assert keep_vouchers(counter.shop.company_id) == (1, 0)
        assert void_batch(ACTOR, counter.shop.company_id, batch.id, "Se perdieron") == 4
        told = get_batch(counter.shop.company_id, batch.id)
        assert (told.count.used, told.count.voided, told.count.available) == (1, 4, 0)
    counter.shop.reconcile()
    assert users(counter) == {names(counter, batch)[0]}


def test_a_batch_that_is_voided_while_it_is_made_is_made_no_further(counter: Counter) -> None:
    batch = counter.order(CHUNK * 2)
    with counter.shop.app.app_context():
        claim = claim_batch()
        assert claim is not None
        make_codes(claim)
        void_batch(ACTOR, counter.shop.company_id, batch.id, "No era")
    assert counter.make() == 0
    for _ in range(2):
        counter.shop.reconcile()
    assert users(counter) == set()


def test_a_step_that_is_overtaken_by_the_void_writes_nothing(counter: Counter) -> None:
    batch = counter.order(5)
    with counter.shop.app.app_context():
        claim = claim_batch()
        assert claim is not None
        counter.shop.change(VoucherBatch, voided_at=utc_now())
        with pytest.raises(LostRace):
            make_codes(claim)
    assert counter.vouchers() == []
    assert batch.id


def test_what_is_old_expires_and_what_was_used_does_not(counter: Counter) -> None:
    counter.order(3, use_before=utc_now() + timedelta(days=1))
    counter.make()
    with counter.shop.app.app_context(), writing() as session:
        access = session.get_one(Access, counter.vouchers()[0].access_id)
        access.seen_seconds = 30
    counter.shop.change(Voucher, use_before=utc_now() - timedelta(minutes=5))
    with counter.shop.app.app_context():
        assert keep_vouchers(counter.shop.company_id) == (1, 0)
    counter.shop.change(Voucher, use_before=utc_now() - timedelta(hours=1))
    with counter.shop.app.app_context():
        assert keep_vouchers(counter.shop.company_id) == (0, 2)
    counter.shop.reconcile()
    assert [voucher.state for voucher in counter.vouchers()] == ["used", "expired", "expired"]
    assert len(users(counter)) == 1


def test_a_code_does_not_expire_before_its_use_can_have_been_seen(open_a_shop: OpenShop) -> None:
    """Where rounds are far apart, and further where nobody was online, a use is learnt late."""
    counter = Counter(open_a_shop(usage_sync_seconds=900))
    counter.order(1, use_before=utc_now() + timedelta(days=1))
    counter.make()
    counter.shop.change(Voucher, use_before=utc_now() - timedelta(seconds=900 * 8))
    with counter.shop.app.app_context():
        assert keep_vouchers(counter.shop.company_id) == (0, 0)
    counter.shop.change(Voucher, use_before=utc_now() - timedelta(seconds=900 * 9))
    with counter.shop.app.app_context():
        assert keep_vouchers(counter.shop.company_id) == (0, 1)


def test_a_code_of_a_batch_is_sold_when_it_is_first_used(counter: Counter) -> None:
    counter.order(1)
    counter.make()
    began = utc_now() - timedelta(hours=2)
    with counter.shop.app.app_context():
        with writing() as session:
            session.execute(sa.update(Access).values(started_at=began))
        keep_vouchers(counter.shop.company_id)
    [voucher] = counter.vouchers()
    assert voucher.sold_at == voucher.used_at == began


def test_lists_find_codes_by_what_they_are(counter: Counter) -> None:
    batch = counter.order(2)
    counter.make()
    sold = counter.sell(kind="user_password")
    company_id = counter.shop.company_id
    with counter.shop.app.app_context():
        assert codes(company_id, 10, 0).total == 3
        assert codes(company_id, 10, 0, batch_id=batch.id).total == 2
        assert codes(company_id, 10, 0, state="sold").rows[0].voucher.id == sold.voucher.id
        assert codes(company_id, 10, 0, state="available").total == 2
        [found] = codes(company_id, 10, 0, text=sold.shown_code.lower()).rows
        assert found.voucher.id == sold.voucher.id
        assert codes(company_id, 10, 0, text="nada").total == 0
        assert [told.batch.id for told in listed(company_id, 10, 0).rows] == [batch.id]


def test_another_company_s_batch_is_not_found(counter: Counter) -> None:
    batch = counter.order(2)
    stranger = make_tenant(counter.shop.app, "Ajena").company_id
    with counter.shop.app.app_context():
        for ask in (
            lambda: get_batch(stranger, batch.id),
            lambda: void_batch(ACTOR, stranger, batch.id, "mío"),
            lambda: codes_of_batch(stranger, batch.id),
            lambda: codes(stranger, 10, 0, batch_id=batch.id),
        ):
            with pytest.raises(NotFound):
                ask()
        assert listed(stranger, 10, 0).total == 0


def records_held() -> set[int]:
    """The records of codes that this process holds on to, by where they lie."""
    gc.collect()
    return {id(one) for one in gc.get_objects() if isinstance(one, Access | Voucher)}


def test_a_step_costs_the_same_however_large_the_batch_is(counter: Counter) -> None:
    """In statements, and in records that are held afterwards: none."""
    counter.order(CHUNK * 4)
    costs, before = [], records_held()
    for _ in range(4):
        with recorded_queries(counter.shop.app) as statements:
            steps = counter.make(most=1)
        costs.append(len(statements))
        assert steps == 1
        # What other tests of this process left is theirs.
        assert records_held() - before == set()
    # The first asks for the deployment's name, and each has one of the test's own.
    assert costs[1] <= 10
    assert costs[1:3] == [costs[1]] * 2
    assert len(users(counter)) == CHUNK * 4
