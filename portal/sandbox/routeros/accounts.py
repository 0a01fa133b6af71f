"""Count what users have used of their time and traffic, and what is left of it."""

from __future__ import annotations

from portal.sandbox.routeros.clock import Clock
from portal.sandbox.routeros.menus import durations
from portal.sandbox.routeros.menus.store import Row, Table

BYTES_IN_PER_SECOND = 2_000
BYTES_OUT_PER_SECOND = 20_000

NEVER = float("inf")

# Each limit on bytes: the counters it is held against, and how fast they grow together.
_BYTE_LIMITS = (
    ("limit-bytes-in", ("bytes-in",), BYTES_IN_PER_SECOND),
    ("limit-bytes-out", ("bytes-out",), BYTES_OUT_PER_SECOND),
    ("limit-bytes-total", ("bytes-in", "bytes-out"), BYTES_IN_PER_SECOND + BYTES_OUT_PER_SECOND),
)


class Accounts:
    """Count users' accumulated use, running sessions included.

    Traffic flows at a constant rate, so a limit on bytes ends a session at a known time; what
    was used beside it is in the gauges `more-in` and `more-out` of a session.
    `books_at_logout`: a user's counters hold the sessions that are over, and grow with none
    under way, as an older manual says of them.
    """

    def __init__(self, users: Table, active: Table, clock: Clock) -> None:
        self.users = users
        self.books_at_logout = False
        self._active = active
        self._clock = clock

    def find(self, name: str, server: str) -> Row | None:
        """Give the user of this name on this server, before one of this name on all servers."""
        same = self.users.find("name", name)
        here = [user for user in same if user.get("server") == server]
        everywhere = [user for user in same if "server" not in user.values]
        return next(iter(here + everywhere), None)

    def session_used(self, session: Row) -> dict[str, float]:
        """Give one session's `uptime` in seconds, `bytes-in` and `bytes-out`."""
        until = min(self._clock.now(), session.gauges.get("ends", NEVER))
        # Rounded first: a session that ended at its limit has used all of it.
        seconds = int(round(until - session.gauges["started"], 3))
        return {
            "uptime": seconds,
            "bytes-in": seconds * BYTES_IN_PER_SECOND + session.gauges.get("more-in", 0),
            "bytes-out": seconds * BYTES_OUT_PER_SECOND + session.gauges.get("more-out", 0),
        }

    def used(self, user: Row) -> dict[str, float]:
        """Give a user's `uptime` in seconds, `bytes-in` and `bytes-out`, ever."""
        total = {name: user.gauges.get(name, 0) for name in ("uptime", "bytes-in", "bytes-out")}
        for session in self._active.find("user", user.get("name")):
            if self.find(user.get("name"), session.get("server")) is user:
                for name, amount in self.session_used(session).items():
                    total[name] += amount
        return total

    def shown(self, user: Row) -> dict[str, float]:
        """Give what a user's own counters say of that."""
        if self.books_at_logout:
            return {name: user.gauges.get(name, 0) for name in ("uptime", "bytes-in", "bytes-out")}
        return self.used(user)

    def book(self, session: Row) -> None:
        """Add an ending session to its user's account, if the user is still there."""
        user = self.find(session.get("user"), session.get("server"))
        if user is not None:
            for name, amount in self.session_used(session).items():
                user.gauges[name] = user.gauges.get(name, 0) + amount

    def uptime_left(self, user: Row) -> float:
        """Give seconds until the user's `limit-uptime`; it counts all the user's uptime ever."""
        limit = user.get("limit-uptime")
        return durations.parse(limit) - self.used(user)["uptime"] if limit else NEVER

    def traffic_left(self, user: Row) -> float:
        """Give seconds until the first of the user's limits on bytes."""
        used = self.used(user)
        return min(
            (
                (int(user.get(limit)) - sum(used[name] for name in counted)) / rate
                for limit, counted, rate in _BYTE_LIMITS
                if limit in user.values
            ),
            default=NEVER,
        )
