"""Keep no more devices online by a code than were bought.

Whoever knows a code logs in at the router's own page too, where the profile alone counts devices,
and several that come in at the same moment do not see each other.
"""

from __future__ import annotations

from collections.abc import Sequence

from portal import ports
from portal.access.rounds.standing import Standing
from portal.access.router_users import TIMEOUT, UsersRead
from portal.core.logs import log
from portal.hotspot.deadline import Deadline
from portal.hotspot.presence import surplus
from portal.models import Access, Router


def has_room(router: Router, access: Access, mac: str) -> bool:
    """Tell whether this device comes in without another one having to go. Raises RouterError."""
    presence, timeout = ports.presence_of(router), ports.settings().router_timeout
    online = {session.mac for session in presence.sessions(timeout, user=access.name)}
    return len(online - {mac}) < (access.max_devices or 1)


def log_out_surplus(router: Router, accesses: Sequence[Standing], found: UsersRead) -> int:
    """Log out the devices that are too many, the oldest first, as at a login by our pages.

    Returns how many sessions ended. What time does not suffice for is left to the next round.
    Raises RouterError.
    """
    presence, deadline, ended = ports.presence_of(router), Deadline(TIMEOUT), 0
    # Who is online by a name of its own alone is no more than one device.
    many = {name for name, sessions in found.sessions.items() if len(sessions) > 1}
    for access in accesses if many else ():
        user, devices = found.user_of(access), access.max_devices or 1
        if user is None or user.name not in many:
            continue
        if not surplus(found.sessions[user.name], devices):
            continue
        if deadline.passed:
            break
        gone = presence.end_sessions(user.name, ports.settings().router_timeout, keep=devices)
        log().info("surplus_devices", access=access.id, sold=devices, logged_out=gone)
        ended += gone
    return ended
