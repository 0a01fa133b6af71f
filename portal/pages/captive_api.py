"""What programs may ask about a device's standing (RFC 8908).

What option 114 announces is one address for all phones, and behind a router's NAT we cannot
tell them apart: so that one is the router's own api.json, and ours answers to a signed address,
made for one device, which stands on the page of what that device bought.
"""

from __future__ import annotations

from typing import Any

from flask import Response, json, request

from portal.errors import Forbidden
from portal.pages.blueprint import blueprint
from portal.pages.device import known_device
from portal.pages.outcome import is_online
from portal.pages.rendering import page_url
from portal.pages.seals import DEVICE, seal, unseal
from portal.pages.shop import open_shop
from portal.pages.visit import Visit
from portal.ports import settings

MEDIA_TYPE = "application/captive+json"
DAYS = 86400
GOOD_FOR = 30 * DAYS


def captive_api_url(router_id: str, mac: str) -> str:
    """The address, without a host, at which this device and nobody else is answered."""
    return page_url("captive_api", router_id=router_id, d=seal(DEVICE, [router_id, mac]))


@blueprint.get("/captive-api")
def captive_api(router_id: str) -> Response:
    """Whether the device still has to buy, and what is left of what it bought."""
    mac = _device(router_id)
    shop = open_shop(router_id, even_closed=True)
    device = known_device(router_id, mac)
    online = device.access is not None and is_online(shop.router, device.access, mac, None)
    portal = page_url("plans", Visit(mac=mac), router_id=router_id)
    answer: dict[str, Any] = {
        "captive": not online,
        "user-portal-url": settings().public_url.rstrip("/") + portal,
        "can-extend-session": True,
    }
    if online and device.left is not None:
        answer["seconds-remaining"] = int(device.left)
    response = Response(json.dumps(answer), mimetype=MEDIA_TYPE)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _device(router_id: str) -> str:
    values = unseal(DEVICE, request.args.get("d"), GOOD_FOR)
    if not isinstance(values, list) or values[0] != router_id:
        raise Forbidden
    mac: str = values[1]
    return mac
