"""Test what another process may do with sessions that a RADIUS server let in."""

from __future__ import annotations

from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.control import Control
from tests.sandbox.routeros.conftest import IP, MAC
from tests.sandbox.routeros.radius.server import RadiusServer
from tests.sandbox.routeros.test_control import ask_at


def test_sessions_are_used_and_ended(router: RouterSandbox, server: RadiusServer) -> None:
    with Control(router) as control:
        body = {"user": "A", "password": "x", "address": IP, "login_by": "http-pap"}
        ask_at(control.url, "POST", "/logins", body)
        ask_at(control.url, "POST", "/traffic", {"mac": MAC, "bytes_in": 7})
        ask_at(control.url, "POST", "/time", {"seconds": 60})
        ask_at(control.url, "POST", "/logouts", {"mac": MAC})
        told = ask_at(control.url, "GET", "/radius")
    router.accounted()
    assert server.told("Acct-Session-Time", "Acct-Input-Octets")[-1] == (60, 60 * 2_000 + 7)
    assert (told["asked"]["timeouts"], told["incoming"]["port"]) == (0, router.incoming_port)
