"""Give pages their addresses: who visits and the language they chose go along."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException

from portal.core.i18n import ENGLISH, SPANISH, chosen_language, language
from portal.pages.visits.visit import Visit

# What stands in a path of ours; whatever else somebody put there is not repeated to them.
PLAIN = re.compile(r"[A-Za-z0-9_-]{1,64}")
NAMES = {SPANISH: "Español", ENGLISH: "English"}


def page_url(endpoint: str, visit: Visit | None = None, **values: Any) -> str:
    """Give the address of a page; who visits, and the language they chose, go along."""
    if visit is not None and (sealed := visit.sealed()):
        values["v"] = sealed
    return url_for(f"pages.{endpoint}", **{"lang": chosen_language()} | values)


def in_other_language(visit: Visit, **more: Any) -> dict[str, Any]:
    """Give what the switch to the other language needs: its code, its own name, the address.

    The address is the page's own, or where a GET finds what was answered to a form; `more` is
    what stands in it beside the visit: nothing that a caller wrote comes back by itself.
    """
    other = SPANISH if language() == ENGLISH else ENGLISH
    endpoint, values = _reached_by_get()
    values |= more
    if sealed := visit.sealed():
        values["v"] = sealed
    return {
        "other_language": other,
        "other_language_name": NAMES[other],
        "other_language_url": url_for(endpoint, **values, lang=other),
    }


def _reached_by_get() -> tuple[str, dict[str, Any]]:
    """The page that a GET of this very address shows; else the shop's first, or the start."""
    adapter = current_app.create_url_adapter(request)
    with suppress(HTTPException):
        if adapter is not None:
            endpoint, values = adapter.match(method="GET")
            if all(PLAIN.fullmatch(str(value)) for value in values.values()):
                return endpoint, dict(values)
    router_id = str((request.view_args or {}).get("router_id", ""))
    return (
        ("pages.plans", {"router_id": router_id})
        if PLAIN.fullmatch(router_id)
        else ("start.home", {})
    )
