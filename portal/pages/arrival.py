"""Lead on who comes fresh from the router's own login, as the kit's alogin.html says."""

from __future__ import annotations

import re

from flask import redirect, request
from werkzeug.wrappers import Response as BaseResponse

from portal.pages.rendering import page
from portal.pages.shop import open_shop, visit_of
from portal.ports import settings

SALE = r"[A-Za-z0-9_-]+(\?.*)?"


def arrived(router_id: str) -> BaseResponse | None:
    """Lead to the purchase that the device was logged in for, else show that it worked.

    None for everybody else: the router's status page says `logged-in` too, but not where to go.
    """
    if request.args.get("logged-in") != "yes" or "link-orig" not in request.args:
        return None
    shop = open_shop(router_id, even_closed=True)
    visit = visit_of(shop)
    if visit.orig_url and _is_result(visit.orig_url, router_id):
        return redirect(visit.orig_url, 303)
    return page("connected", shop, visit, lines=[])


def _is_result(url: str, router_id: str) -> bool:
    """Whether this is a purchase's own page, as our login form names it to the router."""
    own = re.escape(f"{settings().public_url.rstrip('/')}/r/{router_id}/pago/")
    return re.fullmatch(own + SALE, url) is not None
