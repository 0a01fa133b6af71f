"""Give pages their addresses: who visits and the language they chose go along."""

from __future__ import annotations

from typing import Any

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException

from portal.core.i18n import ENGLISH, SPANISH, chosen_language, language
from portal.pages.visits.visit import Visit

NAMES = {SPANISH: "Español", ENGLISH: "English"}
# What a page's address says beside who visits; what a router added stands in the visit.
KEPT = ("plan", "c", "de", "otra")


def page_url(endpoint: str, visit: Visit | None = None, **values: Any) -> str:
    """Give the address of a page; who visits, and the language they chose, go along."""
    if visit is not None and (sealed := visit.sealed()):
        values["v"] = sealed
    return url_for(f"pages.{endpoint}", **{"lang": chosen_language()} | values)


def in_other_language(visit: Visit, **more: Any) -> dict[str, str]:
    """Give what the switch to the other language needs: its code, its own name, the address.

    The address is the page's own, or where a GET finds what was answered to a form; `more` is
    what stands in it as well.
    """
    other = SPANISH if language() == ENGLISH else ENGLISH
    endpoint, values = _reached_by_get()
    values |= {name: request.values[name] for name in KEPT if name in request.values} | more
    if sealed := visit.sealed():
        values["v"] = sealed
    return {
        "other_language": other,
        "other_language_name": NAMES[other],
        "other_language_url": url_for(endpoint, **values, lang=other),
    }


def _reached_by_get() -> tuple[str, dict[str, Any]]:
    """The page that a GET of this very address shows; else the shop's first, or the start."""
    known = dict(request.view_args or {})
    adapter = current_app.create_url_adapter(request)
    try:
        if adapter is not None:
            return adapter.match(method="GET")[0], known
    except HTTPException:
        pass
    if "router_id" in known:
        return "pages.plans", {"router_id": known["router_id"]}
    return "start.home", {}
