"""Make the facts of a decision out of what a router said."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from portal.access.payment_pass.marks import passes_at
from portal.access.provisioning import known_of, mark_of
from portal.hotspot.inspection import Garden, Profile
from portal.hotspot.network import RouterClock
from portal.hotspot.presence import Host
from portal.hotspot.presence import Session as Online
from portal.hotspot.provisioning import HotspotUser
from portal.hotspot.setup import KitError, KitFacts
from portal.hotspot.setup.walled_garden_checks import closed_hosts
from portal.models import Access, Router
from portal.operators.diagnosis.facts import (
    DeviceFacts,
    Look,
    RouterFacts,
    SessionFacts,
    Unseen,
    UserFacts,
    Whose,
)
from portal.operators.diagnosis.record_facts import name_of
from portal.operators.diagnosis.router_look import RouterAnswers
from portal.operators.gateway_lookup import hosts_to_pay_at
from portal.operators.online.owners import owners_of
from portal.ports import settings

A = TypeVar("A")
B = TypeVar("B")


def router_facts(router: Router, access: Access | None, look: RouterAnswers) -> RouterFacts:
    """Say what the router said of this access and its device."""
    return RouterFacts(
        reach=look.reach,
        user=_seen(look.user, lambda user: _user(access, user)),
        device=_seen(look.hosts, _device),
        sessions=_seen(look.sessions, lambda seen: _sessions(router, access, seen)),
        profile_devices=_seen(look.profiles, lambda known: _let_in(access, known)),
        closed_hosts=_closed(router, look.garden),
        clock_ahead=_ahead(look.clock),
    )


def _user(access: Access | None, user: HotspotUser | None) -> UserFacts:
    if user is None:
        return UserFacts(Whose.NOBODYS)
    is_ours = access is not None and user.is_ours(mark_of(access.id), known_of(access))
    traffic = user.bytes_in + user.bytes_out
    return UserFacts(
        whose=Whose.OURS if is_ours else Whose.FOREIGN,
        is_disabled=user.disabled,
        bound_mac=user.bound_mac,
        seconds_left=_left(user.limit_uptime, user.uptime),
        data_left=_left(user.limit_bytes, traffic),
    )


def _left(limit: int | None, used: int) -> int | None:
    return None if limit is None else max(0, limit - used)


def _device(hosts: tuple[Host, ...]) -> DeviceFacts:
    addresses = frozenset(host.address for host in hosts if host.address)
    return DeviceFacts(addresses, any(host.bypassed for host in hosts))


def _sessions(
    router: Router, access: Access | None, seen: tuple[Online, ...]
) -> tuple[SessionFacts, ...]:
    owners, name = owners_of([(router.id, online) for online in seen]), name_of(access)
    passes = passes_at([(router.id, online.user) for online in seen])
    found = [(online, owners.get((router.id, online.user))) for online in seen]
    return tuple(
        SessionFacts(
            mac=online.mac,
            address=online.address,
            # What is left online of an access that ended has no owner any more.
            is_codes=online.user == name,
            is_ours=owner is not None,
            is_pass=(router.id, online.user) in passes,
        )
        for online, owner in found
    )


def _let_in(access: Access | None, profiles: tuple[Profile, ...]) -> int | None:
    """Give how many devices the profile lets in at once; None for any number, or no profile."""
    named = (p for p in profiles if access is not None and p.name == access.profile_name)
    said = next((profile.shared_users for profile in named), "")
    return int(said) if said.isascii() and said.isdigit() else None


def _closed(router: Router, garden: Look[Garden]) -> Look[tuple[str, ...]]:
    if isinstance(garden, Unseen):
        return garden
    try:
        facts = KitFacts(
            portal_url=settings().public_url,
            router_id=router.id,
            router_name=router.name,
            router_host=router.host or router.id,
            api_user="",
            api_password="",
            api_ssl=False,
            hosts=hosts_to_pay_at(router.company_id),
        )
    except KitError:
        return Unseen.REFUSED
    return tuple(closed_hosts(facts, garden))


def _ahead(clock: Look[RouterClock | None]) -> Look[float]:
    if isinstance(clock, Unseen):
        return clock
    return Unseen.REFUSED if clock is None or clock.ahead is None else clock.ahead


def _seen(look: Look[A], make: Callable[[A], B]) -> Look[B]:
    return look if isinstance(look, Unseen) else make(look)
