"""Compare the ledgers, and look after others' users and purchases that were charged twice."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from tests.chaos.environment import STRANGERS
from tests.support.ledgers import Finding, Ledgers, taken


def compare(ledgers: Ledgers, routers: Iterable[str]) -> Iterator[Finding]:
    """Yield all that is wrong between the ledgers; `routers` are the ids of all there are."""
    yield from ledgers.findings()
    yield from _double_charges(ledgers)
    yield from _unfinished(ledgers)
    yield from _strangers(ledgers, routers)


def _double_charges(ledgers: Ledgers) -> Iterator[Finding]:
    """No purchase was charged twice: one e-mail address is one purchase."""
    charged = Counter(o["customer_info"]["email"] for o in ledgers.orders if taken(o))
    for email, times in charged.items():
        if times > 1:
            yield Finding("double charge", email, f"was charged {times} times")


def _unfinished(ledgers: Ledgers) -> Iterator[Finding]:
    for access in ledgers.accesses:
        if access.actual != access.wanted:
            what = f"is {access.actual}, wanted {access.wanted}"
            yield Finding("undecided", access.id, what)


def _strangers(ledgers: Ledgers, routers: Iterable[str]) -> Iterator[Finding]:
    """Nobody else's user was touched."""
    left = defaultdict(set)
    for user in ledgers.users:
        mark, name = user.get("comment", ""), user["name"]
        if STRANGERS.get(name) == mark and user.get("disabled", "false") == "false":
            left[user["router"]].add(name)
    for router in routers:
        for name in STRANGERS.keys() - left[router]:
            yield Finding("stranger touched", name, f"is gone from router {router}")
