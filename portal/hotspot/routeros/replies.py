"""RouterOS' rows as the port's values."""

from __future__ import annotations

from portal.hotspot.router import (
    Host,
    HotspotUser,
    Profile,
    RouterInfo,
    RouterRefused,
    Session,
)
from portal.hotspot.routeros import messages, user_marks
from portal.hotspot.routeros.durations import parse_duration
from portal.hotspot.routeros.intake import Row
from portal.hotspot.routeros.text import readable


def hotspot_user(row: Row, user_id: str) -> HotspotUser:
    """A row of `/ip/hotspot/user`. Raises RouterRefused for counters that cannot be read."""
    return HotspotUser(
        id=user_id,
        name=_text(row, "name"),
        mark=_text(row, "comment"),
        disabled=_truth(row, "disabled"),
        profile=_text(row, "profile"),
        uptime=_seconds(row, "uptime"),
        bytes_in=_number(row, "bytes-in"),
        bytes_out=_number(row, "bytes-out"),
        limit_uptime=_seconds(row, "limit-uptime") or None,
        limit_bytes=_number(row, "limit-bytes-total") or None,
        spare_mark=user_marks.mark_in(row.get("email", "")),
        bound_mac=user_marks.bound_mac(row),
    )


def session(row: Row) -> Session:
    """A row of `/ip/hotspot/active`."""
    return Session(
        id=row.get(".id", ""),
        user=_text(row, "user"),
        address=row.get("address", ""),
        mac=row.get("mac-address", ""),
        uptime=_seconds(row, "uptime"),
        bytes_in=_number(row, "bytes-in"),
        bytes_out=_number(row, "bytes-out"),
    )


def host(row: Row) -> Host:
    """A row of `/ip/hotspot/host`."""
    return Host(
        mac=row.get("mac-address", ""),
        address=row.get("address", ""),
        authorized=_truth(row, "authorized"),
        bypassed=_truth(row, "bypassed"),
        uptime=_seconds(row, "uptime"),
    )


def profile(row: Row) -> Profile:
    """A row of `/ip/hotspot/user/profile`."""
    return Profile(
        id=row.get(".id", ""),
        name=_text(row, "name"),
        rate_limit=_text(row, "rate-limit"),
        shared_users=_text(row, "shared-users"),
        session_timeout=_text(row, "session-timeout"),
        stored=row.get("name", ""),
        on_login=_text(row, "on-login"),
        on_logout=_text(row, "on-logout"),
    )


def router_info(resource: Row, identity: Row) -> RouterInfo:
    """`/system/resource` and `/system/identity` together."""
    return RouterInfo(
        identity=_text(identity, "name"),
        version=_text(resource, "version"),
        board=_text(resource, "board-name"),
        uptime=_seconds(resource, "uptime"),
    )


def _text(row: Row, key: str) -> str:
    return readable(row.get(key, ""))


def _truth(row: Row, key: str) -> bool:
    # A property that is false may simply be missing.
    return row.get(key, "") in ("true", "yes")


def _seconds(row: Row, key: str) -> int:
    try:
        return parse_duration(row.get(key, ""))
    except ValueError:
        raise RouterRefused(messages.UNREADABLE) from None


def _number(row: Row, key: str) -> int:
    text = row.get(key, "") or "0"
    if not (text.isascii() and text.isdigit()):
        raise RouterRefused(messages.UNREADABLE)
    return int(text)
