"""Show how a sale that waits for its buyer is paid, and keep the page true."""

from __future__ import annotations

from typing import Any

from flask import Response

from portal.core import formatting
from portal.core.i18n import gettext
from portal.models import Sale, utc_now
from portal.models.sale_states import CancelReason, SaleState
from portal.pages.addresses import page_url
from portal.pages.checkout.ways import fee_note
from portal.pages.deferred.bars import bars, path_of, width_of
from portal.pages.rendering import page
from portal.pages.shop import Shop
from portal.pages.visits.visit import Visit
from portal.payments.methods import CashInstructions, CashReference, Instructions
from portal.sales.deferred.instructions import read
from portal.sales.purchase import SaleStatus

# As people read a CLABE aloud: bank, city, account, check digit.
CLABE_PARTS = ((0, 3), (3, 6), (6, 10), (10, 14), (14, 18))
HEIGHT = 60


def instructions_of(sale: Sale) -> Instructions | None:
    """Read how the sale is to be paid; None where it is not known, or not to be paid any more."""
    waits = sale.is_deferred and sale.state == SaleState.PENDING
    return read(sale.method, sale.instructions) if waits else None


def has_lapsed(sale: Sale) -> bool:
    """Tell whether its time to pay is over: money that is on its way is honoured all the same."""
    is_over = sale.state in (SaleState.CANCELING, SaleState.CANCELED)
    return is_over and sale.is_deferred and sale.cancel_reason != CancelReason.REPLACED


def instructions_page(
    shop: Shop,
    visit: Visit,
    instructions: Instructions,
    *,
    sale_status: SaleStatus,
    **told: Any,
) -> Response:
    """Show a CLABE, or the references to pay in cash with; it looks by itself what has come.

    `told` is what else the page says, a notice or an offer.
    """
    sale = sale_status.sale
    own = {"router_id": shop.router.id, "sale_id": sale.id}
    ends = sale.payable_until
    return page(
        "cash" if isinstance(instructions, CashInstructions) else "transfer",
        shop,
        visit,
        sale_status=sale_status,
        instructions=instructions,
        amount=formatting.exact_price(sale.amount, sale.currency),
        plain_amount=f"{sale.amount // 100}.{sale.amount % 100:02}",
        until=formatting.until(ends, shop.time_zone, utc_now()) if ends else None,
        clabe_parts=CLABE_PARTS,
        fee_note=fee_note,
        drawn=_drawn,
        deferred={"status_url": page_url("sale_standing", visit, **own)},
        **told,
    )


def content_of(reference: CashReference) -> str:
    """Give what the bars hold."""
    return reference.barcode or reference.reference


def _drawn(reference: CashReference) -> dict[str, Any]:
    """Give the bars as the template draws them."""
    found = bars(content_of(reference))
    return {"width": width_of(found), "height": HEIGHT, "path": path_of(found, HEIGHT)}


def lines_of(shop: Shop, sale: Sale, reference: CashReference) -> list[str]:
    """Give what a picture of the reference says."""
    amount = formatting.exact_price(sale.amount, sale.currency)
    ends = sale.payable_until
    lines = [amount, shop.company.name, sale.plan_name, reference.network]
    if reference.agreement:
        lines.append(gettext("Convenio: %(number)s") % {"number": reference.agreement})
    if ends is not None:
        day = formatting.moment(ends, shop.time_zone)
        lines.append(gettext("Paga antes de: %(moment)s") % {"moment": day})
    return lines
