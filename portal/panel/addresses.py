"""Read where in the panel somebody wants to go on, and go nowhere else."""

from __future__ import annotations

import re

from flask import request, url_for

# A path of ours as routes have it: no host, no scheme, no query.
OURS = re.compile(r"/panel/[A-Za-z0-9_./-]*")


def onward() -> str:
    """Give the path that the request's `a` names, if it is one of the panel's; else its start."""
    wanted = request.values.get("a", "")
    is_ours = OURS.fullmatch(wanted) is not None and "//" not in wanted and ".." not in wanted
    return wanted if is_ours else url_for("panel.today")
