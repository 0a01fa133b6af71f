"""Serve the four ports of a router that asks us at each login, and tells us what is used."""

from __future__ import annotations

from functools import cached_property

from portal import ports
from portal.access.radius.errors import NotOffered
from portal.access.radius.inspector import AccountedInspector
from portal.access.radius.presence import AccountedPresence
from portal.access.radius.users import RadiusUsers
from portal.hotspot.adoption import Adopter
from portal.hotspot.inspection import Inspector
from portal.hotspot.presence import Presence
from portal.hotspot.provisioning import Provisioner
from portal.hotspot.router import HotspotRouter
from portal.models import Router


class AskingRouter(HotspotRouter):
    """Serve one router by what its accounting says, and by its API what only that can tell."""

    def __init__(self, router: Router) -> None:
        self._router = router

    @property
    def provisioner(self) -> Provisioner:
        api = (lambda: self._api.provisioner) if self._router.has_api else None
        return RadiusUsers(self._router, api)

    @property
    def presence(self) -> Presence:
        api = (lambda: self._api.presence) if self._router.has_api else None
        return AccountedPresence(self._router, api)

    @property
    def inspector(self) -> Inspector:
        api = (lambda: self._api.inspector) if self._router.has_api else None
        return AccountedInspector(self._router, api)

    @property
    def adopter(self) -> Adopter:
        if not self._router.has_api:
            raise NotOffered
        return self._api.adopter

    @cached_property
    def _api(self) -> HotspotRouter:
        return ports.api_of(self._router)
