"""Show the first page: what a phone sees first, with all that can be bought here."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import partial

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from portal.core.i18n import chosen_language, gettext
from portal.pages.addresses import page_url
from portal.pages.arrival import arrived
from portal.pages.blueprint import blueprint
from portal.pages.checkout.way_names import ways_in_words
from portal.pages.outcome import pause
from portal.pages.remaining import remaining
from portal.pages.rendering import ComesAgain, page
from portal.pages.shop import Shop, open_shop, visit_of
from portal.pages.visits.device import KnownDevice
from portal.pages.visits.proof import proven
from portal.pages.visits.visit import Visit
from portal.ports import settings
from portal.sales.errors import DeviceBusy

WAIT = (
    "Todavía no es seguro que tu banco no vaya a cobrar, así que aún no se puede cancelar. Espera "
    "un momento, por favor."
)


@dataclass(frozen=True)
class Notice:
    """Hold a sentence above the plans; `bad` when something went wrong."""

    text: str
    bad: bool = True


@blueprint.get("")
def plans(router_id: str) -> BaseResponse:
    """Show the plans, and what this device has already; who was just let in goes on."""
    if onward := arrived(router_id):
        return onward
    shop = open_shop(router_id)
    visit = visit_of(shop)
    return plans_page(shop, visit, _notice(visit))


def plans_page(
    shop: Shop, visit: Visit, notice: Notice | None = None, status: int = 200
) -> Response:
    """Show the page of plans. Each is a purchase of its own, named before it is begun."""
    device = proven(visit)
    return page(
        "plans",
        shop,
        visit,
        status,
        notice=notice,
        device=device,
        lines=remaining(device.access, shop.time_zone) if device.access else [],
        is_online=request.args.get("logged-in") == "yes",
        purchase_id=new_purchase_id(),
        ways_of=partial(ways_in_words, shop),
        chosen_language=chosen_language(),
        comes_again=_comes_again(shop, visit, device),
    )


def _comes_again(shop: Shop, visit: Visit, device: KnownDevice) -> ComesAgain | None:
    """Say when the page looks again how the money stands that it tells of."""
    if device.sale is None or device.waits_for_buyer or device.is_part_paid:
        return None
    return ComesAgain(pause(device.sale), page_url("plans", visit, router_id=shop.router.id))


def new_purchase_id() -> str:
    """Make what one purchase is known by, however often its form is sent."""
    return secrets.token_urlsafe(12)


def _notice(visit: Visit) -> Notice | None:
    """What the router or another page of ours has to say; never in the words that it sent."""
    if request.args.get("aviso") == "ocupado":
        return Notice(_busy())
    if request.args.get("aviso") == "espere":
        return Notice(gettext(WAIT))
    if request.args.get("aviso") == "plan":
        return Notice(gettext("Ese plan ya no está a la venta. Elige otro, por favor."))
    if request.args.get("aviso") == "tarde":
        return Notice(gettext("Esa página llevaba mucho tiempo abierta. Elige tu plan otra vez."))
    if error := request.args.get("error", ""):
        return Notice(_of_router(error.lower()))
    if visit.is_sent_back and "link-orig" in request.args:
        return Notice(
            gettext(
                "Este teléfono no se pudo conectar solo. Escribe tu código, o recupéralo si lo "
                "perdiste."
            )
        )
    return None


def _busy() -> str:
    minutes = gettext("Si lo dejaste sin terminar, se cancela solo en %(minutes)d minutos.")
    return f"{gettext(DeviceBusy.detail)} {minutes % {'minutes': settings().three_ds_minutes}}"


def _of_router(error: str) -> str:
    if "invalid username or password" in error:
        return gettext("El código no es correcto. Revísalo y escríbelo otra vez.")
    if "uptime limit" in error or "traffic limit" in error:
        return gettext("Tu código ya se terminó. Puedes comprar más tiempo aquí.")
    if "no more sessions" in error:
        return gettext("Ese código ya se está usando en otro teléfono.")
    return gettext("El WiFi no pudo conectarte. Intenta otra vez en un momento.")
