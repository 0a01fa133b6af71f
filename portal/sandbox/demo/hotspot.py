"""Do to the demo's router, through its API, what the kit's script does on a real one."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing

import librouteros
from librouteros.api import Path

from portal.hotspot.setup.terminal import destination
from portal.sandbox.demo.facts import RouterAccess

LOGIN_BY = "cookie,http-chap,http-pap,mac-cookie"
COMMENT = "portal demo"


def set_up_hotspot(access: RouterAccess, address: str, open_hosts: Iterable[str]) -> None:
    """Let plain forms log in, and open these hosts to who has not paid; may be repeated.

    `address` is the one at which phones find the hotspot.
    """
    who = (access.host, access.user, access.password)
    with closing(librouteros.connect(*who, port=access.port, encoding="utf-8")) as api:
        profiles = api.path("ip", "hotspot", "profile")
        for profile in tuple(profiles):
            changes = {"login-by": LOGIN_BY, "hotspot-address": address}
            profiles.update(**{".id": profile[".id"], **changes})
        for host in open_hosts:
            _open(api.path("ip", "hotspot", "walled-garden"), "dst-host", host, "allow")
            garden = api.path("ip", "hotspot", "walled-garden", "ip")
            _open(garden, destination(host), host, "accept")


def _open(garden: Path, name: str, host: str, action: str) -> None:
    if all(row.get(name) != host for row in garden):
        garden.add(**{name: host, "action": action, "comment": COMMENT})
