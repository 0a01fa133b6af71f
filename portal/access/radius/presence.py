"""Tell who is online by the accounting, and log devices in and out.

Who is in front of a router without being online, only its API tells; and only by that is a device
logged in from here. Without one the device goes to the router's own login form.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, select

from portal.access.provisioning import mark_of
from portal.access.radius.errors import NotConfirmed, NotOffered
from portal.access.radius.keys import radius_keys
from portal.access.radius.sessions import online, shown
from portal.access.radius.wire import SessionPlace, ask_to_end, open_places
from portal.core.database import reading
from portal.hotspot.deadline import Deadline
from portal.hotspot.presence import (
    Host,
    LoggedIn,
    LoginRefusal,
    NotLoggedIn,
    Presence,
    Session,
    surplus,
)
from portal.hotspot.provisioning import Known
from portal.models import RadiusSession, RadiusUser, Router

# A Stop comes within a second where all is well.
STOP_SECONDS, LOOK_SECONDS = 3.0, 0.1


class AccountedPresence(Presence):
    """Read one router's sessions, and those of its accesses at the company's other sites."""

    def __init__(self, router: Router, api: Callable[[], Presence] | None) -> None:
        self._router, self._api = router, api

    def hosts(
        self, timeout: float, *, mac: str | None = None, address: str | None = None
    ) -> tuple[Host, ...]:
        return self._asked().hosts(timeout, mac=mac, address=address)

    def log_in(
        self,
        name: str,
        password: str,
        mac: str,
        timeout: float,
        *,
        address: str | None = None,
        clear_stale: bool = False,
        devices: int = 1,
        mark: str | None = None,
        known: Known | None = None,
    ) -> LoggedIn | NotLoggedIn:
        """Log it in by the API, which asks the RADIUS server as the router's own form does.

        Without one it is told whether the device is online, and room is made for it: its own
        browser logs it in.
        """
        if (found := self.session_of(name, mac, timeout, address=address)) is not None:
            return LoggedIn(found)
        deadline = Deadline(timeout)
        if clear_stale:
            others = [one for one in self._of_user(name) if one.mac != mac]
            self._end(surplus(others, devices - 1), deadline)
        if self._api is None:
            return NotLoggedIn(LoginRefusal.NOT_SEEN)
        left = deadline.remaining()
        # No user of this name stands on the router: there is nothing of it to be changed.
        return self._api().log_in(name, password, mac, left, address=address, devices=devices)

    def session_of(
        self, user: str, mac: str, timeout: float, *, address: str | None = None
    ) -> Session | None:
        found = self.sessions(timeout, user=user, mac=mac)
        named = [session for session in found if session.address == address]
        return next(iter(named or found), None)

    def sessions(
        self, timeout: float, *, user: str | None = None, mac: str | None = None
    ) -> tuple[Session, ...]:
        which = [RadiusSession.router_id == self._router.id]
        if mac is not None:
            which.append(RadiusSession.mac == mac)
        if user is not None:
            which.append(self._is_users(user))
        return self._read(*which)

    def end_sessions(self, user: str, timeout: float, *, keep: int = 0) -> int:
        sessions = self._of_user(user)
        return self._end(surplus(sessions, keep) if keep else sessions, Deadline(timeout))

    def end_session(self, session: Session, timeout: float) -> bool:
        return bool(self._end([session], Deadline(timeout)))

    def forget_devices(self, user: str, timeout: float) -> int:
        ended = self.end_sessions(user, timeout)
        if self._api is not None:
            self._api().forget_devices(user, timeout)
        return ended

    def _asked(self) -> Presence:
        if self._api is None:
            raise NotOffered
        return self._api()

    def _is_users(self, name: str) -> ColumnElement[bool]:
        """Tell whether a session is of the access that has the name here."""
        digests = radius_keys().name_digests(self._router.company_id, name)
        named = RadiusUser.name_digest.in_(digests) & (
            RadiusUser.company_id == self._router.company_id
        )
        here = (RadiusUser.router_id == self._router.id) | RadiusUser.everywhere
        first = (RadiusUser.router_id == self._router.id).desc()
        user = select(RadiusUser.access_id).where(named, here).order_by(first).limit(1)
        return RadiusSession.access_id == user.scalar_subquery()

    def _of_user(self, name: str) -> list[Session]:
        return list(self._read(self._is_users(name)))

    def _read(self, *which: ColumnElement[bool]) -> tuple[Session, ...]:
        with reading() as session:
            found = online(session, *which)
        return tuple(shown(one, access, mark_of(access.id)) for one, access in found)

    def _end(self, sessions: Sequence[Session], deadline: Deadline) -> int:
        """Disconnect them, and wait for their Stops. Raises NotConfirmed where one is missing."""
        places = _still_open([int(session.id.lstrip("*"), 16) for session in sessions])
        for place in places:
            ask_to_end(place)
        patience = Deadline(min(STOP_SECONDS, deadline.remaining()))
        while left := _still_open([place.session.id for place in places]):
            if patience.passed:
                raise NotConfirmed
            time.sleep(patience.remaining(LOOK_SECONDS))
        return len(places) - len(left)


def _still_open(ids: Sequence[int]) -> list[SessionPlace]:
    """Read those of the sessions that are open, and where they are."""
    if not ids:
        return []
    with reading() as session:
        return open_places(session, RadiusSession.id.in_(ids))
