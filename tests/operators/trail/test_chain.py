"""Test that the trail is a chain: nothing of it can be changed, and what was changed shows."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.core.database import reading, writing
from portal.models import AuditChain, AuditEntry, Company
from portal.models.audit_entry import DEPLOYMENT, SQLITE
from portal.operators import companies
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.trail import chain as chains
from portal.operators.trail.verification import Break, ChainState, verify
from tests.operators.conftest import Meanwhile, waits
from tests.support.patience import PATIENCE

ENTRIES = 6


@pytest.fixture
def chain(app: Flask, company: Company, actor: Actor) -> str:
    """A company with some entries."""
    for number in range(ENTRIES - 1):
        companies.update(actor, company.id, name=f"Café {number}", terms="Ñ 🚀" * number)
    return company.id


def state_of(chain: str) -> ChainState:
    [found] = verify(chain)
    return found


@contextmanager
def tampering(app: Flask) -> Iterator[Session]:
    """Whoever owns the database can take its triggers away."""
    with app.app_context(), writing() as session:
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        verbs = ("UPDATE", "DELETE") if is_sqlite else ()
        for verb in verbs:
            session.execute(text(f"DROP TRIGGER audit_entry_no_{verb}"))
        if not is_sqlite:
            session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER ALL"))
        yield session
        for verb in verbs:
            session.execute(text(SQLITE.format(verb)))
        if not is_sqlite:
            session.execute(text("ALTER TABLE audit_entry ENABLE TRIGGER ALL"))


def at(chain: str, position: int) -> tuple[Any, ...]:
    return AuditEntry.chain == chain, AuditEntry.position == position


def test_a_chain_that_nobody_touched_is_whole(chain: str) -> None:
    found = state_of(chain)
    assert (found.entries, found.broken) == (ENTRIES, None)
    with reading() as session:
        last = session.scalars(select(AuditEntry).where(*at(chain, ENTRIES))).one()
    assert found.digest == last.digest
    assert last.before == {"name": "Café 3", "terms": "Ñ 🚀" * 3}
    assert last.after == {"name": "Café 4", "terms": "Ñ 🚀" * 4}


@pytest.mark.parametrize(
    "statement",
    [
        update(AuditEntry).values(actor="nobody"),
        update(AuditEntry).values(after=None),
        delete(AuditEntry),
    ],
)
def test_the_database_refuses_to_change_the_trail(chain: str, statement: Any) -> None:
    with pytest.raises(IntegrityError, match="append-only"), writing() as session:
        session.execute(
            statement.where(AuditEntry.chain == chain),
            execution_options={"synchronize_session": False},
        )
    assert state_of(chain).broken is None


@pytest.mark.parametrize(
    "values",
    [
        {"actor": "otra@example.com"},
        {"action": "plan.update"},
        {"target": None},
        {"company_id": None},
        {"details": {"reason": "x"}},
        {"before": None},
        {"after": {"name": "Otro"}},
        {"ip": "192.0.2.200"},
        {"request_id": None},
        {"digest": "0" * 64},
        {"at": text("'2020-01-01 00:00:00'")},
    ],
)
def test_what_is_changed_shows(app: Flask, chain: str, values: dict[str, Any]) -> None:
    with tampering(app) as session:
        session.execute(update(AuditEntry).where(*at(chain, 3)).values(**values))
    found = state_of(chain)
    assert (found.entries, found.broken) == (2, Break.ALTERED)


def remove_one(session: Session, chain: str) -> None:
    session.execute(delete(AuditEntry).where(*at(chain, 3)))


def remove_and_close_up(session: Session, chain: str) -> None:
    remove_one(session, chain)
    for position in range(4, ENTRIES + 1):
        moved = update(AuditEntry).where(*at(chain, position))
        session.execute(moved.values(position=position - 1))


def swap(session: Session, chain: str) -> None:
    for old, new in ((3, 99), (4, 3), (99, 4)):
        session.execute(update(AuditEntry).where(*at(chain, old)).values(position=new))


def put_one_in(session: Session, chain: str) -> None:
    columns = [c for c in AuditEntry.__table__.columns if c.key not in ("id", "position")]
    names = [c.key for c in columns]
    copied = select(*columns, text(str(ENTRIES + 1))).where(*at(chain, ENTRIES))
    session.execute(insert(AuditEntry).from_select([*names, "position"], copied))


def cut_off(session: Session, chain: str) -> None:
    session.execute(delete(AuditEntry).where(*at(chain, ENTRIES)))


def forget_the_end(session: Session, chain: str) -> None:
    session.execute(delete(AuditChain).where(AuditChain.id == chain))


def wipe(session: Session, chain: str) -> None:
    session.execute(delete(AuditEntry).where(AuditEntry.chain == chain))


@pytest.mark.parametrize(
    ("tamper", "good", "broken"),
    [
        (remove_one, 2, Break.MISSING),
        (remove_and_close_up, 2, Break.ALTERED),
        (swap, 2, Break.ALTERED),
        (put_one_in, ENTRIES, Break.ALTERED),
        (cut_off, ENTRIES - 1, Break.CUT_OFF),
        (forget_the_end, ENTRIES, Break.SURPLUS),
        (wipe, 0, Break.CUT_OFF),
    ],
)
def test_what_is_taken_away_moved_or_put_in_shows(
    app: Flask, chain: str, tamper: Any, good: int, broken: Break
) -> None:
    with tampering(app) as session:
        tamper(session, chain)
    found = state_of(chain)
    assert (found.entries, found.broken) == (good, broken)
    assert found in verify()


def test_what_is_undone_is_not_in_the_trail(chain: str, actor: Actor) -> None:
    def undone() -> None:
        with writing() as session:
            record(session, actor, AuditAction.COMPANY_UPDATE, chain, chain)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    assert state_of(chain) == ChainState(chain, ENTRIES, state_of(chain).digest)


@pytest.mark.each_database
def test_many_at_once_make_one_chain(app: Flask, chain: str, actor: Actor) -> None:
    def write(number: int) -> None:
        with app.app_context(), writing() as session:
            for company in (chain, None):
                record(session, actor, AuditAction.COMPANY_UPDATE, number, company)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(24)))
    assert state_of(chain) == ChainState(chain, ENTRIES + 24, state_of(chain).digest)
    assert state_of(DEPLOYMENT).broken is None


def test_who_is_at_work_keeps_nobody_waiting(
    chain: str, actor: Actor, meanwhile: Meanwhile
) -> None:
    """On SQLite all who write wait for each other anyway."""
    with writing() as session:
        if session.get_bind().dialect.name == "sqlite":
            return
        record(session, actor, AuditAction.COMPANY_UPDATE, "first", chain)
        session.flush()

        def write() -> None:
            with writing() as other:
                record(other, actor, AuditAction.COMPANY_UPDATE, "second", chain)

        meanwhile(write).result(timeout=PATIENCE)
    with reading() as session:
        ours = select(AuditEntry.target).where(AuditEntry.chain == chain)
        last = session.scalars(ours.order_by(AuditEntry.position.desc()).limit(2)).all()
    assert last == ["first", "second"]


def test_strangers_do_not_wait_for_one_another_while_they_commit(
    app: Flask, chain: str, actor: Actor, meanwhile: Meanwhile
) -> None:
    with writing() as session:
        if session.get_bind().dialect.name == "sqlite":
            return
        record(session, actor, AuditAction.COMPANY_UPDATE, "x", chain)
        chains._link_waiting(session)
        other = meanwhile(lambda: companies.create(actor, name="Otra"))
        assert other.result(timeout=PATIENCE)
        same = meanwhile(lambda: companies.update(actor, chain, name="La misma"))
        assert waits(same)
        session.info.pop("before_commit")
    same.result(timeout=PATIENCE)
    assert state_of(chain).broken is None
