"""Turn an answer's words into the hotspot's own: a user and a profile that stand in no table."""

from __future__ import annotations

from portal.sandbox.routeros.menus import durations, paths
from portal.sandbox.routeros.menus.store import Row
from portal.sandbox.routeros.radius.grant import Grant
from portal.sandbox.routeros.radius.identity import Tables


def user_for(name: str, grant: Grant) -> Row:
    """Give a user with the limits that were granted, of which nothing is used yet."""
    limits = {
        "limit-uptime": grant.session_timeout,
        "limit-bytes-in": grant.recv_limit,
        "limit-bytes-out": grant.xmit_limit,
        "limit-bytes-total": grant.total_limit,
    }
    said = {key: str(int(value)) for key, value in limits.items() if value is not None}
    return Row(0, {"name": name, **said})


def profile_for(tables: Tables, grant: Grant) -> Row:
    """Give the profile that was named, or the default one, with what the answer says otherwise."""
    profiles = tables[paths.USER_PROFILE]
    named = profiles.first("name", grant.profile) if grant.profile else None
    base = named or next(iter(profiles))
    said: dict[str, str] = {}
    if grant.devices is not None:
        said["shared-users"] = str(grant.devices) if grant.devices else "unlimited"
    if grant.idle_timeout is not None:
        said["idle-timeout"] = durations.render(grant.idle_timeout)
    if grant.rate_limit is not None:
        said["rate-limit"] = grant.rate_limit
    return Row(0, base.values | said)
