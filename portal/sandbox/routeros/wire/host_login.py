"""Log a host in where a RADIUS server decides: `/ip/hotspot/active/login`."""

from __future__ import annotations

from collections.abc import Mapping

from portal.sandbox.routeros.device import Device
from portal.sandbox.routeros.menus import paths
from portal.sandbox.routeros.menus.errors import Refusal, Trap
from portal.sandbox.routeros.radius.credentials import Pap

LOGIN = f"{paths.ACTIVE}/login"


def asks_radius(device: Device, path: str, args: Mapping[str, str]) -> bool:
    """Tell whether the command logs in somebody whom the hotspot does not know itself."""
    if path != LOGIN:
        return False
    host = device.tables[paths.HOST].first("address", args.get("ip", ""))
    return host is not None and device.radius.decides(args.get("user", ""), host.get("server"))


async def log_host_in(device: Device, args: Mapping[str, str]) -> None:
    """Carry it out; raises Trap."""
    given = Pap(args.get("password", ""))
    mac = args.get("mac-address", "").upper() or None
    try:
        await device.log_in(
            args.get("user", ""), args["ip"], mac, given, "admin", args.get("domain", "")
        )
    except Refusal as refusal:
        raise Trap(str(refusal)) from None
