"""Logging a phone in with what its form says."""

from __future__ import annotations

import hmac

from portal.sandbox.routeros.device import Device
from portal.sandbox.routeros.login_pages.challenges import Challenge
from portal.sandbox.routeros.menus.errors import Refusal
from portal.sandbox.routeros.menus.store import Row
from portal.sandbox.routeros.wire.framing import to_bytes

BAD_CREDENTIALS = "invalid username or password"


def log_in(
    device: Device,
    host: Row,
    methods: list[str],
    challenge: Challenge | None,
    name: str,
    given: str,
) -> str:
    """Why the phone is not online now; empty where it is.

    `given` is the password (http-pap) or the answer to the challenge (http-chap), as far as the
    hotspot's profile allows these methods.
    """
    user = device.hotspot.accounts.find(name, host.get("server"))
    if user is None:
        return BAD_CREDENTIALS
    password = user.get("password")
    if _answers(device, challenge, methods, given, password):
        way = "http-chap"
    elif "http-pap" in methods and hmac.compare_digest(to_bytes(given), to_bytes(password)):
        way = "http-pap"
    else:
        return BAD_CREDENTIALS
    address, mac = host.get("address"), host.get("mac-address")
    try:
        device.hotspot.log_in(name, password, address, mac, login_by=way)
    except Refusal as refusal:
        return str(refusal)
    return ""


def _answers(
    device: Device, challenge: Challenge | None, methods: list[str], given: str, password: str
) -> bool:
    if challenge is None or "http-chap" not in methods:
        return False
    return challenge.is_fresh(device.clock.now()) and challenge.is_answered_by(given, password)
