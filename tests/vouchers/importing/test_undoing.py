"""Test that an import is taken back whole: what nobody used is Mikhmon's again, as it was."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.core.database import reading
from portal.core.errors import Conflict, NotFound
from portal.models import AuditEntry, VoucherBatch
from portal.operators.vouchers.batches import get_batch
from portal.operators.vouchers.undoing import ImportUndo, look_at_undo, undo_import
from portal.operators.vouchers.voiding import void_batch
from portal.sandbox.routeros.faults import Fault, FaultKind
from tests.support.tenants import ACTOR, make_tenant
from tests.vouchers.conftest import Counter
from tests.vouchers.importing.test_importing import Import, codes, mikhmon, ours_on, rows, take

__all__ = ["mikhmon", "take"]


def undo(counter: Counter, batch_id: str) -> ImportUndo:
    shop = counter.shop
    with shop.app.app_context():
        looked = look_at_undo(shop.company_id, batch_id)
        done = undo_import(ACTOR, shop.company_id, batch_id)
        assert (done.returned, done.kept) == (looked.returned, looked.kept)
    return done


@pytest.mark.each_database
def test_what_nobody_used_is_as_it_was(mikhmon: Counter, take: Import) -> None:
    before = rows(mikhmon)
    batches = take().batches
    mikhmon.make()
    done = undo(mikhmon, batches[0].id)
    # The one that was in use when it came stays until its end.
    assert (done.returned, done.kept, len(done.batches)) == (5, 1, 2)
    mikhmon.make()
    mikhmon.shop.reconcile()
    after = rows(mikhmon)
    assert ours_on(mikhmon) == {"usada"}
    assert {name: row for name, row in after.items() if name != "usada"} == {
        name: row for name, row in before.items() if name != "usada"
    }
    states = {name: voucher.state for name, (_, voucher) in codes(mikhmon).items()}
    assert states.pop("usada") == "used"
    assert set(states.values()) == {"voided"}
    shop = mikhmon.shop
    with shop.app.app_context(), reading() as session:
        told = [session.get_one(VoucherBatch, batch.id) for batch in batches]
        [entry] = session.scalars(
            sa.select(AuditEntry).where(AuditEntry.action == "voucher.import_undo")
        )
    assert all(batch.undone_at and batch.next_attempt_at is None for batch in told)
    assert (entry.details["vouchers"], entry.details["kept"]) == (5, 1)
    # What is Mikhmon's again can be imported again.
    assert sum(batch.number for batch in take().batches) == 5


def test_once_more_and_after_it_was_voided_there_is_nothing_left(
    mikhmon: Counter, take: Import
) -> None:
    [batch] = take("1dia").batches
    undo(mikhmon, batch.id)
    with pytest.raises(Conflict):
        undo(mikhmon, batch.id)
    shop = mikhmon.shop
    with shop.app.app_context():
        assert void_batch(ACTOR, shop.company_id, batch.id, "Otra vez") == 0
        assert get_batch(shop.company_id, batch.id).is_going_back
    mikhmon.make()
    assert ours_on(mikhmon) == set()


def test_before_the_worker_comes_all_stays_with_mikhmon(mikhmon: Counter, take: Import) -> None:
    before = rows(mikhmon)
    [batch] = take("1dia").batches
    done = undo(mikhmon, batch.id)
    assert (done.returned, done.kept) == (5, 0)
    mikhmon.make()
    mikhmon.shop.reconcile()
    assert rows(mikhmon) == before


@pytest.mark.parametrize("fault", [FaultKind.CUT_BEFORE, FaultKind.CUT_AFTER])
def test_a_router_that_goes_away_in_between(
    mikhmon: Counter, take: Import, fault: FaultKind
) -> None:
    before = rows(mikhmon)
    [batch] = take("2horas").batches
    [day] = take("1dia").batches
    mikhmon.make()
    undo(mikhmon, day.id)
    shop = mikhmon.shop
    shop.router.faults.add(Fault(fault, "/ip/hotspot/user/set", skip=2))
    mikhmon.make(1)
    with shop.app.app_context(), reading() as session:
        assert session.get_one(VoucherBatch, day.id).problem
        assert not session.get_one(VoucherBatch, batch.id).undone_at
    mikhmon.make()
    assert ours_on(mikhmon) == {"usada", "gh6p3"}
    after = rows(mikhmon)
    assert all(after[name] == before[name] for name in ("ab3k9", "cd4m2", "ef5n7", "juan"))


def test_one_that_was_used_meanwhile_stays_ours(mikhmon: Counter, take: Import) -> None:
    [batch] = take("1dia").batches
    mikhmon.make()
    undo(mikhmon, batch.id)
    shop = mikhmon.shop
    shop.router.join("02:00:00:00:00:77", "10.5.50.77")
    shop.router.log_in("ab3k9", "ab3k9", "10.5.50.77")
    shop.router.clock.advance(60)
    shop.end_sessions()
    mikhmon.make()
    shop.reconcile()
    assert ours_on(mikhmon) == {"usada", "ab3k9"}
    access, voucher = codes(mikhmon)["ab3k9"]
    assert (access.wanted, access.actual) == ("enabled", "enabled")
    assert voucher.voided_at is None


def test_what_is_no_import_or_another_company_s_is_refused(mikhmon: Counter) -> None:
    shop, other = mikhmon.shop, make_tenant(mikhmon.shop.app, "Ajena")
    batch = mikhmon.order()
    with shop.app.app_context():
        assert not look_at_undo(shop.company_id, batch.id).is_possible
        with pytest.raises(Conflict):
            undo_import(ACTOR, shop.company_id, batch.id)
        with pytest.raises(NotFound):
            undo_import(ACTOR, other.company_id, batch.id)
