"""Compare a day's books, ours, the gateway's and the router's, to the centavo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from portal.core.database import reading
from portal.core.local_time import begin_of, day_of, end_of
from portal.models import TakingsDay, Voucher
from portal.operators.accounting.movements import Movement, MovementKind, movements
from tests.chaos.month.cafe import ZONE, Cafe, Happened
from tests.support.ledgers import MONEY, Ledgers, taken

HERE = ZoneInfo(ZONE)
BACK = (MovementKind.REFUND, MovementKind.OUTSIDE, MovementKind.CHARGEBACK)
Sums = Mapping[MovementKind, int]


@dataclass(frozen=True)
class Books:
    """A day's sums in centavos, and what is wrong with them. `hours` is how long it was."""

    day: date
    hours: float
    sales: int
    charged: int
    gone_back: int
    fees: int
    cash: int
    wrong: tuple[str, ...]


def close_books(cafe: Cafe, day: date, happened: Happened) -> Books:
    """Read all three, once nothing is under way any more."""
    span = (begin_of(day, HERE), end_of(day, HERE))
    with cafe.app.app_context():
        lines = movements(cafe.company_id, (day.year, day.month))
        today = [line for line in lines if span[0] <= line.at < span[1]]
    ledgers = without_codes(cafe, cafe.ledgers())
    wrong = [
        *_wrong_charges(ledgers, today, span),
        *_wrong_summed(cafe, day - timedelta(days=1), ledgers),
        *since(ledgers, span[0] - timedelta(days=1)).wrong(),
        *(f"who had paid was not let in: {name}" for name in happened.refused),
    ]
    sums = _sums(today)
    if sums[MovementKind.CASH] != happened.cash:
        wrong.append(f"{sums[MovementKind.CASH]} in cash booked, {happened.cash} taken")
    return Books(
        day=day,
        hours=(span[1] - span[0]).total_seconds() / 3600,
        sales=sum(line.kind is MovementKind.CHARGE for line in today),
        charged=sums[MovementKind.CHARGE],
        gone_back=-sum(sums[kind] for kind in BACK),
        fees=-sums[MovementKind.FEE],
        cash=sums[MovementKind.CASH],
        wrong=tuple(wrong),
    )


def gone_back(cafe: Cafe, months: set[tuple[int, int]]) -> int:
    """What our books say went back in these months, in centavos."""
    with cafe.app.app_context():
        every = [line for month in months for line in movements(cafe.company_id, month)]
    return -sum(_sums(every)[kind] for kind in BACK)


def gone_back_there(ledgers: Ledgers) -> int:
    """What the gateway gave back, or the buyer's bank took."""
    lost, given = 0, 0
    for order in ledgers.ours:
        if order.get("payment_status") == "charged_back":
            lost += int(order["amount"])
        else:
            given += int(order["amount_refunded"])
    return lost + given


def without_codes(cafe: Cafe, ledgers: Ledgers) -> Ledgers:
    """The same without what was sold for cash, which no gateway knows."""
    with cafe.app.app_context(), reading() as session:
        codes = set(session.scalars(sa.select(Voucher.access_id)))
    marks = {ledgers.prefix + access_id for access_id in codes}
    names = {ledgers.names[access_id] for access_id in codes}
    return replace(
        ledgers,
        accesses=[access for access in ledgers.accesses if access.id not in codes],
        users=[user for user in ledgers.users if user.get("comment") not in marks],
        active=[session for session in ledgers.active if session["user"] not in names],
    )


def since(ledgers: Ledgers, moment: datetime) -> Ledgers:
    """The same of what was sold since then, or is open still; all of it takes long to compare."""
    standing = {access.id for access in ledgers.accesses if access.wanted != "absent"}
    sales = [
        sale
        for sale in ledgers.sales
        if sale.created_at >= moment or sale.access_id in standing or sale.parked_reason
    ]
    theirs = {sale.access_id for sale in sales}
    ids = {sale.id for sale in sales}
    return replace(
        ledgers,
        sales=sales,
        accesses=[access for access in ledgers.accesses if access.id in theirs | standing],
        orders=[
            order
            for order in ledgers.orders
            if order["metadata"].get("reference_id") in ids
            or order["created_at"] >= moment.timestamp()
        ],
    )


def _wrong_charges(
    ledgers: Ledgers, today: list[Movement], span: tuple[datetime, datetime]
) -> Iterator[str]:
    theirs = {
        order["id"]: (order["amount"], charge["fee"])
        for order in ledgers.ours
        for charge in _paid(order)
        if span[0] <= datetime.fromtimestamp(charge["paid_at"], UTC) < span[1]
    }
    ours = {line.order_id: line.amount for line in today if line.kind is MovementKind.CHARGE}
    there = {order_id: amount for order_id, (amount, _) in theirs.items()}
    for order_id in ours.keys() ^ there.keys():
        yield f"{order_id}: {ours.get(order_id)} booked, {there.get(order_id)} charged"
    if sum(ours.values()) != sum(there.values()):
        yield f"{sum(ours.values())} centavos booked, {sum(there.values())} charged"
    fees = {line.order_id: -line.amount for line in today if line.kind is MovementKind.FEE}
    for order_id, fee in fees.items():
        if order_id in theirs and fee != theirs[order_id][1]:
            yield f"{order_id}: fee of {fee} booked, {theirs[order_id][1]} kept"


def _wrong_summed(cafe: Cafe, day: date, ledgers: Ledgers) -> Iterator[str]:
    """What the panel shows of a day that is over for good."""
    of_day = TakingsDay.company_id == cafe.company_id, TakingsDay.day == day
    with cafe.app.app_context(), reading() as session:
        summed = session.scalar(sa.select(sa.func.sum(TakingsDay.charged)).where(*of_day)) or 0
    there = sum(
        taken(order)
        for order in ledgers.ours
        for charge in _paid(order)
        if day_of(datetime.fromtimestamp(charge["paid_at"], UTC), HERE) == day
    )
    if summed != there:
        yield f"{day} was summed as {summed} centavos, {there} were charged"


def _paid(order: dict[str, Any]) -> list[dict[str, Any]]:
    charges = (order.get("charges") or {}).get("data", [])
    return [charge for charge in charges if charge["status"] in MONEY and charge.get("paid_at")]


def _sums(lines: list[Movement]) -> Counter[MovementKind]:
    sums: Counter[MovementKind] = Counter()
    for line in lines:
        sums[line.kind] += line.amount
    return sums
