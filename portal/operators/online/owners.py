"""Tell whose a session is: which access of ours, if any, its user stands for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select

from portal.access.live_codes import STANDING
from portal.access.provisioning import mark_prefix
from portal.core.database import reading
from portal.hotspot.presence import Session as Online
from portal.models import Access

# SQLite binds at most 32,766 values.
BATCH = 500
KEY = re.compile(r"[0-9A-Fa-f]{1,8}-([0-9A-F]{12})")


def key_of(online: Online) -> str:
    """Name a session so that an address may hold it: the router's id, and the device's MAC.

    A user's name does not: a PIN is a password too, and addresses are logged. The router gives
    its ids anew; with the MAC beside it another's session is never meant.
    """
    return f"{online.id.lstrip('*')}-{online.mac.replace(':', '')}"


def mac_in(key: str) -> str | None:
    """Give the MAC of the device that such a name is of; None where it is no such name."""
    digits = KEY.fullmatch(key)
    return ":".join(re.findall("..", digits[1])) if digits else None


def owners_of(sessions: Iterable[tuple[str, Online]]) -> Mapping[tuple[str, str], Access]:
    """Give the access that stands behind each router's id and user's name, where one does."""
    seen = list(sessions)
    names: dict[str, set[str]] = defaultdict(set)
    for router_id, online in seen:
        names[router_id].add(online.user)
    pairs = [(router_id, name) for router_id, found in names.items() for name in sorted(found)]
    owners: dict[tuple[str, str], Access] = {}
    for start in range(0, len(pairs), BATCH):
        owners |= _owners(pairs[start : start + BATCH])
    unknown = [one for one in seen if one[1].mark and (one[0], one[1].user) not in owners]
    return owners | _roaming(unknown)


def _roaming(sessions: Sequence[tuple[str, Online]]) -> dict[tuple[str, str], Access]:
    """Give those that were sold at another site: by their marks, which the accounting knows."""
    prefix = mark_prefix()
    ids = {online.mark.removeprefix(prefix): (at, online.user) for at, online in sessions}
    wanted, found = sorted(ids), list[Access]()
    for start in range(0, len(wanted), BATCH):
        some = Access.id.in_(wanted[start : start + BATCH])
        with reading() as session:
            found += session.scalars(select(Access).where(some, STANDING))
    return {ids[access.id]: access for access in found}


def _owners(pairs: list[tuple[str, str]]) -> dict[tuple[str, str], Access]:
    # A key that is replaced leaves digests of the one before.
    wanted = {
        (router_id, digest): (router_id, name)
        for router_id, name in pairs
        for digest in Access.name.digests(router_id, name)
    }
    routers = {router_id for router_id, _ in pairs}
    query = select(Access).where(
        Access.router_id.in_(routers),
        Access.name_digest.in_({digest for _, digest in wanted}),
        STANDING,
    )
    with reading() as session:
        found = session.scalars(query).all()
    return {wanted[access.router_id, access.name_digest]: access for access in found}
