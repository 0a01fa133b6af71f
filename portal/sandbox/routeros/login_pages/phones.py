"""Simulated phones that walk into the hotspot."""

from __future__ import annotations

import re
import secrets

from portal.sandbox.routeros.device import Device
from portal.sandbox.routeros.menus import paths

# What a phone's captive assistant asks for first (Apple's and Google's own test pages).
FIRST_LOOK = "http://captive.apple.com/hotspot-detect.html"
_NETWORK = "192.168.88"
_POOL = range(110, 251)
_DASHED = re.compile(r"[0-9A-Fa-f]{2}(-[0-9A-Fa-f]{2}){5}", re.ASCII)


class Crowded(Exception):
    """No address is left for one more phone."""


def arrive(device: Device) -> str:
    """A new phone joins, with a drawn MAC of its own and a free address; its MAC."""
    hosts = device.tables[paths.HOST]
    free = (f"{_NETWORK}.{n}" for n in _POOL)
    address = next((a for a in free if hosts.first("address", a) is None), None)
    if address is None:
        raise Crowded
    # 02: locally administered, as phones draw a MAC for each network.
    mac = ":".join(["02", *(f"{byte:02X}" for byte in secrets.token_bytes(5))])
    device.hotspot.join(mac, address)
    return mac


def phones(device: Device) -> list[dict[str, str]]:
    """Every device in the hotspot: `mac`, `address`, and the `user` it is online as."""
    found = []
    for host in device.tables[paths.HOST]:
        mac = host.get("mac-address")
        session = device.hotspot.active.first("mac-address", mac)
        user = session.get("user") if session else ""
        found.append({"mac": mac, "address": host.get("address"), "user": user})
    return found


def in_path(mac: str) -> str:
    """A MAC as it stands in a path."""
    return mac.replace(":", "-")


def from_path(text: str) -> str | None:
    """The MAC that a path names; None where it names none."""
    return text.replace("-", ":").upper() if _DASHED.fullmatch(text) else None
