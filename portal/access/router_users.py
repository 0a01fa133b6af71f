"""Read a router's users and sessions at once, and tell which of them is which access'."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

from sqlalchemy import Select, bindparam, func, select

from portal import ports
from portal.access.provisioning import known_of, mark_prefix
from portal.access.rounds.standing import Standing
from portal.core.rows.prepared import find
from portal.core.vault import VaultError
from portal.hotspot.deadline import Deadline
from portal.hotspot.presence import Session as Online
from portal.hotspot.provisioning import HotspotUser, UserFound
from portal.models import Access, Router

TIMEOUT = 30.0
# A user is 181 bytes, and a satellite's line in a busy hour carries 64 kbit/s. Whoever takes longer
# than the longest would have the round taken over by another worker.
SECONDS_A_USER, LONGEST = 0.025, 80.0
# All of a round's lists: its job is its own for 120 s, and logging out who is too many takes 30.
ROUND_SECONDS = 85.0

# So many users are looked up by their names; of more, all of a router's are read.
MOST_NAMES = 200
Sessions = Mapping[str, list[Online]]


@dataclass(frozen=True)
class UsersRead:
    """Hold a router's users by each mark that they carry and by name, and sessions by user.

    `prefix`: what our marks begin with.
    """

    prefix: str
    users: tuple[HotspotUser, ...]
    by_mark: Mapping[str, HotspotUser]
    by_name: Mapping[str, HotspotUser]
    sessions: Sessions

    @classmethod
    def of(cls, users: tuple[HotspotUser, ...], sessions: Sessions) -> Self:
        """Arrange them."""
        by_mark = {user.spare_mark: user for user in users} | {user.mark: user for user in users}
        by_name = {user.name: user for user in users}
        return cls(mark_prefix(), users, by_mark, by_name, sessions)

    def mark_of(self, access: Standing) -> str:
        """Give the mark that the access' user should have."""
        return self.prefix + access.id

    def user_of(self, access: Standing) -> HotspotUser | None:
        """Give the access' user: by its mark, else by its name where what it has used goes on."""
        mark = self.mark_of(access)
        if mark in self.by_mark:
            return self.by_mark[mark]
        named = self.by_name.get(access.name)
        return named if named and named.is_ours(mark, known_of(access)) else None


def read_sessions(router: Router, deadline: Deadline) -> Sessions:
    """Read who is online, by user. Raises RouterError."""
    sessions: dict[str, list[Online]] = defaultdict(list)
    for online in ports.presence_of(router).sessions(deadline.remaining(TIMEOUT)):
        sessions[online.user].append(online)
    return sessions


def read_users(
    router: Router, accesses: Sequence[Standing], sold: int, deadline: Deadline
) -> UsersRead:
    """Read sessions, then users: one that ends in between is then in its user's counters.

    `sold` is how many users of ours there can be at most.
    """
    sessions = read_sessions(router, deadline)
    provisioner = ports.provisioner_of(router)
    longest = reading_seconds(len(accesses))
    users = provisioner.users_marked(mark_prefix(), deadline.remaining(longest), sold=sold)
    found = UsersRead.of(users, sessions)
    # Whose marks somebody has taken away is known by its name alone, which stands sealed here.
    strange = (one for one in accesses if found.mark_of(one) not in found.by_mark)
    names = [access.name for access in strange]
    if not names:
        return found
    if len(names) <= MOST_NAMES:
        named = provisioner.users_named(names, deadline.remaining(TIMEOUT))
        return UsersRead.of((*users, *named), sessions)
    left = deadline.remaining(longest)
    everybody = provisioner.users_marked(mark_prefix(), left, names=set(names), sold=sold)
    return UsersRead.of(everybody, sessions)


def reading_seconds(users: int) -> float:
    """Give for how many seconds a list of so many users is waited for."""
    return min(TIMEOUT + users * SECONDS_A_USER, LONGEST)


def read_some(
    router: Router,
    accesses: Sequence[Standing],
    sessions: Sessions,
    online: Mapping[str, str],
    deadline: Deadline,
) -> UsersRead | None:
    """Read the users of these accesses alone, after the sessions; `online` are names by digest.

    None where one of them is not as it was left, or its name cannot be read, so that all have to
    be looked at.
    """
    try:
        names = [online.get(access.name_digest) or access.name for access in accesses]
    except VaultError:
        # All of a router's users are known by their marks, which are sealed nowhere.
        return None
    if len(names) > MOST_NAMES:
        return None
    provisioner, left = ports.provisioner_of(router), deadline.remaining(TIMEOUT)
    users = provisioner.users_named(names, left) if names else ()
    found = UsersRead.of(users, sessions)
    is_whole = all(found.mark_of(access) in found.by_mark for access in accesses)
    return found if is_whole else None


def names_by_digest(router_id: str, names: Iterable[str]) -> dict[str, str]:
    """Give the names by what our records may know them by, which tells no name."""
    return {digest: name for name in names for digest in Access.name.digests(router_id, name)}


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


def sold_on(router_id: str) -> int:
    """Tell how many users can have been made on the router: one for each access there ever was."""
    row = find(_sold(), {"router_id": router_id})
    return int(row.sold)


@cache
def _sold() -> Select[Any]:
    mine = Access.router_id == bindparam("router_id", "")
    return select(func.count().label("sold")).select_from(Access).where(mine)
