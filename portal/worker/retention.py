"""Delete customers' personal data after the time that the company sets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    TextClause,
    delete,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
    update,
)

from portal.core.database import reading, writing
from portal.core.logs import log
from portal.hotspot.deadline import Deadline
from portal.models import (
    Access,
    AlertMessage,
    Company,
    PaymentPass,
    RadiusGrant,
    RadiusSession,
    Sale,
    SaleVisit,
    SaleWords,
    WebhookEvent,
    utc_now,
)
from portal.models.access import AccessState
from portal.models.sale_states import FINAL
from portal.models.webhook_event import ERASED, NAMES_BUYER
from portal.sales.deferred.rules import LATE_FOR

# Nobody finds back into a visit that old: what the pages seal is stale by then.
VISITS = timedelta(days=1)
# Longer than any limit on passes looks back.
PASSES = timedelta(days=2)
# What was sent is kept for whoever wonders whether it was.
MESSAGES = timedelta(days=30)
# A transaction each, so that no sale waits long for a row, and no lock is kept for minutes.
BATCH = 500
# A job's lease must not end before it does; the rest is done when it comes round again.
SECONDS = 20.0
Change = Callable[[Sequence[Any]], Executable]


@dataclass(frozen=True)
class Old:
    """Say which rows of a record are too old, by which moment, and what becomes of them."""

    record: Any
    moment: Any
    which: tuple[ColumnElement[bool] | TextClause, ...]
    changes: tuple[Change, ...]


def erase_personal_data(company_id: str) -> int:
    """Blank names, addresses and devices of old sales; return how many. The money's record stays.

    So does what the gateway told us at the time, but for the bodies, which name the buyer.
    The visits that sales came from go after a day, whatever the company has set;
    alerts that were sent, after a month.
    """
    deadline = Deadline(SECONDS)
    with reading() as session:
        days = session.get_one(Company, company_id).keep_personal_days
    before = utc_now() - timedelta(days=days)
    erased = _erase(_sales(company_id, before), deadline)
    for old in (
        _accesses(company_id, before),
        _passes(company_id, before),
        _webhooks(company_id, before),
        _visits(company_id),
        _sessions(company_id, before),
        _messages(company_id),
    ):
        _erase(old, deadline)
    _forget_grants(company_id, before)
    log().info("personal data erased", company=company_id, sales=erased)
    return erased


def _forget_grants(company_id: str, before: datetime) -> None:
    """Forget devices that were let in and never told of; there are few, where reports arrive."""
    mine = select(Access.id).where(Access.company_id == company_id)
    with writing() as session:
        old = (RadiusGrant.granted_at < before, RadiusGrant.access_id.in_(mine))
        session.execute(delete(RadiusGrant).where(*old))


def _erase(old: Old, deadline: Deadline) -> int:
    """Go on from the oldest, a batch at a time; how many rows it was."""
    key = old.record.id
    query = select(old.moment, key).where(*old.which).order_by(old.moment, key).limit(BATCH)
    erased, rows = 0, _rows(query)
    while rows and not deadline.passed:
        ids = [row[1] for row in rows]
        with writing() as session:
            for change in old.changes:
                session.execute(change(ids), execution_options={"synchronize_session": False})
        erased += len(rows)
        place = tuple_(literal(rows[-1][0], old.moment.type), literal(rows[-1][1]))
        rows = _rows(query.where(tuple_(old.moment, key) > place)) if len(rows) == BATCH else []
    return erased


def _rows(query: Select[Any]) -> Sequence[Any]:
    with reading() as session:
        return session.execute(query).all()


def _sales(company_id: str, before: datetime) -> Old:
    # Once more as it is changed: late money may have come to one meanwhile.
    is_over = (Sale.state.in_(FINAL), Sale.erased_at.is_(None), _no_money_is_on_its_way())
    over = (Sale.company_id == company_id, Sale.created_at < before, *is_over)

    def forget_words(ids: Sequence[str]) -> Executable:
        mine = select(Sale.id).where(Sale.id.in_(ids), *is_over)
        return delete(SaleWords).where(SaleWords.sale_id.in_(mine))

    def blank(ids: Sequence[str]) -> Executable:
        values = dict.fromkeys(
            ("customer_phone", "mac", "ip", "client_address", "device_info"), None
        )
        names = dict.fromkeys(("customer_name", "customer_email"), ERASED)
        mine = update(Sale).where(Sale.id.in_(ids), *is_over)
        return mine.values(device=Sale.id, erased_at=utc_now(), **values, **names)

    return Old(Sale, Sale.created_at, over, (forget_words, blank))


def _no_money_is_on_its_way() -> ColumnElement[bool]:
    """Select what nobody can pay any more who would then have to be told their code."""
    return or_(
        Sale.payable_until.is_(None),
        Sale.paid_at.is_not(None),
        Sale.payable_until < utc_now() - LATE_FOR,
    )


def _accesses(company_id: str, before: datetime) -> Old:
    """Blank devices, only of those that open no door any more."""
    waiting = not_(_no_money_is_on_its_way())
    # Counted, since a database would rather read all sales than look for a few accesses' own.
    waits = select(func.count()).where(Sale.access_id == Access.id, waiting).scalar_subquery()
    is_closed = (
        Access.wanted == AccessState.ABSENT,
        Access.actual == AccessState.ABSENT,
        Access.mac.is_not(None),
        waits == 0,
    )
    old = (Access.company_id == company_id, Access.created_at < before, *is_closed)

    def blank(ids: Sequence[str]) -> Executable:
        return update(Access).where(Access.id.in_(ids), *is_closed).values(mac=None)

    return Old(Access, Access.created_at, old, (blank,))


def _passes(company_id: str, before: datetime) -> Old:
    """Forget to which devices passes were given; the limits look back for a day."""
    over = min(before, utc_now() - PASSES)
    is_gone = PaymentPass.removed_at.is_not(None)
    old = (PaymentPass.company_id == company_id, PaymentPass.created_at < over, is_gone)

    def forget(ids: Sequence[str]) -> Executable:
        return delete(PaymentPass).where(PaymentPass.id.in_(ids), is_gone)

    return Old(PaymentPass, PaymentPass.created_at, old, (forget,))


def _webhooks(company_id: str, before: datetime) -> Old:
    old = (WebhookEvent.company_id == company_id, WebhookEvent.received_at < before, NAMES_BUYER)

    def blank(ids: Sequence[int]) -> Executable:
        return update(WebhookEvent).where(WebhookEvent.id.in_(ids)).values(body=ERASED)

    return Old(WebhookEvent, WebhookEvent.received_at, old, (blank,))


def _visits(company_id: str) -> Old:
    old = (SaleVisit.company_id == company_id, SaleVisit.created_at < utc_now() - VISITS)

    def forget(ids: Sequence[str]) -> Executable:
        return delete(SaleVisit).where(SaleVisit.id.in_(ids))

    return Old(SaleVisit, SaleVisit.created_at, old, (forget,))


def _sessions(company_id: str, before: datetime) -> Old:
    """Forget whose device was online when; what was used stands with the access."""
    is_over = (RadiusSession.ended_at < before,)

    def forget(ids: Sequence[int]) -> Executable:
        return delete(RadiusSession).where(RadiusSession.id.in_(ids), *is_over)

    old = (RadiusSession.company_id == company_id, *is_over)
    return Old(RadiusSession, RadiusSession.ended_at, old, (forget,))


def _messages(company_id: str) -> Old:
    old = (
        AlertMessage.company_id == company_id,
        AlertMessage.due_at.is_(None),
        AlertMessage.created_at < utc_now() - MESSAGES,
    )

    def forget(ids: Sequence[int]) -> Executable:
        return delete(AlertMessage).where(AlertMessage.id.in_(ids))

    return Old(AlertMessage, AlertMessage.created_at, old, (forget,))
