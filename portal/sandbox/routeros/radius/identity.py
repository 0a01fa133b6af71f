"""Say of the router and of a device what each of its packets says."""

from __future__ import annotations

from typing import Any

from portal.sandbox.routeros.menus import paths
from portal.sandbox.routeros.menus.radius_tables import MAC_FORMATS
from portal.sandbox.routeros.menus.store import Row, Table

# As on most routers behind NAT: an address of its own network, which others have as well.
NAS_ADDRESS = "192.168.88.1"
_PORT_TYPES = {"cable": 17, "ethernet": 15, "wireless-802.11": 19}

Attributes = dict[str, Any]
Tables = dict[str, Table]


def profile_of(tables: Tables, server_name: str) -> Row | None:
    """Give the profile of a hotspot."""
    server = tables[paths.HOTSPOT].first("name", server_name)
    return server and tables[paths.SERVER_PROFILE].first("name", server.get("profile"))


def of_router(tables: Tables, source: str, realm: str = "") -> Attributes:
    """Tell who asks. `source` is the address to ask from, empty for the usual one.

    By MikroTik's manual the realm of a server goes with every request to it. Vouched for by nobody:
    that Accounting-On is one of them.
    """
    [identity] = tables[paths.IDENTITY]
    said = {"NAS-Identifier": identity.get("name"), "NAS-IP-Address": source or NAS_ADDRESS}
    return said | ({"Mikrotik-Realm": realm} if realm else {})


def of_host(tables: Tables, host: Row, name: str, session_id: str) -> Attributes:
    """Whom it is about: the user of this name at this device, in this session."""
    server = host.get("server")
    profile = profile_of(tables, server)
    hotspot = tables[paths.HOTSPOT].first("name", server)
    assert profile is not None
    assert hotspot is not None
    said: Attributes = {
        "User-Name": name,
        "NAS-Port-Type": _PORT_TYPES[profile.get("nas-port-type")],
        "NAS-Port": int(session_id, 16),
        "NAS-Port-Id": hotspot.get("interface"),
        "Acct-Session-Id": session_id,
        "Calling-Station-Id": mac_as(profile.get("radius-mac-format"), host.get("mac-address")),
        "Called-Station-Id": server,
        "Framed-IP-Address": host.get("to-address"),
        "Mikrotik-Host-IP": host.get("address"),
    }
    located = {"WISPr-Location-ID": "radius-location-id"}
    located |= {"WISPr-Location-Name": "radius-location-name"}
    return said | {name: profile.get(key) for name, key in located.items() if profile.get(key)}


def mac_as(form: str, mac: str) -> str:
    """Give a MAC address in one of the formats of `radius-mac-format`."""
    digits = iter(mac.replace(":", ""))
    return "".join(next(digits) if sign == "X" else sign for sign in form or MAC_FORMATS[0])
