"""Serve the four ports of a router over the RouterOS API."""

from __future__ import annotations

from portal.hotspot.router import RouterAddress
from portal.hotspot.routeros.active_list import ActiveList
from portal.hotspot.routeros.admission import FairShares
from portal.hotspot.routeros.adopter import RouterLeftOvers
from portal.hotspot.routeros.channel import Channel, Observe
from portal.hotspot.routeros.inspector import RouterInspector
from portal.hotspot.routeros.presence import RouterPresence
from portal.hotspot.routeros.provisioner import RouterUsers
from portal.hotspot.routeros.registry import Registry
from portal.hotspot.routeros.settings import RouterSettings


class RouterOS:
    """Serve one MikroTik router. Safe for any number of threads."""

    def __init__(
        self,
        address: RouterAddress,
        settings: RouterSettings,
        observe: Observe | None = None,
        shares: FairShares | None = None,
    ) -> None:
        self.channel = Channel(address, settings, observe, shares)
        self.pool, self.is_idle = self.channel.pool, self.channel.is_idle
        active = ActiveList(self.channel, settings)
        # Plain attributes, since each call of a sale passes here.
        self.provisioner = RouterUsers(self.channel, active)
        self.presence = RouterPresence(self.channel, active, self.provisioner)
        self.inspector = RouterInspector(self.channel, address.username)
        self.adopter = RouterLeftOvers(self.channel, self.inspector)


class Routers(Registry[RouterOS]):
    """Hold the routers that a process talks to; `observe` is told of each command."""

    def __init__(self, settings: RouterSettings, observe: Observe | None = None) -> None:
        self.shares = shares = FairShares(settings.most_requests)
        super().__init__(settings, lambda address: RouterOS(address, settings, observe, shares))
