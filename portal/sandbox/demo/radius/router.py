"""Set the demo's router up for RADIUS as its kit does, through its API."""

from __future__ import annotations

from contextlib import closing

import librouteros
import requests

from portal.sandbox.demo.facts import RouterAccess
from portal.sandbox.demo.radius.server import LOOPBACK, Radius
from portal.sandbox.demo.sandboxes import CONTROL_SECONDS, SimulatedRouter

COMMENT = "portal demo"


def ask_radius(router: SimulatedRouter, radius: Radius) -> int:
    """Let its hotspot ask the server; may be repeated. At which port it takes Disconnects."""
    _configure(router.access, radius)
    with requests.Session() as session:
        session.trust_env = False
        told = session.get(router.control_url + "/radius", timeout=CONTROL_SECONDS).json()
    port: int = told["incoming"]["port"]
    return port


def _configure(access: RouterAccess, radius: Radius) -> None:
    who = (access.host, access.user, access.password)
    with closing(librouteros.connect(*who, port=access.port, encoding="utf-8")) as api:
        servers = api.path("radius")
        for row in tuple(servers):
            servers.remove(row[".id"])
        servers.add(
            **{
                "service": "hotspot",
                "address": LOOPBACK,
                "secret": radius.secret,
                "realm": radius.router_name,
                "authentication-port": radius.auth_port,
                "accounting-port": radius.accounting_port,
                "timeout": "1s",
                "comment": COMMENT,
            }
        )
        api.path("radius", "incoming").update(accept=True)
        profiles = api.path("ip", "hotspot", "profile")
        for row in tuple(profiles):
            profiles.update(**{".id": row[".id"], "use-radius": True})
