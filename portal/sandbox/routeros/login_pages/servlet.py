"""Choose the page that a request meets, and what it does (RouterOS, serving servlet pages).

Left out, since nothing of ours uses it: HTTP cookies, trial and advertisements. The
Internet behind the hotspot is one page.
"""

from __future__ import annotations

from functools import cached_property

from portal.sandbox.routeros.causes import Cause
from portal.sandbox.routeros.device import Device
from portal.sandbox.routeros.login_pages.challenges import Challenge, octal
from portal.sandbox.routeros.login_pages.files import page
from portal.sandbox.routeros.login_pages.language import Page, render
from portal.sandbox.routeros.login_pages.login import log_in
from portal.sandbox.routeros.login_pages.phones import owner_of
from portal.sandbox.routeros.login_pages.variables import variables
from portal.sandbox.routeros.login_pages.visit import Outcome, Visit
from portal.sandbox.routeros.menus import paths
from portal.sandbox.routeros.menus.store import Row

INTERNET = """\
<!doctype html>
<html lang="es">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" href="data:,">
<title>Internet</title>
<style>body{font:18px/1.5 sans-serif;margin:3em 1em;text-align:center}</style>
</head>
<body><h1>Internet</h1><p>$(phone) ya navega.</p></body>
</html>
"""
NOT_FOUND = "Error 404: Not Found"
_TYPES = {"json": "application/captive+json", "txt": "text/plain", "css": "text/css"}
_NAMES = {"/api": "api.json"}


class Servlet:
    """Answer one request. `challenges` are those that phones were shown last, by MAC."""

    def __init__(self, device: Device, visit: Visit, challenges: dict[str, Challenge]) -> None:
        self._device = device
        self._visit = visit
        self._challenges = challenges

    async def answer(self) -> Page:
        """Give the page, after what the request does. A phone that nobody has seen gets a 404."""
        host = self._device.hotspot.host(self._visit.mac)
        path = self._visit.path
        if host is None:
            return Page("No such phone.", 404)
        if self._visit.elsewhere:
            return self._remote()
        if path == "/":
            return self._root()
        if path == "/login":
            return await self._login(host)
        if path == "/status":
            return self._status()
        if path == "/logout":
            return self._logout()
        return self._show(Outcome(), _NAMES.get(path, path.removeprefix("/")))

    def _remote(self) -> Page:
        if self._session is None:
            return self._redirect("rlogin.html", "/login")
        host = self._device.hotspot.host(self._visit.mac)
        owner = owner_of(host.get("address")) if host else ""
        phone = f"El teléfono de {owner}" if owner else "Este teléfono"
        return Page(
            INTERNET.replace("$(phone)", phone),
            headers={"Content-Type": "text/html; charset=utf-8"},
        )

    def _root(self) -> Page:
        if self._session is None:
            return self._redirect("rlogin.html", "/login")
        return self._redirect("rstatus.html", "/status")

    def _status(self) -> Page:
        if self._session is None:
            return self._redirect("fstatus.html", "/login")
        return self._show(Outcome(), "status.html")

    def _logout(self) -> Page:
        session = self._session
        if session is None:
            return self._redirect("flogout.html", "/login")
        # The page tells of the session that ends, so it is filled in first.
        shown = self._show(Outcome(), "logout.html")
        self._device.hotspot.remove_session(session, Cause.USER_REQUEST)
        return shown

    async def _login(self, host: Row) -> Page:
        params = self._visit.params
        if self._session is None:
            if "username" not in params:
                return self._ask(Outcome(), "login.html")
            challenge = self._challenges.pop(self._visit.mac, None)
            name, given = params["username"], params.get("password", "")
            error = await log_in(self._device, host, self._methods, challenge, name, given)
            if error:
                return self._ask(Outcome(error=error), "flogin.html", "login.html")
        return self._redirect("alogin.html", "/status", params.get("dst", ""))

    def _ask(self, outcome: Outcome, *names: str) -> Page:
        """Show the login form, with a new challenge where CHAP is allowed."""
        if "http-chap" in self._methods:
            challenge = Challenge.draw(self._device.clock.now())
            self._challenges[self._visit.mac] = challenge
            outcome.chap_id = octal(challenge.id)
            outcome.chap_challenge = octal(challenge.challenge)
        return self._show(outcome, *names)

    def _redirect(self, name: str, path: str, wanted: str = "") -> Page:
        """Show a page that leads to one of ours, or to the address wanted."""
        redirect = wanted or self._visit.base + path
        if path == "/login":
            redirect = variables(self._device, self._visit, Outcome(), [])["link-login"]
        return self._show(Outcome(redirect=redirect), name, "redirect.html")

    def _show(self, outcome: Outcome, *names: str) -> Page:
        """The first of these pages that the hotspot has."""
        profile = self._profile
        found = {
            name: text
            for name in names
            if profile and (text := page(self._device, profile.get("name"), name)) is not None
        }
        if not found:
            return Page(NOT_FOUND, 404)
        name, text = next(iter(found.items()))
        values = variables(self._device, self._visit, outcome, self._methods)
        shown = render(text, lambda key: values.get(key, ""))
        kind = _TYPES.get(name.rpartition(".")[2], "text/html")
        shown.headers.setdefault("Content-Type", f"{kind}; charset=utf-8")
        return shown

    @property
    def _session(self) -> Row | None:
        return self._device.hotspot.active.first("mac-address", self._visit.mac)

    @property
    def _phone(self) -> str:
        host = self._device.hotspot.host(self._visit.mac)
        owner = owner_of(host.get("address")) if host else ""
        return f"El teléfono de {owner}" if owner else "Este teléfono"

    @cached_property
    def _profile(self) -> Row | None:
        """The profile of the hotspot that the phone is in."""
        host = self._device.hotspot.host(self._visit.mac)
        server = host and self._device.tables[paths.HOTSPOT].first("name", host.get("server"))
        if not server:
            return None
        return self._device.tables[paths.SERVER_PROFILE].first("name", server.get("profile"))

    @cached_property
    def _methods(self) -> list[str]:
        return self._profile.get("login-by").split(",") if self._profile else []
