"""Let people enter the router itself."""

from __future__ import annotations

from portal.sandbox.routeros.device import Device
from portal.sandbox.routeros.menus import paths


def let_in(device: Device, user: str) -> None:
    """Let the table of users show the one whom the API knows, as a hasty operator made it."""
    people = device.tables[paths.PEOPLE]
    if people.first("name", user) is None:
        people.add(device.defaults(paths.PEOPLE) | {"name": user, "group": "full"})
