"""Look at the codes that another tool left on a router, before any of them becomes ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.access.live_codes import STANDING
from portal.core.database import reading
from portal.hotspot.adoption import LeftKind, LeftProfile, LeftUser
from portal.hotspot.errors import RouterError
from portal.models import Access, Router
from portal.operators.lookup import company_in, owned_in
from portal.operators.targets import problem_of
from portal.ports import adopter_of, time_zone_of

# How long a page waits for a router to tell all its users, in seconds.
SECONDS = 15.0
# Names asked after at once; SQLite binds at most 32,766 values.
AT_ONCE = 1_000


@dataclass(frozen=True)
class LeftOfProfile:
    """Hold a profile's codes by what they are. `known` are ours already."""

    profile: LeftProfile
    users: Sequence[LeftUser]
    counts: Mapping[LeftKind, int]
    known: int = 0

    @property
    def open(self) -> Sequence[LeftUser]:
        """Give the codes that can become ours."""
        return [user for user in self.users if user.is_open]


@dataclass(frozen=True)
class LeftCodes:
    """Hold what another tool left on a router, by profile; `others` are not such codes."""

    router: Router
    profiles: Sequence[LeftOfProfile]
    others: int

    @property
    def counts(self) -> Mapping[LeftKind, int]:
        """Count all of them by what they are."""
        return sum((Counter(one.counts) for one in self.profiles), Counter())

    @property
    def known(self) -> int:
        """Count those that are ours already."""
        return sum(one.known for one in self.profiles)


def left_codes(company_id: str, router_id: str) -> LeftCodes:
    """Read the router live, within 15 s; nothing is changed.

    Raises NotFound, VaultError, and Unavailable or Invalid with advice in Spanish.
    """
    with reading() as session:
        zone = time_zone_of(company_in(session, company_id))
        router = owned_in(session, Router, router_id, company_id)
    try:
        left = adopter_of(router).left_over(zone, SECONDS)
    except RouterError as error:
        raise problem_of(error) from error
    known = _known(router.id, [user.name for user in left.users])
    names = sorted({user.profile for user in left.users})
    profiles = [
        _of_profile(left.profiles.get(name, LeftProfile(name)), left.users, known) for name in names
    ]
    return LeftCodes(router, profiles, left.others)


def _of_profile(
    profile: LeftProfile, users: Sequence[LeftUser], known: frozenset[str]
) -> LeftOfProfile:
    mine = [user for user in users if user.profile == profile.name]
    new = [user for user in mine if user.name not in known]
    return LeftOfProfile(profile, new, Counter(user.kind for user in new), len(mine) - len(new))


def _known(router_id: str, names: Sequence[str]) -> frozenset[str]:
    """Give those of the names that a record of the router's has."""
    known = set()
    for start in range(0, len(names), AT_ONCE):
        digests = {
            digest: name
            for name in names[start : start + AT_ONCE]
            for digest in Access.name.digests(router_id, name)
        }
        query = select(Access.name_digest).where(
            Access.router_id == router_id, STANDING, Access.name_digest.in_(digests)
        )
        with reading() as session:
            known |= {digests[found] for found in session.scalars(query)}
    return frozenset(known)
