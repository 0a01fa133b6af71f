"""Show a sale at its own address, which nobody can guess, for as long as the access lasts."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

from flask import Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from portal.core.database import reading
from portal.core.errors import NotFound
from portal.core.i18n import gettext
from portal.core.leases import LostRace
from portal.core.records import sane
from portal.models import utc_now
from portal.models.sale_states import SaleActor, SaleState
from portal.pages.addresses import page_url
from portal.pages.blueprint import blueprint
from portal.pages.captive_api import captive_api_url
from portal.pages.checkout.declined_try import LOST
from portal.pages.checkout.frame_page import frame_page
from portal.pages.checkout.views import onward
from portal.pages.deferred.instructions_page import (
    has_lapsed,
    instructions_of,
    instructions_page,
)
from portal.pages.deferred.other_pages import lapsed_page, part_page
from portal.pages.entering import await_start, enters_itself, send_in, was_sent
from portal.pages.outcome import FRESH, bank_url, is_online, pause, ticket_url, was_just_connected
from portal.pages.payment_pass.offer import offer_for, why_not_given
from portal.pages.plans import WAIT
from portal.pages.remaining import remaining
from portal.pages.rendering import ComesAgain, page
from portal.pages.shop import Shop, open_shop, visit_of
from portal.pages.visits.kept_visit import kept_visit, later_try, leave_for_bank
from portal.pages.visits.login_form import LoginForm, login_form
from portal.pages.visits.proof import may_see_access
from portal.pages.visits.visit import Visit
from portal.ports import settings
from portal.sales.deferred.part_payment import part_held
from portal.sales.invoicing.receipt import offers_invoice
from portal.sales.purchase import PublicState, SaleStatus, find_status
from portal.sales.refresh import refresh

# How soon after a look at the gateway a page may have another one taken.
BETWEEN_LOOKS = timedelta(seconds=1)
# How long the page that announces the bank can be read.
TO_THE_BANK = 1


class SaleNotFound(NotFound):
    detail = "No encontramos esa compra. Revisa que la dirección esté completa."


@blueprint.get("/pago/<sale_id>")
def result(router_id: str, sale_id: str) -> BaseResponse:
    """Show how the sale stands, in words and with what there is to do."""
    shop = open_shop(router_id, even_closed=True)
    sale_status = sale_of(router_id, sale_id)
    visit = visit_for(shop, sale_status)
    at_bank = bank_url(sale_status.sale)
    if at_bank and "banco" in request.args and leave_for_bank(sale_status.sale):
        told: dict[str, Any] = {"offer": offer_for(sale_status.sale, shop.time_zone)}
        told |= {"sale_status": sale_status}
        return page("bank", shop, visit, bank_url=at_bank, seconds=TO_THE_BANK, **told)
    sale_status = look_again(sale_status)
    if has_lapsed(sale_status.sale) or _left_a_part(sale_status):
        return lapsed_page(shop, visit, sale_status)
    if sale_status.public_state in LOST:
        return redirect(onward(sale_status, visit), 303)
    if sale_status.public_state == PublicState.PENDING:
        return _undecided(shop, visit, sale_status)
    if sale_status.sale.state == SaleState.PAID:
        again = ComesAgain(pause(sale_status.sale))
        return page("activating", shop, visit, sale_status=sale_status, comes_again=again)
    if sale_status.is_open:
        return _open(shop, visit, sale_status)
    return page("over", shop, visit, sale_status=sale_status)


def sale_of(router_id: str, sale_id: str) -> SaleStatus:
    """Find the sale of this address. Raises SaleNotFound."""
    sale_status = find_status(router_id, sale_id) if sane(sale_id) else None
    # The gateway's id finds it too, but opens nothing.
    if sale_status is None or sale_status.sale.id != sale_id:
        raise SaleNotFound
    return sale_status


def look_again(sale_status: SaleStatus) -> SaleStatus:
    """Ask the gateway: who comes back from the bank does not wait for the worker's next round."""
    sale = sale_status.sale
    may_change = sale.state == SaleState.PENDING or has_lapsed(sale)
    if not may_change or utc_now() - sale.updated_at < BETWEEN_LOOKS:
        return sale_status
    with suppress(LostRace):
        refresh(sale.id, SaleActor.CUSTOMER)
    return sale_of(sale.router_id, sale.id)


def visit_for(shop: Shop, sale_status: SaleStatus) -> Visit:
    """Give the visit that came along, else what the sale keeps of the device."""
    visit = visit_of(shop)
    if visit.is_bare:
        visit = kept_visit(sale_status.sale)
    return visit.with_sale(sale_status.sale.id)


def _left_a_part(sale_status: SaleStatus) -> bool:
    """Tell whether too little came for what was to be paid in another way, which was not paid."""
    is_part = sale_status.public_state in LOST and part_held(sale_status.sale) > 0
    return is_part and later_try(sale_status) is None


def _undecided(shop: Shop, visit: Visit, sale_status: SaleStatus) -> Response:
    sale = sale_status.sale
    notice = gettext(WAIT) if request.args.get("aviso") == "espere" else why_not_given()
    if sale.state == SaleState.PENDING and sale.checkout_id and "visto" not in request.args:
        return frame_page(shop, visit, sale_status, notice)
    told: dict[str, Any] = {"offer": offer_for(sale, shop.time_zone), "sale_status": sale_status}
    if part_held(sale):
        return part_page(shop, visit, sale_status, ComesAgain(pause(sale)))
    if (instructions := instructions_of(sale)) is not None:
        return instructions_page(shop, visit, instructions, notice=notice, **told)
    told |= {"bank_url": bank_url(sale), "ticket_url": ticket_url(sale)}
    again = ComesAgain(pause(sale))
    return page("waiting", shop, visit, notice=notice, comes_again=again, **told)


def _open(shop: Shop, visit: Visit, sale_status: SaleStatus) -> Response:
    if not may_see_access(sale_status, visit):
        return page("added", shop, visit, sale_status=sale_status)
    sale, access = sale_status.sale, sale_status.access
    online = was_just_connected(sale, visit) or is_online(shop.router, access, visit.mac, visit.ip)
    if not online and (entering := _entering(shop, visit, sale_status)) is not None:
        return entering
    login = None if online else _login_form(shop, visit, sale_status)
    return page(
        "open",
        shop,
        visit,
        sale_status=sale_status,
        online=online,
        login=login,
        lines=remaining(access, shop.time_zone),
        invoice=_invoice_is_offered(sale_status),
        status_url=captive_api_url(shop, sale_status),
    )


def _entering(shop: Shop, visit: Visit, sale_status: SaleStatus) -> Response | None:
    """Lead a phone in that has just bought, where its router leaves that to it."""
    sale, back = sale_status.sale, _path(shop, sale_status)
    if not enters_itself(shop.router):
        return None
    if was_sent():
        return await_start(shop, visit, back)
    is_just_sold = sale.delivered_at is not None and utc_now() - sale.delivered_at < FRESH
    if not (is_just_sold and sale.auto_connect):
        return None
    return send_in(shop, visit, sale_status.access, back)


def _path(shop: Shop, sale_status: SaleStatus) -> str:
    return page_url("result", router_id=shop.router.id, sale_id=sale_status.sale.id)


def _invoice_is_offered(sale_status: SaleStatus) -> bool:
    with reading() as session:
        return offers_invoice(session, sale_status.sale)


def _login_form(shop: Shop, visit: Visit, sale_status: SaleStatus) -> LoginForm | None:
    destination = settings().public_url.rstrip("/") + _path(shop, sale_status)
    return login_form(visit, sale_status.access, shop.router, destination)
