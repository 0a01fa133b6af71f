"""Name what is asked of a router about its users, and the values of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class NewHotspotUser:
    """Describe a hotspot user to make. `limit_uptime` in seconds, `limit_bytes` in bytes, in total.

    `mark` names this deployment and the access; it is written to the comment, and once more
    where scripts seldom write. A PIN is name and password at once, so that neither is shown.
    `mac` is the only device that it may come from, where it is bound to one.
    """

    name: str = field(repr=False)
    password: str = field(repr=False)
    profile: str
    mark: str
    limit_uptime: int | None = None
    limit_bytes: int | None = None
    mac: str | None = None


@dataclass(frozen=True)
class HotspotUser:
    """Describe a hotspot user as the router does. `uptime` in seconds, bytes as counted so far.

    `id` is good on connections that were already open when it was read; the adapter knows
    which those are, callers only hand it back. `mark` is the comment, `spare_mark` what the
    second place for it says; `bound_mac` the only device that it may come from, if any.
    """

    id: str
    name: str = field(repr=False)
    mark: str
    disabled: bool
    profile: str
    uptime: int
    bytes_in: int
    bytes_out: int
    limit_uptime: int | None = None
    limit_bytes: int | None = None
    spare_mark: str = ""
    bound_mac: str = ""

    def is_ours(self, mark: str, known: Known | None = None) -> bool:
        """Tell whether it is the user that was made with this mark.

        A password would be the best proof where both marks are gone, but reading it needs the
        policy `sensitive`, which we do not ask for. So it is ours where its counters go on from
        where our record saw them last: a user that somebody made anew counts from zero.
        """
        if mark in (self.mark, self.spare_mark):
            return True
        begin = mark.partition(":")[0] + ":"
        if self.mark.startswith(begin) or self.spare_mark.startswith(begin):
            return False
        return known is not None and self._goes_on(known)

    def _goes_on(self, known: Known) -> bool:
        return (
            known.uptime > 0
            and self.profile == known.profile
            and self.uptime >= known.uptime
            and self.bytes_in + self.bytes_out >= known.traffic
        )


@dataclass(frozen=True)
class Known:
    """Hold our record of a user. `uptime` in seconds, `traffic` in bytes, as last counted.

    `has_several_devices`: what was sold is for more than one, so that no MAC may be bound.
    """

    profile: str
    uptime: int = 0
    traffic: int = 0
    has_several_devices: bool = False


@dataclass(frozen=True)
class UserFound:
    """Say what came of a change to a user; false where none of ours has the name.

    `mark_changed`: somebody had changed our comment. `bound`: somebody had bound it to a MAC.
    `left_disabled`: somebody had disabled it, and so it was left.
    """

    is_there: bool
    mark_changed: bool = False
    bound: bool = False
    left_disabled: bool = False

    def __bool__(self) -> bool:
        return self.is_there


@dataclass(frozen=True)
class NewProfile:
    """Describe a user profile to make. `rate_limit` is in the router's words, the upload first.

    What is None stays as the router has it by itself: no limit, one device. A device that was
    let in is known by a cookie for `cookie_days`; with none of them it is not. A session ends after
    `session_timeout` seconds.
    """

    name: str
    cookie_days: int
    rate_limit: str | None = None
    shared_users: int | None = None
    session_timeout: int | None = None


class Provisioner(Protocol):
    """Make, switch, limit and remove users. Any method may raise RouterError.

    `timeout` is for the whole call, in seconds. A user is ours by name and mark; where somebody
    has changed the mark, by what is `known` of it. Whatever changes a user of ours gives it back
    its marks.
    """

    def add_user(self, user: NewHotspotUser, timeout: float, *, disabled: bool = True) -> str:
        """Make the user and return its id. One command.

        Raises NameTaken (with the user found under that name), ProfileMissing.
        """

    def enable_user(
        self,
        name: str,
        mark: str,
        timeout: float,
        *,
        user_id: str | None = None,
        known: Known | None = None,
        was_enabled: bool = False,
    ) -> UserFound:
        """Enable the user; false when none of this name is ours.

        One command where `user_id` is still good, else it is looked up by name first. One that
        `was_enabled` before and is disabled now was disabled by a person, and is left so.
        """

    def disable_user(
        self,
        name: str,
        mark: str,
        timeout: float,
        *,
        user_id: str | None = None,
        known: Known | None = None,
    ) -> UserFound:
        """Disable the user; false when none of this name is ours."""

    def update_user(
        self,
        name: str,
        mark: str,
        timeout: float,
        *,
        profile: str | None = None,
        limit_uptime: int | None = None,
        limit_bytes: int | None = None,
        known: Known | None = None,
    ) -> UserFound:
        """Set the given values; false when none of this name is ours."""

    def unbind_user(
        self, name: str, mark: str, timeout: float, *, known: Known | None = None
    ) -> UserFound:
        """Let the user come from any device, whoever bound it to one; `bound` tells if it was."""

    def remove_user(
        self,
        name: str,
        mark: str,
        timeout: float,
        *,
        user_id: str | None = None,
        known: Known | None = None,
    ) -> UserFound:
        """Remove the user, its sessions and its cookies; false when it was not there.

        A user that is not ours is left alone and counts as not there.
        """

    def find_user(self, name: str, timeout: float) -> HotspotUser | None:
        """Give the user of this name, whatever its mark. One command."""

    def users_named(self, names: Sequence[str], timeout: float) -> tuple[HotspotUser, ...]:
        """Give the users of these names, whatever their marks. One command for 50 names."""

    def users_marked(
        self,
        mark_prefix: str,
        timeout: float,
        *,
        names: Collection[str] = (),
        sold: int | None = None,
    ) -> tuple[HotspotUser, ...]:
        """Give all users one of whose marks begins so, and those of these names.

        Grows with the router: never part of a sale. `sold` is how many of them can have been
        made at most; many more raise RouterUnavailable.
        """

    def add_profile(self, profile: NewProfile, timeout: float) -> bool:
        """Make the user profile; false where one of the name stands already, which stays as it is.

        For an operator, never in a sale. May be repeated.
        """
