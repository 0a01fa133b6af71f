"""What the kit's script does on a real router, done to the demo's through its API."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing

import librouteros
from librouteros.api import Api

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
            _open(api, host, "walled-garden", action="allow")
            _open(api, host, "walled-garden", "ip", action="accept")


def _open(api: Api, host: str, *menu: str, action: str) -> None:
    garden = api.path("ip", "hotspot", *menu)
    if all(row.get("dst-host") != host for row in garden):
        garden.add(**{"dst-host": host, "action": action, "comment": COMMENT})
