"""Tell whose a hotspot user is, and what makes it ours again after somebody has changed it.

Operators run on-login scripts that empty or date a user's comment, so the comment alone proves
nothing: a second mark stands in the e-mail, which such scripts leave alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.hotspot.provisioning import HotspotUser, Known, UserFound
from portal.hotspot.routeros.channel import Reply
from portal.hotspot.routeros.values import (
    ItemId,
    Row,
    mark_in,
    number,
    seconds,
    spare_mark,
    text,
    truth,
)

NO_MAC = "00:00:00:00:00:00"
_STANDS = UserFound(is_there=True)


@dataclass(frozen=True)
class Target:
    """Name the user that is meant: its name, its mark, and what our record knows of it."""

    name: str
    mark: str
    known: Known | None = None


@dataclass(frozen=True)
class FoundUser:
    """Hold a user's id on the router, what there is to mend, and what was found of it."""

    id: ItemId
    mends: Mapping[str, str] = field(default_factory=dict)
    found: UserFound = _STANDS
    bound_mac: str = ""
    disabled: bool = False


def read_user(row: Row, user_id: str) -> HotspotUser:
    """Read a row of `/ip/hotspot/user`. Raises RouterRefused for counters that cannot be read."""
    return HotspotUser(
        id=user_id,
        name=text(row, "name"),
        mark=text(row, "comment"),
        disabled=truth(row, "disabled"),
        profile=text(row, "profile"),
        uptime=seconds(row, "uptime"),
        bytes_in=number(row, "bytes-in"),
        bytes_out=number(row, "bytes-out"),
        limit_uptime=seconds(row, "limit-uptime") or None,
        limit_bytes=number(row, "limit-bytes-total") or None,
        spare_mark=mark_in(row.get("email", "")),
        bound_mac=bound_mac(row),
    )


def chosen(reply: Reply, target: Target) -> FoundUser | None:
    """Find the user that is meant among those of its name."""
    # Names are unique a server: of several, the one whose comment is ours comes first.
    rows = sorted(reply.rows, key=lambda row: row.get("comment") != target.mark)
    for row in rows:
        if _is_meant(row, target):
            mac, changed = bound_mac(row), row.get("comment") != target.mark
            found = UserFound(True, mark_changed=changed, bound=bool(mac))
            mends = _changes_to_mend(row, target.mark, target.known)
            return FoundUser(reply.item(row), mends, found, mac, truth(row, "disabled"))
    return None


def _is_meant(row: Row, target: Target) -> bool:
    if target.mark in (row.get("comment"), mark_in(row.get("email", ""))):
        return True
    # Counters are read only where it comes to them: a garbled one must not hide a marked user.
    if target.known is None:
        return False
    return read_user(row, "").is_ours(target.mark, target.known)


def _changes_to_mend(row: Row, mark: str, known: Known | None) -> dict[str, str]:
    """Say what gives the user back its marks, and frees it of a MAC that was not bound by us."""
    values = {}
    if row.get("comment") != mark:
        values["comment"] = mark
    if mark_in(row.get("email", "")) != mark:
        values["email"] = spare_mark(mark)
    if known is not None and known.has_several_devices and bound_mac(row):
        values["mac-address"] = NO_MAC
    return values


def bound_mac(row: Row) -> str:
    """Give the only MAC that the user may come from; empty for any."""
    mac = row.get("mac-address", "")
    return "" if mac == NO_MAC else mac
