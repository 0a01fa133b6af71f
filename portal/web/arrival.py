"""Tell this installation's own doctor, and nobody else, how its request arrived here."""

from __future__ import annotations

from typing import Any

from flask import request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from portal.ports import settings
from portal.web.request_context import caller_text

HEADER = "X-Portal-Doctor"
SALT = "doctor"
QUESTION = "how did this arrive?"
FRESH_SECONDS = 60


def question() -> str:
    """Write the header's value: who has our secret may ask, for a minute."""
    return str(_seal().dumps(QUESTION))


def is_asked_for() -> bool:
    """Tell whether the request at hand asks, with a fresh seal of ours."""
    try:
        asked = _seal().loads(request.headers.get(HEADER, ""), max_age=FRESH_SECONDS)
    except BadSignature:
        return False
    return bool(asked == QUESTION)


def seen() -> dict[str, Any]:
    """Say whom, and by which address, the request at hand seems to come from."""
    return {
        "direccion": caller_text() or "",
        "esquema": request.scheme,
        "host": request.host,
        "varios_procesos": bool(request.environ.get("wsgi.multiprocess")),
    }


def _seal() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret_key, salt=SALT)
