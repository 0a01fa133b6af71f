"""Make a second hotspot on the simulated router, which no command of its menus can make."""

from __future__ import annotations

from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.device import Device
from portal.sandbox.routeros.menus import paths


def add_hotspot(
    router: RouterSandbox,
    name: str,
    profile: str,
    *,
    folder: str = "hotspot",
    disabled: str = "false",
) -> None:
    """A hotspot with a profile of its own, whose pages lie in `folder`."""

    def add(device: Device) -> None:
        values = {"name": profile, "html-directory": folder, "login-by": "http-pap"}
        device.tables[paths.SERVER_PROFILE].add(values)
        device.tables[paths.HOTSPOT].add({"name": name, "profile": profile, "disabled": disabled})

    router.ask(add)
