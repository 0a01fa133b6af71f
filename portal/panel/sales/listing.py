"""List sales, a part after another, and give them as a table."""

from __future__ import annotations

from flask import Response

from portal.core.i18n import gettext
from portal.operators import companies, plans, routers, transactions
from portal.operators.transactions import PUBLIC_WORDS
from portal.panel.audience import OWNERS, STAFF
from portal.panel.blueprint import blueprint
from portal.panel.rendering import page
from portal.panel.request import company_id
from portal.panel.sales.filters import PARKED, filters_asked, in_address, place_asked
from portal.sales.purchase import PublicState
from portal.web.spreadsheets.download import EITHER, attached
from portal.web.spreadsheets.sales import sales_table

A_PAGE = 50
# More than this nobody finds in a list: the search does.
MOST_CHOICES = 500


@blueprint.page("/ventas", STAFF)
def sales() -> Response:
    """List the sales that are looked for, the newest first."""
    filters, mine = filters_asked(), company_id()
    part = transactions.part(mine, A_PAGE, place_asked(), **filters.asked())
    return page(
        "sales/list",
        filters=filters,
        sales=part.rows,
        state_words=state_words(),
        following=in_address(part.following),
        is_first=place_asked() is None,
        states=_states(),
        routers=[(r.id, r.name) for r in routers.listing(mine, MOST_CHOICES, 0).rows],
        plans=[(str(p.id), p.name) for p in plans.listing(mine, MOST_CHOICES, 0).rows],
    )


@blueprint.page(f"/ventas.{EITHER}", OWNERS)
def sales_file(kind: str) -> Response:
    """Give all of them as a table, however many, a line at a time."""
    found = transactions.every(company_id(), **filters_asked().asked())
    table = sales_table(found, companies.zone_of(company_id()), state_words())
    return attached(table, "ventas", kind)


def state_words() -> dict[str, str]:
    """Name the states that people know, in the language of the request."""
    return {
        PublicState.PENDING: gettext("En proceso"),
        PublicState.PAID: gettext("Pagada"),
        PublicState.DECLINED: gettext("Declinada"),
        PublicState.CANCELED: gettext("Cancelada"),
        PublicState.REFUNDED: gettext("Devuelta"),
        PublicState.CHARGED_BACK: gettext("Contracargo"),
    }


def _states() -> list[tuple[str, str]]:
    words = state_words()
    return [(PARKED, gettext("Por atender")), *((word, words[word]) for word in PUBLIC_WORDS)]
