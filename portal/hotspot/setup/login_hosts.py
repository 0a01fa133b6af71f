"""Read off a router where its login page lives."""

from __future__ import annotations

from portal.hotspot.inspection import Inspection, ServerProfile
from portal.hotspot.routeros.values import readable
from portal.hotspot.setup.facts import KitFacts
from portal.hotspot.setup.served import served_profiles


def login_host(profile: ServerProfile) -> str:
    """Give the host of a hotspot's login page; empty where the router does not say."""
    return readable(profile.dns_name or profile.address).lower()


def hosts_to_learn(facts: KitFacts, found: Inspection) -> tuple[str, ...]:
    """List the hosts of the login pages that this kit is for, each once."""
    hosts = (login_host(profile) for profile in served_profiles(facts, found))
    return tuple(dict.fromkeys(host for host in hosts if host))
