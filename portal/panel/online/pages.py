"""Show who is online now, by router, and end a session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from portal.access.usage import bytes_left, seconds_left
from portal.core import formatting
from portal.core.i18n import gettext
from portal.models import Access
from portal.operators.online import devices, listing
from portal.operators.online.listing import OnlineDevice, RouterOnline
from portal.panel.audience import STAFF
from portal.panel.blueprint import blueprint
from portal.panel.paging import Paging, offset_asked, paging
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, company_id

A_PAGE = 50
# Of each router, where several are shown.
A_FEW = 15


@dataclass(frozen=True)
class ShownRouter:
    """Hold a router with those of its sessions that are shown; `more`: there are others."""

    id: str
    name: str
    total: int
    devices: Sequence[OnlineDevice]
    problem: str | None
    more: bool = False
    paging: Paging | None = field(default=None)


@blueprint.page("/en-linea", STAFF)
def online() -> Response:
    """Show all routers, asked side by side, or a page of the one that the address names."""
    found = listing.on_all_routers(company_id())
    chosen = [one for one in found if one.router.id == request.args.get("router")]
    shown = [_whole(one) for one in chosen] or _all(found)
    total = sum(len(one.sessions) for one in found)
    return page(
        "online/page", routers=shown, total=total, is_one=bool(chosen), left_of=left_of, used=used
    )


@blueprint.action("/en-linea/<router_id>/<session_key>/desconectar", STAFF)
def disconnect(router_id: str, session_key: str) -> BaseResponse:
    """End one session of ours."""
    gone = devices.disconnect(actor(), company_id(), router_id, session_key)
    said = gettext("Listo: %(mac)s se desconectó. Para volver escribe otra vez su código.")
    notice = said % {"mac": gone.mac}
    if access_id := request.form.get("acceso"):
        return see_other("panel.why_access", notice, access_id=access_id, mac=gone.mac)
    return see_other("panel.online", notice)


def left_of(access: Access | None) -> str | None:
    """Say what is left of an access; None where nothing is limited."""
    if access is None:
        return None
    time, data = seconds_left(access), bytes_left(access)
    parts = [] if time is None else [formatting.time_left(time)]
    parts += [] if data is None else [formatting.data(data) if data else "0 MB"]
    return gettext("quedan %(left)s") % {"left": ", ".join(parts)} if parts else None


def used(device: OnlineDevice) -> str:
    """Say since when a device is online, and how much it has used."""
    online = device.online
    values = {
        "time": formatting.time_left(online.uptime),
        "data": formatting.data(online.bytes_in + online.bytes_out),
    }
    return gettext("desde hace %(time)s, %(data)s") % values


def _all(found: Sequence[RouterOnline]) -> list[ShownRouter]:
    most = A_PAGE if len(found) == 1 else A_FEW
    flat = [(one.router.id, online) for one in found for online in one.sessions[:most]]
    told = iter(listing.told(flat))
    return [
        ShownRouter(
            id=one.router.id,
            name=one.router.name,
            total=len(one.sessions),
            devices=[next(told) for _ in one.sessions[:most]],
            problem=one.problem,
            more=len(one.sessions) > most,
        )
        for one in found
    ]


def _whole(one: RouterOnline) -> ShownRouter:
    some = one.sessions[offset_asked() : offset_asked() + A_PAGE]
    return ShownRouter(
        id=one.router.id,
        name=one.router.name,
        total=len(one.sessions),
        devices=listing.told([(one.router.id, online) for online in some]),
        problem=one.problem,
        paging=paging(len(one.sessions), A_PAGE),
    )
