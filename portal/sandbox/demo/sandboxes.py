"""Start the demo's three sandboxes, and furnish its router."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from portal.sandbox.demo.children import Child, Children
from portal.sandbox.demo.errors import DemoError
from portal.sandbox.demo.facts import Host, RouterAccess
from portal.sandbox.demo.instance import Instance, Memory
from portal.sandbox.demo.web import LOOPBACK

HOSTS = (
    Host("AA:BB:CC:DD:EE:FF", "192.168.88.100"),
    Host("02:00:5E:10:00:01", "192.168.88.101"),
    Host("02:00:5E:10:00:02", "192.168.88.102"),
    Host("02:00:5E:10:00:03", "192.168.88.103"),
)
# Uploads first, as the router sees them.
PROFILES = ({"name": "1hora", "rate_limit": "2M/5M"}, {"name": "24horas", "rate_limit": "5M/10M"})
CONTROL_SECONDS = 10.0


@dataclass(frozen=True)
class SimulatedRouter:
    """Hold how it is entered, controlled, and met by phones; addresses end in no slash."""

    access: RouterAccess
    control_url: str
    hotspot_url: str

    @property
    def login_host(self) -> str:
        """Host and port of its login page."""
        return self.hotspot_url.removeprefix("http://")


def start_router(children: Children, instance: Instance) -> Child:
    """Start the simulated router, with the password and the hotspot's port that it had before."""
    password = instance.memory.once("router_password", lambda: secrets.token_urlsafe(12))
    pages = _port_of_before(instance.memory)
    return children.start(
        "router",
        *("portal.sandbox.routeros", "--control-port", "0", "--hotspot-port", str(pages)),
        *("--state", str(instance.router_state), "--incoming-port", "0"),
        env={"ROUTEROS_PASSWORD": password},
        announces=True,
    )


def start_gateway(children: Children, instance: Instance) -> Child:
    """Start the simulated Conekta."""
    state = str(instance.gateway_state)
    return children.start(
        "conekta", "portal.sandbox.conekta", "--state", state, env={}, announces=True
    )


def start_second_gateway(children: Children, instance: Instance) -> Child:
    """Start the simulated Mercado Pago."""
    state = str(instance.second_gateway_state)
    return children.start(
        "mercadopago", "portal.sandbox.mercadopago", "--state", state, env={}, announces=True
    )


def tell_notices(gateway_url: str, token: str, url: str, secret: str) -> None:
    """Enter where the second gateway's notices go, as a seller does in its panel."""
    with requests.Session() as session:
        session.trust_env = False
        body = {"token": token, "url": url, "secret": secret}
        _control(session, f"{gateway_url}/_sandbox/subscriptions", body)


def furnish_router(router: Child, memory: Memory) -> SimulatedRouter:
    """Wait for the router, and give it the profiles and devices that it lacks."""
    said = router.announcement()
    access = RouterAccess(said["host"], said["port"], said["user"], said["password"])
    made = SimulatedRouter(access, said["control_url"], said["hotspot_url"])
    memory.put(hotspot_port=made.login_host.rpartition(":")[2])
    with requests.Session() as session:
        session.trust_env = False
        for profile in PROFILES:
            _control(session, made.control_url + "/profiles", profile)
        for host in HOSTS:
            _control(session, made.control_url + "/hosts", {"mac": host.mac, "address": host.ip})
    return made


def upload_pages(router: SimulatedRouter, pages: Mapping[str, str]) -> None:
    """Let the hotspot serve these pages in place of those that it has."""
    with requests.Session() as session:
        session.trust_env = False
        for name, text in pages.items():
            page = {"name": f"hotspot/{name}", "contents": text}
            _control(session, router.control_url + "/files", page)


def _port_of_before(memory: Memory) -> int:
    """Phones that were left open find the hotspot again, unless its port is taken by now."""
    port = int(memory.get("hotspot_port") or 0)
    try:
        socket.create_server((LOOPBACK, port)).close()
    except OSError:
        return 0
    return port


def _control(session: requests.Session, url: str, body: dict[str, Any]) -> None:
    answer = session.post(url, json=body, timeout=CONTROL_SECONDS)
    there_already = answer.status_code == requests.codes.conflict
    if not (answer.ok or there_already):
        raise DemoError(f"El router simulado respondió {answer.status_code} a {url}.")
