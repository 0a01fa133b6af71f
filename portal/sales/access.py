"""Brings the router's side of a sale to what is wanted. Each step can be repeated."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.hotspot.router import (
    HotspotRouter,
    NameTaken,
    NewHotspotUser,
    RouterRefused,
)
from portal.models import Access
from portal.sales.marks import mark_of


class NameLost(RouterRefused):
    """Somebody else's user stands on the router under the name that was sold."""


def hotspot_user(access: Access) -> NewHotspotUser:
    """The user as it has to be made: with what is left of what was bought."""
    connected = access.duration_seconds if access.duration_from == "connected" else None
    return NewHotspotUser(
        name=access.name,
        password=access.password,
        profile=access.profile_name,
        mark=mark_of(access.id),
        limit_uptime=_left(connected, access.used_seconds),
        limit_bytes=_left(access.data_limit, access.used_bytes),
    )


def _left(bought: int | None, used: int) -> int | None:
    # Never zero: the router takes a limit of zero for no limit at all.
    return None if bought is None else max(1, bought - used)


def bring(
    hotspot: HotspotRouter,
    access: Access,
    timeout: float,
    user_id: str | None = None,
    *,
    limits: bool = False,
) -> None:
    """Make the router have the user as wanted. Raises RouterError.

    `limits`: what was bought may have changed since the user was made.
    """
    if access.wanted == "absent":
        hotspot.remove_user(access.name, mark_of(access.id), timeout, user_id=user_id)
    elif not _switch(hotspot, access, timeout, user_id):
        _make(hotspot, access, timeout)
    elif limits:
        _update(hotspot, access, timeout)


def _switch(hotspot: HotspotRouter, access: Access, timeout: float, user_id: str | None) -> bool:
    switch = hotspot.enable_user if access.wanted == "enabled" else hotspot.disable_user
    return switch(access.name, mark_of(access.id), timeout, user_id=user_id)


def _make(hotspot: HotspotRouter, access: Access, timeout: float) -> None:
    try:
        hotspot.add_user(hotspot_user(access), timeout, disabled=access.wanted != "enabled")
    except NameTaken as taken:
        if taken.user is None or taken.user.mark != mark_of(access.id):
            raise NameLost(
                "Otro usuario del router ocupa el nombre vendido: cámbiele el nombre o bórrelo."
            ) from None
        _switch(hotspot, access, timeout, taken.user.id)


def _update(hotspot: HotspotRouter, access: Access, timeout: float) -> None:
    user = hotspot_user(access)
    hotspot.update_user(
        user.name,
        user.mark,
        timeout,
        profile=user.profile,
        limit_uptime=user.limit_uptime,
        limit_bytes=user.limit_bytes,
    )


def expiry(access: Access, start: datetime) -> datetime | None:
    """When the access ends if it starts now; None where the router itself counts."""
    if access.duration_from != "purchase" or access.duration_seconds is None:
        return None
    return start + timedelta(seconds=access.duration_seconds)
