"""Tell by which methods and at which gateways was bought, and how those paid who paid outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from portal.models import Sale
from tests.chaos.aftermath import Aftermath
from tests.chaos.environment import is_at_second
from tests.support.ledgers import taken

METHODS = {"card": "by card", "spei": "by SPEI", "cash": "in cash"}
IN_FRAME = "by card in the gateway's own frame"


def ways_rows(aftermath: Aftermath) -> Iterable[tuple[str, str]]:
    """A row a method and gateway that an order was opened at, and what buyers did outside."""
    opened = [sale for sale in aftermath.ledgers.sales if sale.order_id]
    orders = Counter(map(_way_of, opened))
    paid = {o["metadata"].get("reference_id") for o in aftermath.ledgers.ours if taken(o)}
    with_money = Counter(_way_of(sale) for sale in opened if sale.id in paid)
    for way in sorted(orders):
        yield f"… to be paid {way}", f"{orders[way]:,}, {with_money[way]:,} of them with money"
    told = aftermath.paid_outside
    done = ", ".join(f"{what} {count:,}" for what, count in told.most_common())
    yield "what those did who were told how to pay outside", done or "0"
    yield "passes to pay with that let somebody in", f"{aftermath.passes:,}"


def _way_of(sale: Sale) -> str:
    way = IN_FRAME if sale.checkout_id else METHODS[sale.method]
    return f"{way} at the {'second' if is_at_second(str(sale.order_id)) else 'first'} gateway"
