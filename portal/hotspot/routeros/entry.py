"""One device on its way in: room made for it, and what somebody put in its way."""

from __future__ import annotations

from dataclasses import dataclass, replace

from portal.hotspot.deadline import Deadline
from portal.hotspot.router import LoggedIn, LoginRefusal, NotLoggedIn, Session
from portal.hotspot.routeros.active_list import ActiveList, Place
from portal.hotspot.routeros.users import Target, UserMenu

# RouterOS' texts can be translated on the router: any refusal may be about the MAC.
_MAY_BE_BOUND = (LoginRefusal.BOUND_TO_MAC, LoginRefusal.OTHER)


@dataclass
class Entry:
    """A device and the user that it comes in as; without `target`, the user is left as it is."""

    users: UserMenu
    active: ActiveList
    place: Place
    target: Target | None
    was_unbound: bool = False

    def make_room(self, devices: int, deadline: Deadline) -> Session | None:
        """The session that the device has already; where it has none, others make room."""
        return self.active.make_room(
            self.place, devices, deadline, lambda: self._may_come(deadline)
        )

    def log_in(self, password: str, deadline: Deadline) -> LoggedIn | NotLoggedIn:
        """Log the device in, once more where another MAC had to be taken off the user."""
        said = self.active.log_in(self.place, password, deadline)
        if isinstance(said, NotLoggedIn) and self._is_in_the_way(said, deadline):
            if not self.was_unbound:
                return NotLoggedIn(LoginRefusal.BOUND_TO_MAC)
            said = self.active.log_in(self.place, password, deadline)
        return replace(said, unbound=self.was_unbound) if isinstance(said, LoggedIn) else said

    def _is_in_the_way(self, said: NotLoggedIn, deadline: Deadline) -> bool:
        if said.reason not in _MAY_BE_BOUND or self.target is None or self.was_unbound:
            return False
        return not self._may_come(deadline) or self.was_unbound

    def _may_come(self, deadline: Deadline) -> bool:
        if self.target is None:
            return True
        is_open, unbound = self.users.is_open_to(self.target, self.place.mac, deadline)
        self.was_unbound |= unbound
        return is_open
