"""List the firewall, lists and clock of MikroTik's defaults, and the hotspot's own rules.

Of the default configuration as RouterOS documentation and its own exports have it; the dynamic
rules are those that the documentation of the hotspot names.
"""

from __future__ import annotations

Row = dict[str, str]

WAN = "ether1"
BUILT_IN_LISTS = ("all", "none", "dynamic", "static")


def _dynamic(chain: str, **values: str) -> Row:
    words = {name.replace("_", "-"): value for name, value in values.items()}
    return {"chain": chain, "dynamic": "true", **words}


def _usual(action: str, said: str, **values: str) -> Row:
    words = {name.replace("_", "-"): value for name, value in values.items()}
    return {"chain": "input", "action": action, "comment": f"defconf: {said}", **words}


FILTER: list[Row] = [
    _dynamic("input", action="jump", jump_target="hs-input", hotspot="from-client"),
    _dynamic("hs-input", action="jump", jump_target="pre-hs-input"),
    _dynamic("hs-input", action="accept", protocol="udp", dst_port="64872"),
    _dynamic("hs-input", action="accept", protocol="tcp", dst_port="64872-64875"),
    _dynamic("hs-input", action="jump", jump_target="hs-unauth", hotspot="!auth"),
    _dynamic("hs-unauth", action="return", protocol="icmp"),
    _dynamic("hs-unauth", action="reject", protocol="tcp", reject_with="tcp-reset"),
    _dynamic("hs-unauth", action="reject", reject_with="icmp-net-prohibited"),
    _usual(
        "accept",
        "accept established,related,untracked",
        connection_state="established,related,untracked",
    ),
    _usual("drop", "drop invalid", connection_state="invalid"),
    _usual("accept", "accept ICMP", protocol="icmp"),
    _usual("accept", "accept to local loopback (for CAPsMAN)", dst_address="127.0.0.1"),
    _usual("drop", "drop all not coming from LAN", in_interface_list="!LAN"),
]

LISTS: list[Row] = [
    *({"name": name, "builtin": "true"} for name in BUILT_IN_LISTS),
    {"name": "WAN", "comment": "defconf"},
    {"name": "LAN", "comment": "defconf"},
]

MEMBERS: list[Row] = [
    {"list": "LAN", "interface": "bridge", "comment": "defconf"},
    {"list": "WAN", "interface": WAN, "comment": "defconf"},
]

ROUTES: list[Row] = [
    {
        "dst-address": "0.0.0.0/0",
        "gateway": "192.0.2.1",
        "immediate-gw": f"192.0.2.1%{WAN}",
        "gateway-status": f"192.0.2.1 reachable via  {WAN}",
        "distance": "1",
        "active": "true",
        "dynamic": "true",
        "disabled": "false",
    }
]

# As MikroTik's cloud tells it by the address.
CLOCK: Row = {"time-zone-autodetect": "true", "time-zone-name": "America/Mexico_City"}
NTP_CLIENT: Row = {"enabled": "false"}

ADDRESSES: list[Row] = [
    {"address": "192.168.88.1/24", "network": "192.168.88.0", "interface": "bridge"},
    {"address": "10.5.50.1/24", "network": "10.5.50.0", "interface": "bridge"},
    {"address": "192.0.2.2/24", "network": "192.0.2.0", "interface": WAN, "dynamic": "true"},
]
# What each mode forbids: https://help.mikrotik.com/docs/spaces/ROS/pages/93749258/Device-mode
DEVICE_MODES: dict[str, Row] = {
    "advanced": {"fetch": "true", "scheduler": "true", "hotspot": "true"},
    "basic": {"fetch": "true", "scheduler": "true", "hotspot": "false"},
    "home": {"fetch": "false", "scheduler": "false", "hotspot": "false"},
}
