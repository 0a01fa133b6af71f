"""Tell how a router is set up by its API, and by its accounting whether it is there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import exists, select

from portal.access.radius.errors import NotHeard, NotOffered, Silent
from portal.access.radius.sessions import is_fresh, is_open, stale_seconds
from portal.core.database import reading
from portal.core.records import from_now
from portal.hotspot.errors import RouterError
from portal.hotspot.inspection import Garden, Inspection, Inspector, Profile, RouterInfo, UserScript
from portal.hotspot.network import RouterClock
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

    def profiles(self, timeout: float) -> tuple[Profile, ...]:
        return self._asked().profiles(timeout)

    def user_scripts(self, timeout: float) -> tuple[UserScript, ...]:
        return self._asked().user_scripts(timeout)

    def clock(self, timeout: float) -> RouterClock | None:
        return self._asked().clock(timeout)

    def walled_garden(self, timeout: float) -> Garden:
        return self._asked().walled_garden(timeout)

    def fingerprint(self, timeout: float) -> str:
        return self._asked().fingerprint(timeout)

    def inspect(self, timeout: float) -> Inspection:
        return self._asked().inspect(timeout)

    def _reports(self) -> bool:
        """Tell whether it was heard of lately. Raises Silent where it is overdue."""
        of_it = RadiusSession.router_id == self._router.id
        heard = RadiusRouter.heard_at > from_now(-stale_seconds())
        with reading() as session:
            is_heard, waited = session.execute(
                select(
                    exists().where(RadiusRouter.router_id == self._router.id, heard),
                    exists().where(of_it, is_open(), ~is_fresh()),
                )
            ).one()
        if waited and not is_heard:
            raise Silent
        return bool(is_heard)

    def _asked(self) -> Inspector:
        if self._api is None:
            raise NotOffered
        return self._api()
