"""Start what decides by RADIUS who comes in, in its order."""

from __future__ import annotations

import secrets
from base64 import b64encode

from portal.operators import routers
from portal.sandbox.demo.children import Children
from portal.sandbox.demo.instance import Instance, Memory
from portal.sandbox.demo.radius.database import start_database
from portal.sandbox.demo.radius.router import ask_radius
from portal.sandbox.demo.radius.server import (
    LOOPBACK,
    check_installed,
    free_ports,
    start_radius,
)
from portal.sandbox.demo.sandboxes import SimulatedRouter
from portal.sandbox.demo.shop import ACTOR

__all__ = ["check_installed", "decide_by_radius", "prepare"]

SECRETS = ("SECRET_KEY", "JWT_APIKEY_SECRET", "JWT_SESSION_SECRET")
# Often enough that whoever looks on sees what is used grow.
INTERIM_SECONDS = 60


def prepare(children: Children, instance: Instance) -> dict[str, str]:
    """Start the database; the settings by which the application uses it. Raises DemoError."""
    database_port, *ports = free_ports(3)
    database = start_database(children, instance, database_port)
    return {
        "DATABASE_URL": database.url,
        **_secrets(instance.memory),
        "RADIUS_SERVERS": LOOPBACK,
        "RADIUS_PORT": str(ports[0]),
        "RADIUS_ACCOUNTING_PORT": str(ports[1]),
        "RADIUS_INTERIM": str(INTERIM_SECONDS),
    }


def _secrets(memory: Memory) -> dict[str, str]:
    """The secrets that the application draws by itself beside SQLite alone."""
    drawn = {name: memory.once(name.lower(), lambda: secrets.token_hex(32)) for name in SECRETS}
    key = memory.once("encryption_keys", lambda: b64encode(secrets.token_bytes(32)).decode())
    return drawn | {"ENCRYPTION_KEYS": key}


def decide_by_radius(children: Children, instance: Instance, router: SimulatedRouter) -> None:
    """Let a server decide for the shop's router. Raises DemoError."""
    memory = instance.memory
    radius = start_radius(children, instance, memory["router_id"])
    port = ask_radius(router, radius)
    routers.update(ACTOR, memory["company_id"], memory["router_id"], coa_port=port)
