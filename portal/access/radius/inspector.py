"""Tell how a router is set up by its API, and by its accounting whether it is there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import exists, select

from portal.access.radius.errors import NotHeard, NotOffered, Silent
from portal.access.radius.sessions import is_fresh, is_open
from portal.core.database import reading
from portal.hotspot.errors import RouterError
from portal.hotspot.inspection import Garden, Inspection, Inspector, Profile, RouterInfo, UserScript
from portal.models import RadiusRouter, RadiusSession, Router


class AccountedInspector(Inspector):
    """Ask the accounting first: a router that reports is there, whatever its API says."""

    def __init__(self, router: Router, api: Callable[[], Inspector] | None) -> None:
        self._router, self._api = router, api

    def info(self, timeout: float) -> RouterInfo:
        """Tell who it is. Raises NotHeard, Silent, and where it has an API RouterError."""
        if self._reports():
            with suppress(RouterError):
                return self._asked().info(timeout)
            return RouterInfo(self._router.name, version="", board="", uptime=0)
        if self._api is None:
            raise NotHeard
        return self._asked().info(timeout)

    def _reports(self) -> bool:
        """Tell whether it is heard; None of its sessions need be open. Raises Silent."""
        of_it = RadiusSession.router_id == self._router.id
        with reading() as session:
            fresh, waited = session.execute(
                select(exists().where(of_it, is_fresh()), exists().where(of_it, is_open()))
            ).one()
            known = session.get(RadiusRouter, self._router.id)
        if waited and not fresh:
            raise Silent
        return bool(fresh) or (known is not None and known.heard_at is not None)

    def _asked(self) -> Inspector:
        if self._api is None:
            raise NotOffered
        return self._api()
