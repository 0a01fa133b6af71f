"""A simulated MikroTik router that speaks the RouterOS API over TCP and TLS."""

from portal.sandbox.routeros.commands import Trap
from portal.sandbox.routeros.faults import Fault, FaultKind, Faults
from portal.sandbox.routeros.hotspot import Refusal
from portal.sandbox.routeros.sandbox import RouterSandbox

__all__ = ["Fault", "FaultKind", "Faults", "Refusal", "RouterSandbox", "Trap"]
