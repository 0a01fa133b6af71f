"""Serve the hotspot's pages, for phones that are browsers on this computer.

A real hotspot tells phones apart by their address; here all of them are this computer, so each
has a path: `/phone/AA-BB-CC-DD-EE-FF/login` is that phone asking for the hotspot's `/login`, and
`/phone/AA-BB-CC-DD-EE-FF/http://example.com/` the same phone asking for another host, as it would
ask a proxy. `POST /phones` lets a new one arrive and sends it to its first look around.
"""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from portal.sandbox.routeros.login_pages import phones as phones
from portal.sandbox.routeros.login_pages.challenges import Challenge
from portal.sandbox.routeros.login_pages.language import Page
from portal.sandbox.routeros.login_pages.servlet import Servlet
from portal.sandbox.routeros.login_pages.visit import Visit
from portal.sandbox.routeros.sandbox import RouterSandbox
from portal.sandbox.served import Served

_LONGEST_FORM = 64 * 1024
_PHONE = "phone"


class HotspotHttp(Served):
    """Serve the hotspot's pages on loopback while the `with` block lasts."""

    def __init__(self, router: RouterSandbox, port: int = 0) -> None:
        self._router = router
        self._challenges: dict[str, Challenge] = {}
        super().__init__(
            ThreadingHTTPServer(("127.0.0.1", port), _handler(self)), "routeros-hotspot"
        )

    @property
    def host(self) -> str:
        """Host and port, as a router's record names where its login form lives."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """Tell where it listens."""
        return f"http://{self.host}"

    def phone_url(self, mac: str, path: str = "/login") -> str:
        """Tell where a phone finds the hotspot's path, or (`http://…`) another host."""
        return f"{self.url}/{_PHONE}/{phones.in_path(mac)}/{path.removeprefix('/')}"

    def phones(self) -> list[dict[str, str]]:
        """Give every device in the hotspot, with the `url` of its browser."""
        found = self._router.ask(phones.phones)
        return [phone | {"url": self.phone_url(phone["mac"], "/")} for phone in found]

    def answer(self, method: str, target: str, host: str, form: str, headers: Any) -> Page:
        """Give one request: its target as it stood in the first line, and its `Host`."""
        path, _, query = target.partition("?")
        if path == "/phones":
            return self._arrive() if method == "POST" else self._list()
        start, _, rest = path.removeprefix(f"/{_PHONE}/").partition("/")
        mac = phones.from_path(start) if path.startswith(f"/{_PHONE}/") else None
        if mac is None:
            return Page("Error 404: Not Found", 404)
        params = dict(parse_qsl(query, keep_blank_values=True))
        params |= dict(parse_qsl(form, keep_blank_values=True))
        visit = Visit(
            mac=mac,
            base=f"{self.url}/{_PHONE}/{phones.in_path(mac)}",
            path="/" + unquote(rest),
            params=params,
            headers=headers,
            elsewhere=self._elsewhere(mac, rest, query, host),
        )
        return self._router.ask_at_length(
            lambda device: Servlet(device, visit, self._challenges).answer()
        )

    def _elsewhere(self, mac: str, rest: str, query: str, host: str) -> str:
        """Where this phone finds the other host that it asks for; empty where it asks for us."""
        tail = f"?{query}" if query else ""
        if rest.startswith(("http://", "https://")):
            return "" if urlsplit(rest).netloc == self.host else self.phone_url(mac, rest + tail)
        return "" if host in ("", self.host) else f"http://{host}/{rest}{tail}"

    def _arrive(self) -> Page:
        try:
            mac = self._router.ask(phones.arrive)
        except phones.Crowded:
            return Page("The hotspot is full.", 503)
        return Page("", 303, {"Location": self.phone_url(mac, phones.FIRST_LOOK)})

    def _list(self) -> Page:
        return Page(json.dumps(self.phones()), headers={"Content-Type": "application/json"})


def _handler(hotspot: HotspotHttp) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            said = self.headers.get("Content-Length", "")
            length = min(int(said), _LONGEST_FORM) if said.isdigit() else 0
            form = self.rfile.read(length).decode("utf-8", "replace")
            host = self.headers.get("Host", "")
            page = hotspot.answer(self.command, self.path, host, form, self.headers)
            raw = page.text.encode()
            self.send_response(page.status)
            for name, value in page.headers.items():
                self.send_header(name, value.encode().decode("latin-1"))
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(raw)

        do_GET = do_POST = do_HEAD = _serve  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: passwords stand in these requests."""

    return Handler
