"""Give a shop's kit, and a router to try it on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from portal.hotspot.setup import KitFacts, PlanTerms, RadiusFacts, RadiusServer, UserProfile
from portal.hotspot.setup.dial_in.commands import TunnelFacts
from portal.sandbox.routeros import RouterSandbox

HOSTS = ("api.conekta.io", "*.cardinalcommerce.com")

KEY = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="
PLACE = {"router_id": "RTR_0A1B2C3D", "address": "10.77.0.2", "ours": "10.77.0.1"}
WIREGUARD = TunnelFacts(**PLACE, endpoint="wifi.example.com", port=51820, public_key=KEY)
L2TP = TunnelFacts(
    **PLACE,
    endpoint="wifi.example.com",
    secret="planted tunnel secret",
    ipsec_secret="planted ipsec secret",
)


def sold(profile: str, **terms: Any) -> UserProfile:
    """A user profile with one plan of these terms."""
    return UserProfile(profile, (PlanTerms("Un plan", **terms),))


def make_radius(**changes: Any) -> RadiusFacts:
    values: dict[str, Any] = {
        "servers": (RadiusServer("10.9.0.1"), RadiusServer("10.9.0.2", 11812, 11813)),
        "secret": "planted radius $ecret",
        "name": "RTR_0A1B2C3D-0123456789abcdef0123",
    }
    return RadiusFacts(**values | changes)


def make_facts(**changes: Any) -> KitFacts:
    values: dict[str, Any] = {
        "portal_url": "https://wifi.example.com",
        "router_id": "RTR_0A1B2C3D",
        "router_name": "Patio",
        "router_host": "10.0.0.1",
        "api_user": "portal-user",
        "api_password": "planted router secret",
        "api_ssl": True,
        "allowed_from": ("10.0.0.2/32",),
        "login_hosts": ("10.5.50.1", "wifi.example.com:8080"),
        "hosts": HOSTS,
        "profiles": (sold("1hora", rate_limit="2M/5M", devices=3), UserProfile("24horas")),
    }
    return KitFacts(**values | changes)


@pytest.fixture
def facts() -> KitFacts:
    return make_facts()


@pytest.fixture
def router() -> Iterator[RouterSandbox]:
    with RouterSandbox() as box:
        yield box
