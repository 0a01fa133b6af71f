"""Put what a chaos run came to into a table for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple

from tests.benchmarks.machine import machine
from tests.benchmarks.tables import table
from tests.chaos.aftermath import Aftermath
from tests.chaos.radius.logins import Wait
from tests.chaos.ways_paid import ways_rows

# Each promise, with the kinds of findings that break it.
PROMISES = {
    "double charges": ("double charge",),
    "lost": ("lost", "undecided"),
    "unpaid access": ("unpaid access", "unpaid"),
    "users left over on routers, disabled": ("left over",),
    "passes to pay with left over on routers": ("pass left over",),
    "paid and missing on the router": ("missing",),
    "answers that were not true": ("false answer",),
    "others' users touched": ("stranger touched",),
}
BEFORE_OPERATOR = ("parked", "overpaid", "paid_twice", "refund_refused", "partial_refund")
# Those that only RADIUS can break.
BY_RADIUS = {
    "paid and not let in within one interim": ("refused",),
    "sessions that router and accounting tell differently": ("unaccounted",),
}


def report(aftermath: Aftermath, *, markdown: bool) -> str:
    """The closing table."""
    rows = [*_sales(aftermath), *ways_rows(aftermath), *_money(aftermath)]
    rows += [*_troubles(aftermath), *_verdict(aftermath)]
    rows += [("not calm in the end", ", ".join(aftermath.unsettled) or "0")]
    rows += [("seed", str(aftermath.seed)), ("duration", f"{aftermath.seconds:.0f} s")]
    rows += [("database", aftermath.database), ("machine", machine())]
    return table(("chaos run", "came to"), rows, markdown=markdown)


def complaints(aftermath: Aftermath) -> str:
    """What was found wrong or fell short, line by line."""
    lines = list(map(str, aftermath.findings))
    if aftermath.unsettled:
        left = ", ".join(aftermath.unsettled)
        lines.append(f"not everything came to its end in time: {left}")
    return "\n".join([*lines, *_shortfalls(aftermath)])


def _shortfalls(aftermath: Aftermath) -> Iterable[str]:
    scale = aftermath.scale
    for name, reached, wanted in (
        ("sales", len(aftermath.ledgers.sales), scale.sales),
        ("kills", aftermath.kills.total(), scale.kills),
        ("database restarts", aftermath.restarts, scale.database_restarts),
        ("restarts of FreeRADIUS", aftermath.radius_restarts, scale.radius_restarts),
        ("logins by RADIUS", aftermath.logins, scale.logins),
    ):
        if reached < wanted:
            yield f"only {reached} of {wanted} {name} in the time there was"


def _sales(aftermath: Aftermath) -> Iterable[tuple[str, str]]:
    sales = aftermath.ledgers.sales
    states = Counter(sale.state for sale in sales)
    yield "purchases", f"{aftermath.purchases:,}"
    yield "sales, first tries before a charge included", f"{len(sales):,}"
    yield "… by their end", _counted(states)
    parked = Counter(sale.parked_reason for sale in sales if sale.parked_reason)
    yield "… parked for the operator", _counted(parked) or "0"


def _money(aftermath: Aftermath) -> Iterable[tuple[str, str]]:
    ledgers = aftermath.ledgers
    parts = " + ".join(map(_pesos, astuple(ledgers.books())))
    yield (
        "charged = delivered + refunded + given back by hand + before the operator",
        f"{_pesos(ledgers.charged())} = {parts}",
    )
    standing = [alert.kind for alert in ledgers.alerts if alert.resolved_at is None]
    told = Counter(kind for kind in standing if kind in BEFORE_OPERATOR)
    yield "… told to the operator, until somebody acts", _counted(told) or "0"


def _troubles(aftermath: Aftermath) -> Iterable[tuple[str, str]]:
    yield "turned to the first gateway, since the second took nothing", str(aftermath.turned)
    for name, count in sorted(aftermath.faults.items()):
        yield f"fault: {name}", str(count)
    yield "processes killed", f"{aftermath.kills.total()} ({_counted(aftermath.kills)})"
    yield "processes halted for longer than their leases", str(aftermath.halted)
    yield "database killed and restarted", str(aftermath.restarts)
    if aftermath.scale.by_radius:
        yield "FreeRADIUS killed and restarted", str(aftermath.radius_restarts)
        yield from _logins(aftermath.waits)


def _logins(waits: Iterable[Wait]) -> Iterable[tuple[str, str]]:
    let_in = [wait for wait in waits if wait.is_in]
    told = sum((wait.told for wait in let_in), Counter[str]())
    yield "logins by RADIUS of those who paid", f"{len(let_in):,}"
    yield "… tries before them that brought nothing", _counted(told) or "0"
    longest = max((wait.seconds for wait in let_in), default=0.0)
    yield "… and the longest that any of them waited", f"{longest:.1f} s"


def _verdict(aftermath: Aftermath) -> Iterable[tuple[str, str]]:
    found = Counter(finding.kind for finding in aftermath.findings)
    for promise, kinds in (PROMISES | (BY_RADIUS if aftermath.scale.by_radius else {})).items():
        yield promise, str(sum(found[kind] for kind in kinds))


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.most_common())


def _pesos(centavos: int) -> str:
    return f"${centavos / 100:,.2f}"
