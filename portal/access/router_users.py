"""Read a router's users and sessions at once, and tell which of them is which access'."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from portal import ports
from portal.access.provisioning import known_of, mark_of, mark_prefix
from portal.hotspot.presence import Session as Online
from portal.hotspot.provisioning import HotspotUser, UserFound
from portal.models import Access, Router

TIMEOUT = 30.0


@dataclass(frozen=True)
class UsersRead:
    """Hold a router's users by each mark that they carry and by name, and sessions by user."""

    users: tuple[HotspotUser, ...]
    by_mark: Mapping[str, HotspotUser]
    by_name: Mapping[str, HotspotUser]
    sessions: Mapping[str, list[Online]]

    def user_of(self, access: Access) -> HotspotUser | None:
        """Give the access' user: by its mark, else by its name where what it has used goes on."""
        mark = mark_of(access.id)
        named = self.by_name.get(access.name)
        if mark in self.by_mark:
            return self.by_mark[mark]
        return named if named and named.is_ours(mark, known_of(access)) else None


def read_users(router: Router, accesses: Sequence[Access], sold: int) -> UsersRead:
    """Read sessions, then users: one that ends in between is then in its user's counters.

    `sold` is how many users of ours there can be at most.
    """
    sessions: dict[str, list[Online]] = defaultdict(list)
    for online in ports.presence_of(router).sessions(TIMEOUT):
        sessions[online.user].append(online)
    names = {access.name for access in accesses}
    users = ports.provisioner_of(router).users_marked(
        mark_prefix(), TIMEOUT, names=names, sold=sold
    )
    by_mark = {user.spare_mark: user for user in users} | {user.mark: user for user in users}
    return UsersRead(users, by_mark, {user.name: user for user in users}, sessions)


def mark_among(user: HotspotUser, prefix: str) -> str:
    """Give which of the user's marks is this deployment's."""
    return user.mark if user.mark.startswith(prefix) else user.spare_mark


def together(found: Iterable[UserFound]) -> UserFound:
    """Tell how several users were found, as one."""
    several = list(found)
    return UserFound(
        any(several),
        mark_changed=any(one.mark_changed for one in several),
        bound=any(one.bound for one in several),
    )
