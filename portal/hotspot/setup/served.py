"""Find which of a router's hotspots a kit is for."""

from __future__ import annotations

from portal.hotspot.inspection import Garden, Inspection, Server, ServerProfile
from portal.hotspot.setup.facts import KitFacts


def served(facts: KitFacts, found: Garden) -> list[Server]:
    """Give the hotspots that the kit sets up."""
    return [server for server in found.servers if _is_served(facts, server)]


def unserved(facts: KitFacts, found: Inspection) -> list[Server]:
    """Give the router's other hotspots, those that are switched off among them."""
    return [server for server in found.servers if not _is_served(facts, server)]


def profile_of(server: Server, found: Inspection) -> ServerProfile | None:
    """Give the profile that a hotspot uses."""
    return next((p for p in found.server_profiles if p.name == server.profile), None)


def served_profiles(facts: KitFacts, found: Inspection) -> list[ServerProfile]:
    """Give the profiles of the hotspots that the kit sets up, each once."""
    used = {server.profile for server in served(facts, found)}
    return [profile for profile in found.server_profiles if profile.name in used]


def _is_served(facts: KitFacts, server: Server) -> bool:
    return not server.disabled and facts.server in (None, server.name, server.shown)
