"""Answer programs that ask about a device's standing (RFC 8908).

What option 114 announces is one address for all phones, and behind a router's NAT we cannot
tell them apart: so that one is the router's own api.json, and ours answers to a signed address,
made for one sale's access and its device, which stands on the sale's own page.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from typing import Any

from flask import Response, json, request

from portal.access.usage import seconds_left
from portal.core.errors import Forbidden
from portal.pages.addresses import page_url
from portal.pages.blueprint import blueprint
from portal.pages.outcome import is_online
from portal.pages.shop import Shop, open_shop
from portal.pages.visits.device import find_access
from portal.pages.visits.seals import DEVICE, seal, unseal
from portal.pages.visits.visit import new_visit
from portal.ports import settings
from portal.sales.purchase import SaleStatus

MEDIA_TYPE = "application/captive+json"
DAYS = 86400
GOOD_FOR = 30 * DAYS


@dataclass(frozen=True)
class Status:
    """Hold what an address asks about: an access, its device, and the sale whose page named it."""

    access_id: str
    mac: str
    sale_id: str


def captive_api_url(shop: Shop, sale_status: SaleStatus) -> str | None:
    """Give the address, without a host, that answers for this sale's device; None without one."""
    access = sale_status.access
    if access.mac is None:
        return None
    status = Status(access.id, access.mac, sale_status.sale.id)
    sealed = seal(DEVICE, shop.scope, astuple(status))
    return page_url("captive_api", router_id=shop.router.id, d=sealed)


@blueprint.get("/captive-api")
def captive_api(router_id: str) -> Response:
    """Tell whether the device still has to buy, and what is left of what it bought."""
    shop = open_shop(router_id, even_closed=True)
    status = _status(shop)
    access = find_access(router_id, status.access_id)
    online = access is not None and is_online(shop.router, access, status.mac, None)
    visit = new_visit(shop.scope, mac=status.mac, sales=(status.sale_id,))
    portal = page_url("plans", visit, router_id=router_id)
    answer: dict[str, Any] = {
        "captive": not online,
        "user-portal-url": settings().public_url.rstrip("/") + portal,
        "can-extend-session": True,
    }
    left = seconds_left(access) if access else None
    if online and left is not None:
        answer["seconds-remaining"] = int(left)
    response = Response(json.dumps(answer), mimetype=MEDIA_TYPE)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _status(shop: Shop) -> Status:
    values = unseal(DEVICE, shop.scope, request.args.get("d"), GOOD_FOR)
    if not isinstance(values, list) or len(values) != len(fields(Status)):
        raise Forbidden
    return Status(*values)
