"""List what a router holds from the factory, once somebody has run the hotspot set-up."""

from __future__ import annotations

from portal.sandbox.routeros import factory_network
from portal.sandbox.routeros.login_pages.factory import FOLDER, PAGES, page_file
from portal.sandbox.routeros.menus import paths

SERVER = "hotspot1"

_SERVICES = {
    "telnet": 23,
    "ftp": 21,
    "www": 80,
    "ssh": 22,
    "www-ssl": 443,
    "api": 8728,
    "winbox": 8291,
    "api-ssl": 8729,
}

_HOTSPOT = {
    "name": SERVER,
    "interface": "bridge",
    "address-pool": "dhcp_pool0",
    "profile": "hsprof1",
    "idle-timeout": "5m",
    "keepalive-timeout": "none",
    "addresses-per-mac": "2",
    "proxy-status": "running",
    "invalid": "false",
    "HTTPS": "false",
    "disabled": "false",
}

_RESOURCE = {
    "free-memory": "805306368",
    "total-memory": "1073741824",
    "cpu": "ARM64",
    "cpu-count": "4",
    "cpu-load": "3",
    "architecture-name": "arm64",
    "board-name": "RB5009UG+S+",
    "platform": "MikroTik",
}

_GROUPS = {
    "read": "local,telnet,ssh,reboot,read,test,winbox,password,web,sniff,sensitive,api,romon",
    "write": (
        "local,telnet,ssh,reboot,read,write,test,winbox,password,web,sniff,sensitive,api,romon"
    ),
    "full": (
        "local,telnet,ssh,ftp,reboot,read,write,policy,test,winbox,password,web,sniff,sensitive,"
        "api,romon"
    ),
}

_TRIAL = {
    "name": "default-trial",
    "comment": "counters and limits for trial users",
    "default": "true",
}

# Rows by menu; what is not said here has its property's default.
CONTENTS: dict[str, list[dict[str, str]]] = {
    paths.IDENTITY: [{"name": "MikroTik"}],
    paths.CLOCK: [factory_network.CLOCK],
    paths.NTP_CLIENT: [factory_network.NTP_CLIENT],
    paths.FILTER: factory_network.FILTER,
    paths.INTERFACE_LIST: factory_network.LISTS,
    paths.LIST_MEMBER: factory_network.MEMBERS,
    paths.ROUTE: factory_network.ROUTES,
    paths.ADDRESS: factory_network.ADDRESSES,
    paths.DEVICE_MODE: [{"mode": "advanced", **factory_network.DEVICE_MODES["advanced"]}],
    paths.RESOURCE: [_RESOURCE],
    paths.RADIUS_INCOMING: [{}],
    paths.SERVICE: [{"name": name, "port": str(port)} for name, port in _SERVICES.items()],
    paths.SERVER_PROFILE: [
        {"name": "default", "default": "true"},
        {"name": "hsprof1", "hotspot-address": "10.5.50.1"},
    ],
    paths.HOTSPOT: [_HOTSPOT],
    paths.USER_PROFILE: [{"name": "default", "default": "true"}],
    paths.USER: [_TRIAL],
    paths.GROUP: [{"name": name, "policy": policy} for name, policy in _GROUPS.items()],
    paths.PEOPLE: [{"name": "admin", "group": "full", "comment": "system default user"}],
    paths.FILE: [page_file(FOLDER, name, text) for name, text in PAGES.items()],
}
