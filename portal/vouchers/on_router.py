"""Make codes' users on their router, as many as its time allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import case, update

from portal import ports
from portal.access.desired_state import NAME_DRAWS, record_unknown
from portal.access.provisioning import NameLost, apply, has_mark, hotspot_user
from portal.alerts.router_alerts import tell_of_refusal
from portal.core.database import writing
from portal.core.records import from_now
from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import NameTaken, RouterError
from portal.hotspot.provisioning import Provisioner
from portal.models import Access, Router, utc_now
from portal.models.access import AccessState
from portal.vouchers.drawing import NoFreeName, draw_again


@dataclass
class UsersMade:
    """Hold the ids of accesses whose users stand on the router now, and what kept the others."""

    ids: list[str] = field(default_factory=list)
    error: RouterError | None = None


def make_users(
    router: Router,
    fresh: Sequence[Access],
    tried: Sequence[Access],
    prefix: str | None,
    time: float,
) -> UsersMade:
    """Make users for accesses that are held: `fresh` ones by one command each.

    Those `tried` before may stand there already, and are looked for first. Stops at the first
    error of the router's, and after `time` seconds. Raises VaultError, LostRace, NoFreeName.
    """
    provisioner, deadline, made = ports.provisioner_of(router), Deadline(time), UsersMade()
    queue = [(access, False) for access in tried] + [(access, True) for access in fresh]
    for access, is_fresh in queue:
        if deadline.passed:
            break
        try:
            _make_one(provisioner, access, prefix, is_fresh=is_fresh)
        except RouterError as error:
            made.error = error
            break
        made.ids.append(access.id)
    return made


def _make_one(
    provisioner: Provisioner, access: Access, prefix: str | None, *, is_fresh: bool
) -> None:
    """Make the user under its name, or under others where that is taken."""
    timeout = ports.settings().router_timeout
    for _ in range(NAME_DRAWS):
        try:
            if not is_fresh:
                apply(provisioner, access, timeout)
                return
            provisioner.add_user(hotspot_user(access), timeout, disabled=False)
        except NameLost:
            is_fresh = True
        except NameTaken as taken:
            mark = hotspot_user(access).mark
            if taken.user is not None and has_mark(taken.user, mark):
                return
        else:
            return
        draw_again(access, prefix)
    raise NoFreeName


def make_now(router: Router, access: Access) -> bool:
    """Make the user of one access that is held while its customer waits; whether it stands.

    What the router does not do at once the worker goes on with. Raises VaultError, LostRace,
    NoFreeName.
    """
    made = make_users(router, [access], (), None, ports.settings().router_timeout)
    if made.ids:
        return record_made(str(access.lease), made.ids) == 1
    with writing() as session:
        record_unknown(session, access)
    if made.error is not None:
        tell_of_refusal(router, made.error)
    return False


def record_made(lease: str, made: Sequence[str]) -> int:
    """Record that these stand on the router, and let go of them; how many still were ours.

    What is not wanted any more by now is due at once, what has an end already when that comes.
    """
    if not made:
        return 0
    later = case((Access.wanted == AccessState.ENABLED, Access.expires_at), else_=from_now())
    values = {
        "actual": AccessState.ENABLED,
        "enabled_at": utc_now(),
        "updated_at": utc_now(),
        "next_attempt_at": later,
        "lease": None,
        "attempts": 0,
    }
    with writing() as session:
        result = session.execute(
            update(Access).where(Access.id.in_(made), Access.lease == lease).values(**values),
            execution_options={"synchronize_session": False},
        )
    return int(getattr(result, "rowcount", 0))
