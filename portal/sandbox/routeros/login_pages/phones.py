"""Let simulated phones walk into the hotspot."""

from __future__ import annotations

import re
import secrets

from portal.sandbox.routeros.device import Device
from portal.sandbox.routeros.menus import paths

# What a phone's captive assistant asks for first (Apple's and Google's own test pages).
FIRST_LOOK = "http://captive.apple.com/hotspot-detect.html"
_NETWORK = "192.168.88"
_POOL = range(110, 251)
# Whose phone got which address: those of the pool in turn, those below it from the start.
_OWNERS = (
    *("Ana", "Beto", "Carla", "Diego", "Elena", "Fabián", "Gloria", "Hugo", "Inés", "Joaquín"),
    *("Karla", "Luis", "Marta", "Nico", "Olga", "Pablo", "Quique"),
)
_RESIDENTS = ("Rosa", "Saúl", "Tere", "Uriel", "Vera", "Walter", "Ximena", "Yago", "Zoe", "Álex")
_DASHED = re.compile(r"[0-9A-Fa-f]{2}(-[0-9A-Fa-f]{2}){5}", re.ASCII)


class Crowded(Exception):
    """Say that no address is left for one more phone."""


def arrive(device: Device) -> str:
    """Give a new phone joins, with a drawn MAC of its own and a free address; its MAC."""
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
    """Give every device: `mac`, `address`, its `owner`, and the `user` it is online as."""
    found = []
    for host in device.tables[paths.HOST]:
        mac = host.get("mac-address")
        session = device.hotspot.active.first("mac-address", mac)
        user = session.get("user") if session else ""
        address = host.get("address")
        found.append({"mac": mac, "address": address, "owner": owner_of(address), "user": user})
    return found


def owner_of(address: str) -> str:
    """Name whoever holds the phone at this address, the same at each look; may be empty."""
    end = address.rpartition(".")[2]
    last = int(end) if end.isdecimal() else 0
    if last in _POOL:
        turn, place = divmod(last - _POOL.start, len(_OWNERS))
        return _OWNERS[place] + (f" {turn + 1}" if turn else "")
    place = last - _POOL.start + len(_RESIDENTS)
    return _RESIDENTS[place] if 0 <= place < len(_RESIDENTS) else ""


def in_path(mac: str) -> str:
    """Give a MAC as it stands in a path."""
    return mac.replace(":", "-")


def from_path(text: str) -> str | None:
    """Give the MAC that a path names; None where it names none."""
    return text.replace("-", ":").upper() if _DASHED.fullmatch(text) else None
