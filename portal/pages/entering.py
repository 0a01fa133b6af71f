"""Have a phone log itself in at its router's own form, where no API of the router's does it.

By navigating there, which browsers let through from https where they warn of a form. The router
leads back to a page of ours, and that says so once the accounting has the session.
"""

from __future__ import annotations

from flask import Response, request

from portal.models import Access, Router
from portal.models.router import Delivery
from portal.pages.rendering import ComesAgain, leads_on, page
from portal.pages.shop import Shop
from portal.pages.visits.login_form import login_link
from portal.pages.visits.visit import Visit
from portal.ports import settings

LOOKS = "entrada"
# A Start comes within a second of the login; after so many looks the phone did not get in.
MOST_LOOKS, SECONDS = 4, 2


def enters_itself(router: Router) -> bool:
    """Tell whether devices are logged in by their own browsers alone."""
    return router.delivery == Delivery.RADIUS and not router.has_api


def send_in(shop: Shop, visit: Visit, access: Access, back: str) -> Response | None:
    """Lead the phone to the router with its code, and back to our path `back`; None where not."""
    return send_with(shop, visit, access.name, access.password, _looked(back, 1))


def send_with(shop: Shop, visit: Visit, name: str, password: str, back: str) -> Response | None:
    """Do so with a code as it was typed, which the router alone finds good or not."""
    if visit.mac is None:
        return None
    destination = settings().public_url.rstrip("/") + back
    link = login_link(visit, shop.router, name, password, destination)
    if link is None:
        return None
    return leads_on(page("connecting", shop, visit, onward_url=link, own=True), 1, link)


def await_start(shop: Shop, visit: Visit, back: str) -> Response | None:
    """Look again for a phone that has just come back from its router; None where it did not."""
    looks = request.args.get(LOOKS, "")
    if not looks.isdecimal() or int(looks) >= MOST_LOOKS:
        return None
    again = ComesAgain(SECONDS, _looked(back, int(looks) + 1))
    return page("connecting", shop, visit, onward_url=None, own=True, comes_again=again)


def was_sent() -> bool:
    """Tell whether the phone was at its router already."""
    return LOOKS in request.args


def _looked(path: str, times: int) -> str:
    return f"{path}{'&' if '?' in path else '?'}{LOOKS}={times}"
