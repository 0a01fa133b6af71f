"""Put something between the application and what stands behind its ports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from portal.hotspot.router import HotspotRouter, RouterAddress
from portal.payments.gateway import Credentials, Gateway
from portal.payments.provider import Provider
from portal.ports import Ports

Wrap = Callable[[Any], Any]


@dataclass(frozen=True)
class WrappedRouter:
    """A router whose three ports are wrapped."""

    provisioner: Any
    presence: Any
    inspector: Any


def _pass_by(_end: Any) -> None:
    """Look at nothing."""


def wrapped_ports(
    ports: Ports, wrap: Wrap, look_at_router: Wrap = _pass_by, look_at_gateway: Wrap = _pass_by
) -> Ports:
    """Give the same ports with every gateway and each port of a router wrapped.

    `look_at_router` is given the router itself, `look_at_gateway` the gateway.
    """

    def provider(real: Provider) -> Provider:
        def enter(credentials: Credentials) -> Gateway:
            gateway = real.open(credentials)
            look_at_gateway(gateway)
            wrapped: Gateway = wrap(gateway)
            return wrapped

        return replace(real, open=enter)

    def delivery(real: Callable[[RouterAddress], HotspotRouter]) -> Callable[..., HotspotRouter]:
        def at(address: RouterAddress) -> HotspotRouter:
            router = real(address)
            look_at_router(router)
            ends = (router.provisioner, router.presence, router.inspector)
            return WrappedRouter(*map(wrap, ends))

        return at

    return replace(
        ports,
        providers={name: provider(real) for name, real in ports.providers.items()},
        deliveries={name: delivery(real) for name, real in ports.deliveries.items()},
    )
