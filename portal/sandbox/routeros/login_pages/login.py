"""Log a phone in with what its form says."""

from __future__ import annotations

import re

from portal.sandbox.routeros.device import Device
from portal.sandbox.routeros.login_pages.challenges import Challenge
from portal.sandbox.routeros.menus.errors import Refusal
from portal.sandbox.routeros.menus.store import Row
from portal.sandbox.routeros.radius.credentials import Chap, Credentials, Pap
from portal.sandbox.routeros.radius.radius import REJECTED

_HASH = re.compile(r"[0-9A-Fa-f]{32}", re.ASCII)


async def log_in(
    device: Device,
    host: Row,
    methods: list[str],
    challenge: Challenge | None,
    name: str,
    given: str,
) -> str:
    """Tell why the phone is not online now; empty where it is.

    `given` is the password (http-pap) or the answer to the challenge (http-chap), as far as the
    hotspot's profile allows these methods.
    """
    error = REJECTED
    for way, credentials in _ways(device, methods, challenge, given):
        try:
            await device.log_in(
                name, host.get("address"), host.get("mac-address"), credentials, way
            )
        except Refusal as refusal:
            error = str(refusal)
        else:
            return ""
        if device.radius.decides(name, host.get("server")) or error != REJECTED:
            break
    return error


def _ways(
    device: Device, methods: list[str], challenge: Challenge | None, given: str
) -> list[tuple[str, Credentials]]:
    """As what the text may be read: what looks like an answer to the challenge is one first."""
    ways: list[tuple[str, Credentials]] = []
    fresh = challenge is not None and challenge.is_fresh(device.clock.now())
    if challenge is not None and fresh and "http-chap" in methods and _HASH.fullmatch(given):
        ways.append(("http-chap", Chap(challenge, bytes.fromhex(given))))
    if "http-pap" in methods:
        ways.append(("http-pap", Pap(given)))
    return ways
