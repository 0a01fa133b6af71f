"""Simulate a MikroTik router that speaks the RouterOS API over TCP and TLS."""

from portal.sandbox.routeros.clock import Clock
from portal.sandbox.routeros.faults import Fault, FaultKind, Faults
from portal.sandbox.routeros.login_pages.server import HotspotHttp
from portal.sandbox.routeros.menus.errors import Refusal, Trap
from portal.sandbox.routeros.sandbox import RouterSandbox
from portal.sandbox.routeros.wire.tls import Tls

__all__ = [
    "Clock",
    "Fault",
    "FaultKind",
    "Faults",
    "HotspotHttp",
    "Refusal",
    "RouterSandbox",
    "Tls",
    "Trap",
]
