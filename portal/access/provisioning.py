"""Bring the router's side of a sale to what is wanted. Each step can be repeated."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from flask import current_app

from portal.access.rounds.standing import Counted
from portal.access.usage import keep_counted
from portal.core.database import reading
from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import NameTaken, RouterError, RouterRefused, RouterUnavailable
from portal.hotspot.provisioning import (
    HotspotUser,
    Known,
    NewHotspotUser,
    Provisioner,
    UserFound,
)
from portal.models import Access, Deployment
from portal.models.access import AccessState


class NameLost(RouterRefused):
    """Say that somebody else's user stands on the router under the name that was sold."""


def hotspot_user(access: Access, *, anew: bool = False) -> NewHotspotUser:
    """Give the user as it has to be: with what is left of what was bought.

    A user that stands goes on counting from what it has counted; one that is made `anew` does
    not.
    """
    seconds, amount = access.used_seconds, access.used_bytes
    if anew:
        seconds, amount = access.total_seconds, access.total_bytes
    connected = access.duration_seconds if access.duration_from == "connected" else None
    return NewHotspotUser(
        name=access.name,
        password=access.password,
        profile=access.profile_name,
        mark=mark_of(access.id),
        limit_uptime=_left(connected, seconds),
        limit_bytes=_left(access.data_limit, amount),
    )


def _left(bought: int | None, used: int) -> int | None:
    # Never zero: the router takes a limit of zero for no limit at all.
    return None if bought is None else max(1, bought - used)


def known_of(access: Counted) -> Known:
    """Give what our record knows of the user, by which it is ours even without its marks."""
    return Known(
        profile=access.profile_name,
        uptime=access.seen_seconds,
        traffic=access.seen_bytes,
        has_several_devices=(access.max_devices or 1) > 1,
    )


def make(provisioner: Provisioner, user: NewHotspotUser, timeout: float) -> str | RouterError:
    """Make a new access' user, disabled; give its id, or what went wrong as a value.

    Where the line was cut before the answer came, as a NAT does that has forgotten it, the router
    is asked once more: a user that it made the first time is NameTaken then, with our mark. Where
    it cannot be asked, it may have made one the first time.
    """
    deadline = Deadline(timeout)
    made = _made(provisioner, user, deadline)
    if not isinstance(made, RouterUnavailable) or made.executed is False or deadline.passed:
        return made
    again = _made(provisioner, user, deadline)
    return made if isinstance(again, RouterUnavailable) else again


def _made(provisioner: Provisioner, user: NewHotspotUser, deadline: Deadline) -> str | RouterError:
    try:
        return provisioner.add_user(user, deadline.remaining())
    except RouterError as error:
        return error


def apply(
    provisioner: Provisioner,
    access: Access,
    timeout: float,
    user_id: str | None = None,
    *,
    limits: bool = False,
) -> UserFound:
    """Make the router have the user as wanted; give how it was found. Raises RouterError.

    `limits`: what was bought may have changed since the user was made.
    """
    mark, known = mark_of(access.id), known_of(access)
    if access.wanted == AccessState.ABSENT:
        return provisioner.remove_user(access.name, mark, timeout, user_id=user_id, known=known)
    if not (found := _switch(provisioner, access, timeout, user_id)).is_there:
        _make(provisioner, access, timeout)
        # Whoever disabled the one that is gone has not changed their mind.
        found = replace(found, left_disabled=access.blocked_at is not None)
    elif limits:
        _update(provisioner, access, timeout)
    return found


def _switch(
    provisioner: Provisioner, access: Access, timeout: float, user_id: str | None
) -> UserFound:
    name, mark, known = access.name, mark_of(access.id), known_of(access)
    if access.wanted != AccessState.ENABLED:
        return provisioner.disable_user(name, mark, timeout, user_id=user_id, known=known)
    was_enabled = access.enabled_at is not None
    return provisioner.enable_user(
        name, mark, timeout, user_id=user_id, known=known, was_enabled=was_enabled
    )


def _make(provisioner: Provisioner, access: Access, timeout: float) -> None:
    user = hotspot_user(access, anew=True)
    is_open = access.wanted == AccessState.ENABLED and access.blocked_at is None
    try:
        provisioner.add_user(user, timeout, disabled=not is_open)
    except NameTaken as taken:
        if taken.user is None or not has_mark(taken.user, user.mark):
            raise NameLost(
                "Otro usuario del router ocupa el nombre vendido: cámbiele el nombre o bórrelo."
            ) from None
        _switch(provisioner, access, timeout, taken.user.id)
    except RouterError:
        # Whether it was made or not: the router had none, and will count from nothing.
        keep_counted(access)
        raise
    else:
        keep_counted(access)


def has_mark(user: HotspotUser, mark: str) -> bool:
    """Tell whether the user carries this mark, in either of the places for it."""
    return mark in (user.mark, user.spare_mark)


def _update(provisioner: Provisioner, access: Access, timeout: float) -> None:
    user = hotspot_user(access)
    provisioner.update_user(
        user.name,
        user.mark,
        timeout,
        profile=user.profile,
        limit_uptime=user.limit_uptime,
        limit_bytes=user.limit_bytes,
        known=known_of(access),
    )


def told_of(access: Counted, found: UserFound) -> UserFound | None:
    """Give what the operator has to know of how a user was found; None where there is nothing.

    A MAC may be meant where only one device is sold for.
    """
    bound = found.bound and known_of(access).has_several_devices
    return replace(found, bound=bound) if bound or found.mark_changed else None


def expiry(access: Access, start: datetime) -> datetime | None:
    """Tell when the access ends if it starts now; None where the router itself counts."""
    if access.duration_from != "purchase" or access.duration_seconds is None:
        return None
    return start + timedelta(seconds=access.duration_seconds)


def deployment_name() -> str:
    """Give this deployment's name, read once a process."""
    name: str | None = current_app.extensions.get("deployment_name")
    if name is None:
        with reading() as session:
            name = session.get_one(Deployment, 1).name
        current_app.extensions["deployment_name"] = name
    return name


def mark_prefix() -> str:
    """Give what the comment of every hotspot user of this deployment begins with."""
    return f"portal:{deployment_name()}:"


def mark_of(access_id: str) -> str:
    """Give the comment of one access' hotspot user."""
    return mark_prefix() + access_id


def owner_of(company_id: str) -> str:
    """Tell whose an order at a gateway is: this deployment's and the company's."""
    return f"{deployment_name()}:{company_id}"
