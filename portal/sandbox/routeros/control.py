"""Serve the sandbox's handles over HTTP and JSON, for other processes: the control port.

A person finds the router's terminal there, as a page.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from portal.sandbox.routeros.faults import Fault, FaultKind
from portal.sandbox.routeros.login_pages.server import HotspotHttp
from portal.sandbox.routeros.menus.errors import Refusal, Trap
from portal.sandbox.routeros.sandbox import RouterSandbox
from portal.sandbox.routeros.terminal.page import terminal_page
from portal.sandbox.routeros.terminal.typed import Typed, type_line
from portal.sandbox.served import Served

# A page for people, with the router's terminal.
TERMINAL = "/terminal"

Body = dict[str, Any]
Handle = Callable[[RouterSandbox, Body], Any]


def _add_fault(router: RouterSandbox, body: Body) -> None:
    fault = Fault(**body | {"kind": FaultKind(body["kind"])})
    if "payload" in body:
        fault.payload = bytes.fromhex(body["payload"])
    router.faults.add(fault)


def _faults(router: RouterSandbox, _: Body) -> list[Body]:
    return [
        dataclasses.asdict(fault) | {"payload": fault.payload.hex()}
        for fault in router.faults.pending()
    ]


def _radius(router: RouterSandbox, _: Body) -> Body:
    asked, told = router.radius_counters
    return {
        "asked": dataclasses.asdict(asked),
        "incoming": dataclasses.asdict(told) | {"port": router.incoming_port},
    }


def _counters(router: RouterSandbox, _: Body) -> Body:
    return dataclasses.asdict(router.counters) | {"open_connections": router.open_connections}


# What may be asked; a body's members are the named handle's arguments.
_HANDLES: dict[tuple[str, str], Handle] = {
    ("GET", "/users"): lambda router, _: list(router.users.values()),
    ("GET", "/active"): lambda router, _: router.active,
    ("GET", "/hosts"): lambda router, _: router.hosts,
    ("GET", "/cookies"): lambda router, _: router.cookies,
    ("GET", "/commands"): lambda router, _: [dataclasses.asdict(r) for r in router.commands],
    ("DELETE", "/commands"): lambda router, _: router.forget_commands(),
    ("GET", "/counters"): _counters,
    ("GET", "/faults"): _faults,
    ("POST", "/faults"): _add_fault,
    ("DELETE", "/faults"): lambda router, _: router.faults.clear(),
    ("POST", "/hosts"): lambda router, body: router.join(**body),
    ("POST", "/leave"): lambda router, body: router.leave(**body),
    ("POST", "/files"): lambda router, body: router.upload(**body),
    ("POST", "/logins"): lambda router, body: router.log_in(**body),
    ("POST", "/logouts"): lambda router, body: router.log_out(**body),
    ("POST", "/traffic"): lambda router, body: router.use(**body),
    ("GET", "/radius"): _radius,
    ("POST", "/profiles"): lambda router, body: router.add_profile(**body),
    ("POST", "/users"): lambda router, body: router.add_user(**body),
    ("POST", "/users/many"): lambda router, body: router.add_users(**body),
    ("POST", "/clock"): lambda router, body: router.clock.advance(float(body["advance"])),
    ("POST", "/time"): lambda router, body: router.pass_time(float(body["seconds"])),
    ("POST", "/reboot"): lambda router, body: router.reboot(**body),
    ("POST", "/counters/at-logout"): lambda router, body: router.book_at_logout(**body),
    ("POST", "/at-once"): lambda router, body: router.work_at_once(**body),
    ("POST", "/reset"): lambda router, _: router.reset(),
    ("POST", "/down"): lambda router, _: router.go_down(),
    ("POST", "/up"): lambda router, _: router.come_up(),
}


class Control(Served):
    """Serve the handles on loopback while the `with` block lasts; `hotspot`: its pages' too."""

    def __init__(
        self, router: RouterSandbox, port: int = 0, hotspot: HotspotHttp | None = None
    ) -> None:
        handles = _HANDLES | (_of_pages(hotspot) if hotspot else {})
        super().__init__(_Server(router, handles, port), "routeros-control")

    @property
    def url(self) -> str:
        """Tell where it listens."""
        return f"http://127.0.0.1:{self.port}"


def _of_pages(hotspot: HotspotHttp) -> dict[tuple[str, str], Handle]:
    def standing(router: RouterSandbox, _: Body) -> Body:
        return {"url": hotspot.url, "up": router.is_up, "phones": hotspot.phones()}

    return {("GET", "/hotspot"): standing}


class _Server(ThreadingHTTPServer):
    def __init__(
        self, router: RouterSandbox, handles: Mapping[tuple[str, str], Handle], port: int
    ) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.router, self.handles = router, handles


class _Handler(BaseHTTPRequestHandler):
    def _serve(self) -> None:
        if urlsplit(self.path).path == TERMINAL:
            self._send(200, "text/html; charset=utf-8", self._terminal())
        else:
            status, answer = self._handle_request()
            self._send(status, "application/json", json.dumps(answer))

    @property
    def _control(self) -> _Server:
        return cast(_Server, self.server)

    def _terminal(self) -> str:
        router = self._control.router
        form = parse_qs(self._body().decode()) if self.command == "POST" else {}
        typed: Typed | None = type_line(router, form["line"][0]) if "line" in form else None
        return terminal_page(router.host, router.port, router.tls_port, typed)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _send(self, status: int, kind: str, text: str) -> None:
        raw = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    do_GET = do_POST = do_DELETE = _serve  # noqa: N815

    def _handle_request(self) -> tuple[int, Any]:
        body = self._body()
        handle = self._control.handles.get((self.command, urlsplit(self.path).path))
        if handle is None:
            return 404, {"error": "no such handle"}
        try:
            return 200, handle(self._control.router, json.loads(body or b"{}"))
        except (Trap, Refusal) as refused:
            return 409, {"error": str(refused)}
        except (KeyError, TypeError, ValueError) as mistake:
            return 400, {"error": str(mistake)}

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: whoever drives the sandbox knows what it asks."""
