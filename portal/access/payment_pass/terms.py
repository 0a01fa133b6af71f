"""Say what a payment pass is on a router: how long, how fast, for which device.

A router gives a rate to a user by its profile alone: a hotspot user has none of its own, as the
router's published commands show. A queue would name an address, which changes, stand below whatever
queues an operator has, and be left behind when we are away. So passes have a profile of their own.
"""

from __future__ import annotations

import secrets

from portal.access.provisioning import mark_of
from portal.core.vault import keyed_digest
from portal.hotspot.provisioning import NewHotspotUser, NewProfile
from portal.models import PaymentPass

PASS_SECONDS = 600
PASS_KILOBITS = 256
PROFILE = "portal-pase"
PASSWORD_DIGITS = 24
NAME_BEGINS = "pase-"
# All that passes at that rate, both ways: a profile that somebody widened gives no more.
PASS_BYTES = 2 * PASS_SECONDS * PASS_KILOBITS * 1000 // 8


def draw_name() -> str:
    """Draw a name that no code has: those are in capitals, or digits alone."""
    return NAME_BEGINS + secrets.token_hex(8)


def pass_profile() -> NewProfile:
    """Describe the user profile of passes: no cookie, by which a device would come back."""
    rate = f"{PASS_KILOBITS}k/{PASS_KILOBITS}k"
    return NewProfile(
        PROFILE, cookie_days=0, rate_limit=rate, shared_users=1, session_timeout=PASS_SECONDS
    )


def password_of(payment_pass: PaymentPass) -> str:
    """Give what only we know, and what stands nowhere: by our key, from the pass' own id."""
    place = f"payment_pass:{payment_pass.id}:password"
    return keyed_digest(payment_pass.id, place)[:PASSWORD_DIGITS]


def pass_user(payment_pass: PaymentPass) -> NewHotspotUser:
    """Describe a pass' user.

    The router itself ends it: `limit-uptime` is of all time that the user is ever online.
    """
    return NewHotspotUser(
        name=payment_pass.name,
        password=password_of(payment_pass),
        profile=PROFILE,
        mark=mark_of(payment_pass.id),
        limit_uptime=PASS_SECONDS,
        limit_bytes=PASS_BYTES,
        mac=payment_pass.mac,
    )
