"""Tell who asks, by which way and under which id, and write one log line a request.

A request that is sent slowly holds one of gunicorn's threads until it is complete, so that a
hundred half-sent ones stop a server that is spoken to directly: where no proxy stands in front
that takes them in whole, the operator is told.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask, Request, Response, current_app, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from portal.core.logs import log
from portal.core.records import new_id
from portal.ports import settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# Who is given an IPv6 network has 2⁶⁴ addresses to come from.
IPV6_NETWORK = 64
DIRECT = "requests_without_proxy"
ADVICE = (
    "Llegan solicitudes sin pasar por un proxy de TRUSTED_PROXIES: quien las envía despacio "
    "ocupa los hilos de gunicorn. Ponga nginx o Caddy delante (flask deploy nginx)."
)
UNTRUSTED = "requests_of_an_untrusted_proxy"
UNTRUSTED_ADVICE = (
    "Llegan solicitudes por un proxy, y TRUSTED_PROXIES es 0: Portal lo toma por su único cliente. "
    "Ponga TRUSTED_PROXIES=1, o cuántos proxies haya delante."
)
# Some proxies name the caller with its port (Azure's Application Gateway), or as in a URL.
WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d*)?|([\d.]+):\d+")
REQUEST_ID = "X-Request-ID"
SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")


class Sessions(SecureCookieSessionInterface):
    """Make the signer of cookies only for who sends one: neither API nor sales know any."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Do as Flask does."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def register(app: Flask) -> None:
    """Bind to the application."""
    app.session_interface = Sessions()
    # No view is a coroutine: Flask would look at each, and at each hook, at every request.
    app.ensure_sync = _as_it_is  # type: ignore[method-assign]
    app.before_request(_begin)
    app.after_request(_end)


def request_id() -> str:
    """Give the id of the request at hand."""
    found: str = g.request_id
    return found


def caller() -> IPv4Address | IPv6Address | None:
    """Give the address that asks, as far as the trusted proxies tell; None where they do not.

    Whoever comes by IPv4 has an IPv4 address, also where a server listens for IPv6 alone.
    """
    return _address_in(request.remote_addr or "")


def caller_text() -> str | None:
    """Write the address that asks in the one way in which it is kept."""
    address = caller()
    return None if address is None else str(address)


def client_address() -> str:
    """Name whom the request counts for: `192.0.2.1` or `2001:db8::/64`; a café may share it.

    `unknown` where there is no address.
    """
    address = caller()
    if isinstance(address, IPv6Address):
        return str(ip_network((address, IPV6_NETWORK), strict=False))
    return "unknown" if address is None else str(address)


@lru_cache(maxsize=1024)
def _address_in(text: str) -> IPv4Address | IPv6Address | None:
    with_port = WITH_PORT.fullmatch(text)
    try:
        address = ip_address((with_port[1] or with_port[2] or "") if with_port else text)
    except ValueError:
        return None
    if isinstance(address, IPv4Address):
        return address
    # A zone is the proxy's own name for a cable, and says nothing of who asks.
    return address.ipv4_mapped or IPv6Address(int(address))


def whole_body(req: Request) -> bytes:
    """Read the body. Raises 413; one in chunks only does when it is read beyond the limit."""
    raw = req.get_data()
    if len(raw) == req.max_content_length:
        req.stream.read(1)
    return raw


def proxy_advice() -> list[str]:
    """Say what is missing in front of this process, as far as it has seen."""
    seen = current_app.extensions
    told = {DIRECT: ADVICE, UNTRUSTED: UNTRUSTED_ADVICE}
    return [advice for name, advice in told.items() if seen.get(name)]


def is_forwarded_untrusted() -> bool:
    """Tell whether a proxy stands in between that we were not told to believe.

    Whose address the request comes from is unknown then, but for the proxy's own.
    """
    return not settings().trusted_proxies and "HTTP_X_FORWARDED_FOR" in request.environ


def id_for(sent: str) -> str:
    """Give the id of a request that was sent with this one, or with none."""
    return sent if SANE.fullmatch(sent) else new_id("", 16, upper=False)


def start_log(request_id: str) -> None:
    """Have all lines that are logged from now on say for which request."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id)


def log_request(method: str, path: str, status: int, began: float) -> None:
    """Write the line of a request that began at this moment of the performance counter."""
    milliseconds = round((time.perf_counter() - began) * 1000, 1)
    log().info("request", method=method, path=path, status=status, ms=milliseconds)


def _as_it_is(func: Callable[..., Any]) -> Callable[..., Any]:
    return func


def _begin() -> None:
    g.request_id = id_for(request.headers.get(REQUEST_ID, ""))
    g.began = time.perf_counter()
    start_log(g.request_id)
    _watch_for_proxy(request.environ)


def _end(response: Response) -> Response:
    response.headers[REQUEST_ID] = g.request_id
    log_request(request.method, request.path, response.status_code, g.began)
    return response


def _watch_for_proxy(environ: WSGIEnvironment) -> None:
    if is_forwarded_untrusted() and _is_near(environ.get("REMOTE_ADDR")):
        _tell_once(UNTRUSTED, "untrusted_proxy", UNTRUSTED_ADVICE)
    if _came_directly(environ):
        _tell_once(DIRECT, "no_buffering_proxy", ADVICE)


def _tell_once(name: str, event: str, advice: str) -> None:
    if not current_app.extensions.get(name):
        current_app.extensions[name] = True
        log().warning(event, advice=advice)


def _is_near(peer: str | None) -> bool:
    """Tell whether it may be a proxy of ours: others may write what they like into a header."""
    try:
        return ip_address(peer or "").is_private
    except ValueError:
        # A proxy on a Unix socket has no address.
        return True


def _came_directly(environ: WSGIEnvironment) -> bool:
    """Tell whether it came from another machine, and no proxy that we trust has signed for it."""
    before = environ.get("werkzeug.proxy_fix.orig", environ)
    if not _is_elsewhere(before.get("REMOTE_ADDR") or ""):
        return False
    return "HTTP_X_FORWARDED_FOR" not in environ or not settings().trusted_proxies


@lru_cache(maxsize=256)
def _is_elsewhere(peer: str) -> bool:
    # A proxy on a Unix socket has no address.
    address = _address_in(peer)
    return address is not None and not address.is_loopback
