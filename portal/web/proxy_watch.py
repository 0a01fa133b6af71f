"""Whether a proxy stands in front that takes slow requests in whole: told where none does.

A request that is sent slowly holds one of gunicorn's threads until it is complete, so that a
hundred half-sent ones stop a server that is spoken to directly.
"""

from __future__ import annotations

from ipaddress import ip_address

from flask import Flask, current_app, request

from portal.core.logs import log
from portal.ports import settings

SEEN = "requests_without_proxy"
ADVICE = (
    "Llegan solicitudes sin pasar por un proxy de TRUSTED_PROXIES: quien las envía despacio "
    "ocupa los hilos de gunicorn. Ponga nginx o Caddy delante (flask deploy nginx)."
)


def register(app: Flask) -> None:
    """Bind to the application."""
    app.before_request(_look)


def notices() -> list[str]:
    """What there is to say of it, as far as this process has seen."""
    return [ADVICE] if current_app.extensions.get(SEEN) else []


def _look() -> None:
    if current_app.extensions.get(SEEN) or not _came_directly():
        return
    current_app.extensions[SEEN] = True
    log().warning("no_buffering_proxy", advice=ADVICE)


def _came_directly() -> bool:
    """Whether it came from another machine, and no proxy that we trust has signed for it."""
    before = request.environ.get("werkzeug.proxy_fix.orig", request.environ)
    try:
        peer = ip_address(before.get("REMOTE_ADDR") or "")
    except ValueError:
        # A proxy on a Unix socket has no address.
        return False
    is_signed = settings().trusted_proxies > 0 and "HTTP_X_FORWARDED_FOR" in request.environ
    return not peer.is_loopback and not is_signed
