"""Read where in the panel somebody wants to go on, and go nowhere else."""

from __future__ import annotations

import re

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

# A path of ours as routes have it: no host, no scheme, no query.
OURS = re.compile(r"/panel/[A-Za-z0-9_./-]*")


def onward() -> str:
    """Give the path that the request's `a` names, if it is a page of the panel's; else its start.

    What is only posted to is no page: who came back there by GET would be told 405.
    """
    wanted = request.values.get("a", "")
    is_ours = OURS.fullmatch(wanted) is not None and "//" not in wanted and ".." not in wanted
    return wanted if is_ours and _is_page(wanted) else url_for("panel.today")


def _is_page(path: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    try:
        return adapter is not None and bool(adapter.match(path, method="GET"))
    except RequestRedirect:
        return True
    except HTTPException:
        return False
