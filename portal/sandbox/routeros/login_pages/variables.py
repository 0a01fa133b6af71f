"""Give the variables of hotspot pages, for one phone's request (RouterOS documentation)."""

from __future__ import annotations

from urllib.parse import quote_plus, urlsplit

from portal.sandbox.routeros.device import Device
from portal.sandbox.routeros.login_pages.visit import Outcome, Visit
from portal.sandbox.routeros.menus import durations, paths
from portal.sandbox.routeros.menus.store import Row
from portal.sandbox.routeros.menus.views import readable


def variables(device: Device, visit: Visit, outcome: Outcome, methods: list[str]) -> dict[str, str]:
    """Give everything that a page may name. What is not here is the request's own parameter."""
    host = device.hotspot.host(visit.mac)
    session = device.hotspot.active.first("mac-address", visit.mac)
    found = _server(device, visit, host, methods) | _links(visit, outcome)
    found |= _user(device, session)
    found |= {
        "mac": visit.mac,
        "ip": host.get("address") if host else "",
        "host-ip": host.get("to-address") if host else "",
        "logged-in": "no" if session is None else "yes",
        "username": session.get("user") if session else visit.params.get("username", ""),
        "error": outcome.error,
        "error-orig": outcome.error,
        "chap-id": outcome.chap_id,
        "chap-challenge": outcome.chap_challenge,
        "popup": visit.params.get("popup", "false"),
        "trial": "no",
        "user-agent": visit.headers.get("User-Agent", ""),
    }
    return {**visit.params, **found}


def _server(device: Device, visit: Visit, host: Row | None, methods: list[str]) -> dict[str, str]:
    at = urlsplit(visit.base)
    identity = next(iter(device.tables[paths.IDENTITY]))
    return {
        "hostname": at.netloc,
        "server-address": at.netloc,
        "server-name": host.get("server") if host else "",
        "interface-name": host.get("bridge-port") if host else "",
        "identity": identity.get("name"),
        "plain-passwd": "yes" if "http-pap" in methods else "no",
        "ssl-login": "no",
    }


def _links(visit: Visit, outcome: Outcome) -> dict[str, str]:
    login = f"{visit.base}/login"
    wanted = visit.elsewhere or visit.params.get("dst", "")
    return {
        "link-login-only": login,
        "link-login": f"{login}?dst={quote_plus(wanted)}" if wanted else login,
        "link-logout": f"{visit.base}/logout",
        "link-status": f"{visit.base}/status",
        "link-orig": wanted,
        "link-redirect": outcome.redirect,
    }


def _user(device: Device, session: Row | None) -> dict[str, str]:
    """The session's figures; without one, zero seconds and empty texts."""
    if session is None:
        return {
            "login-by": "",
            "uptime-secs": "0",
            **dict.fromkeys(("session-timeout-secs", "session-time-left-secs"), "0"),
            **dict.fromkeys(("uptime", "session-timeout", "session-time-left"), ""),
            "remain-bytes-total": "",
        }
    shown = readable(device, paths.ACTIVE, session)
    left = shown.get("session-time-left", "")
    seconds = str(durations.parse(left)) if left else "0"
    return {
        "login-by": session.get("login-by"),
        "uptime": shown["uptime"],
        "uptime-secs": str(durations.parse(shown["uptime"])),
        **dict.fromkeys(("session-timeout", "session-time-left"), left),
        **dict.fromkeys(("session-timeout-secs", "session-time-left-secs"), seconds),
        **{name: shown[name] for name in ("bytes-in", "bytes-out", "packets-in", "packets-out")},
        "remain-bytes-total": _bytes_left(device, session),
    }


def _bytes_left(device: Device, session: Row) -> str:
    user = device.hotspot.accounts.find(session.get("user"), session.get("server"))
    if user is None or "limit-bytes-total" not in user.values:
        return ""
    used = device.hotspot.accounts.used(user)
    left = int(user.get("limit-bytes-total")) - used["bytes-in"] - used["bytes-out"]
    return str(max(0, int(left)))
