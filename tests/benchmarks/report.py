"""Put what was measured into tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from statistics import median

from tests.benchmarks.catalogue import CatalogueFigures
from tests.benchmarks.measuring import Figures
from tests.benchmarks.queries import Queries
from tests.benchmarks.scenario import Scenario
from tests.benchmarks.tables import table

SALES = (
    *("customers", "database", "charge", "users", "sales", "failed", "median ms", "p95 ms"),
    *("overhead ms", "sales/s", "app CPU ms", "database CPU ms", "sandboxes+load CPU ms"),
    *("commands", "connections", "bytes", "gateway calls", "others' cores"),
)
Pair = tuple[Figures, Figures]


def report(
    sales: Sequence[Figures],
    catalogues: Sequence[CatalogueFigures],
    queries: Sequence[Queries],
    *,
    markdown: bool,
) -> Iterator[str]:
    """Sections of text."""
    yield table(SALES, [_sale(figures) for figures in sales], markdown=markdown)
    ratios = list(_ratios(sales))
    if ratios:
        head = ("ratio of medians", "pairs", "time of a sale", "at worst", "app CPU", "at worst")
        yield table(head, ratios, markdown=markdown)
    head = ("catalogue", "requests/s", "failed", "app CPU ms", "load CPU ms")
    yield table(head, [_catalogue(figures) for figures in catalogues], markdown=markdown)
    head = ("database queries a request", "statements", "that write", "commits")
    yield table(head, [_queries(found) for found in queries], markdown=markdown)
    if sales:
        yield f"CPU of other processes meanwhile: {median(f.others for f in sales):.2f} cores."
    for figures in sales:
        if figures.failures:
            yield f"First failure of {_crowd(figures.scenario)}: {figures.complaint}"


def _sale(figures: Figures) -> tuple[str, ...]:
    scenario = figures.scenario
    return (
        *(_crowd(scenario), scenario.database, scenario.charge, f"{scenario.users:,}"),
        *(str(figures.sales), str(figures.failures), _ms(figures.median), _ms(figures.p95)),
        *(_ms(figures.overhead, 1), f"{figures.rate:.1f}", _ms(figures.app_cpu, 1)),
        *(_ms(figures.database_cpu, 1), _ms(figures.around_cpu, 1), f"{figures.commands:.2f}"),
        *(f"{figures.connections:.2f}", f"{figures.bytes:.0f}", f"{figures.calls:.2f}"),
        f"{figures.others:.2f}",
    )


def _crowd(scenario: Scenario) -> str:
    crowd = scenario.crowd
    place = "1 router" if crowd.routers == 1 else f"{crowd.routers} routers"
    return f"{crowd.customers} at {place}{', automatic' if crowd.auto else ''}"


def _catalogue(figures: CatalogueFigures) -> tuple[str, ...]:
    cpu = (_ms(figures.app_cpu, 3), _ms(figures.load_cpu, 3))
    return (figures.database, f"{figures.rate:,.0f}", str(figures.failures), *cpu)


def _queries(found: Queries) -> tuple[str, ...]:
    return (found.request, str(found.statements), str(found.writes), str(found.commits))


def _ratios(sales: Sequence[Figures]) -> Iterator[tuple[str, ...]]:
    """Each scenario against the one that differs from it in nothing but this."""
    known = {figures.scenario: figures for figures in sales}
    most = max((figures.scenario.users for figures in sales), default=0)
    changes: dict[str, Callable[[Scenario], Scenario]] = {
        f"{most:,} users on the router : 0": lambda s: replace(s, users=most),
        "postgresql : sqlite": lambda s: replace(s, database="postgresql"),
        "in_order : order_first": lambda s: replace(s, charge="in_order"),
    }
    for name, change in changes.items():
        pairs = [
            (known[other], figures)
            for scenario, figures in known.items()
            if (other := change(scenario)) != scenario and other in known
        ]
        if pairs:
            yield (name, str(len(pairs)), *_compared(pairs))


def _compared(pairs: Sequence[Pair]) -> Iterator[str]:
    for ratios in (
        [other.median / figures.median for other, figures in pairs],
        [other.app_cpu / figures.app_cpu for other, figures in pairs],
    ):
        yield f"{median(ratios):.2f}"
        yield f"{max(ratios):.2f}"


def _ms(seconds: float, digits: int = 0) -> str:
    return f"{seconds * 1000:.{digits}f}"
