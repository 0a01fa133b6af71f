"""The demo's two sandboxes, and what stands on its router."""

from __future__ import annotations

import secrets
from typing import Any

import requests

from portal.sandbox.demo.children import Child, Children
from portal.sandbox.demo.errors import DemoError
from portal.sandbox.demo.facts import Host, RouterAccess
from portal.sandbox.demo.instance import Instance

HOSTS = (
    Host("AA:BB:CC:DD:EE:FF", "192.168.88.100"),
    Host("02:00:5E:10:00:01", "192.168.88.101"),
    Host("02:00:5E:10:00:02", "192.168.88.102"),
    Host("02:00:5E:10:00:03", "192.168.88.103"),
)
# Uploads first, as the router sees them.
PROFILES = ({"name": "1hora", "rate_limit": "2M/5M"}, {"name": "24horas", "rate_limit": "5M/10M"})
CONTROL_SECONDS = 10.0


def start_router(children: Children, instance: Instance) -> Child:
    """Start the simulated router, with the password that it had before."""
    password = instance.memory.once("router_password", lambda: secrets.token_urlsafe(12))
    state = str(instance.router_state)
    return children.start(
        "router",
        *("portal.sandbox.routeros", "--control-port", "0", "--state", state),
        env={"ROUTEROS_PASSWORD": password},
        announces=True,
    )


def start_gateway(children: Children, instance: Instance) -> Child:
    """Start the simulated Conekta."""
    state = str(instance.gateway_state)
    return children.start(
        "conekta", "portal.sandbox.conekta", "--state", state, env={}, announces=True
    )


def furnish_router(router: Child) -> RouterAccess:
    """Wait for the router, and give it the profiles and devices that it lacks."""
    said = router.announcement()
    with requests.Session() as session:
        session.trust_env = False
        for profile in PROFILES:
            _control(session, said["control_url"] + "/profiles", profile)
        for host in HOSTS:
            _control(session, said["control_url"] + "/hosts", {"mac": host.mac, "address": host.ip})
    return RouterAccess(said["host"], said["port"], said["user"], said["password"])


def _control(session: requests.Session, url: str, body: dict[str, Any]) -> None:
    answer = session.post(url, json=body, timeout=CONTROL_SECONDS)
    there_already = answer.status_code == requests.codes.conflict
    if not (answer.ok or there_already):
        raise DemoError(f"El router simulado respondió {answer.status_code} a {url}.")
