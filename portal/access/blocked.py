"""Leave an access blocked whose user a person disabled on the router.

Of a user that we know enabled we ask nothing else than that, so whoever disabled it was not us.
It stays so until they enable it: their word on their own router goes before ours. Time runs on,
and an end, a refund or a removal go their way.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sqlalchemy.orm import Session

from portal import ports
from portal.access.desired_state import record_actual
from portal.access.provisioning import known_of, mark_of
from portal.access.rounds.standing import Counted
from portal.alerts.router_alerts import tell_of_disabled_user, tell_of_user_back
from portal.hotspot.errors import RouterError
from portal.hotspot.provisioning import HotspotUser
from portal.models import Access, Router, utc_now
from portal.models.access import AccessState


def record_blocked(session: Session, access: Access, *, due_in: float | None) -> None:
    """Record that somebody disabled its user, and tell the operator. Raises LostRace."""
    is_new = access.blocked_at is None
    since = {"enabled_at": access.enabled_at, "blocked_at": access.blocked_at or utc_now()}
    record_actual(session, access, AccessState.DISABLED, due_in=due_in, attempts=0, **since)
    if is_new:
        tell_of_disabled_user(session, access, mark_of(access.id))


def changes_seen(access: Counted, user: HotspotUser) -> dict[str, Any]:
    """Give what a look at the user changes in its record; empty where nothing."""
    if user.disabled == (access.blocked_at is not None):
        return {}
    if user.disabled:
        return {"actual": AccessState.DISABLED, "blocked_at": utc_now()}
    return {"actual": AccessState.ENABLED, "blocked_at": None}


def tell_of_change(session: Session, access: Access, values: dict[str, Any]) -> None:
    """Tell the operator of such changes, in the transaction that writes them."""
    if values.get("blocked_at") is not None:
        tell_of_disabled_user(session, access, mark_of(access.id))
    elif "blocked_at" in values:
        tell_of_user_back(session, access)


def is_blocked(router: Router, access: Access) -> bool:
    """Tell whether a person disabled its user: as the router says, else as was seen last."""
    with suppress(RouterError):
        provisioner, timeout = ports.provisioner_of(router), ports.settings().router_timeout
        user = provisioner.find_user(access.name, timeout)
        return access.enabled_at is not None and user is not None and _is_disabled(access, user)
    return access.blocked_at is not None


def _is_disabled(access: Access, user: HotspotUser) -> bool:
    return user.disabled and user.is_ours(mark_of(access.id), known_of(access))
