"""What a hotspot does: logs hosts in, keeps their accounts, ends their sessions.

No wire is known here. Sources: RouterOS documentation, and where that is silent, what other
projects report; the points marked "assumed" are vouched for by neither:

- A session's end is fixed when it begins; later changes of the user's limits, and disabling or
  removing the user, leave it running (assumed).
- A second login of a host ends its first session, unless the shared-users cap refuses it
  (assumed).
- A disabled user is refused with the words for a wrong password (assumed).
- Traffic is counted at a constant rate, so a byte limit ends a session at a known time.
"""

from __future__ import annotations

import heapq

from portal.sandbox.routeros import durations
from portal.sandbox.routeros.clock import Clock
from portal.sandbox.routeros.store import Row, Table
from portal.sandbox.routeros.tables import (
    ACTIVE,
    COOKIE,
    HOST,
    HOTSPOT,
    SERVER_PROFILE,
    USER,
    USER_PROFILE,
)

# The most hosts that may be logged in, by licence level (RouterOS documentation).
LICENSE_CAPS = {3: 1, 4: 200, 5: 500, 6: None}

BYTES_IN_PER_SECOND = 2_000
BYTES_OUT_PER_SECOND = 20_000
BYTES_PER_PACKET = 1_000

_NEVER = float("inf")


class Refusal(Exception):
    """The hotspot does not log the host in; the text is the router's."""


class Hotspot:
    """The hotspot's semantics over the router's tables."""

    def __init__(self, tables: dict[str, Table], clock: Clock, license_level: int) -> None:
        self.users = tables[USER]
        self.profiles = tables[USER_PROFILE]
        self.active = tables[ACTIVE]
        self.hosts = tables[HOST]
        self.cookies = tables[COOKIE]
        self._servers = tables[HOTSPOT]
        self._server_profiles = tables[SERVER_PROFILE]
        self._clock = clock
        self._cap = LICENSE_CAPS[license_level]
        self._ends: list[tuple[float, int]] = []

    def find_user(self, name: str, server: str) -> Row | None:
        """The user of this name on this server, before one of this name on all servers."""
        same = self.users.find("name", name)
        return next((user for user in same if user.get("server") == server), None) or next(
            (user for user in same if "server" not in user.values), None
        )

    def join(self, mac: str, address: str, server: str = "") -> Row:
        """A device appears in the hotspot; a live MAC cookie logs it in.

        `mac` and `address` in the router's spelling. A device that is there already only
        gets the address.
        """
        known = self.hosts.first("mac-address", mac)
        if known is not None and known.get("address") == address:
            known.gauges.pop("left_at", None)
            return known
        if known is not None:
            self.remove_host(known)
        values = {"mac-address": mac, "address": address, "to-address": address}
        values["server"] = server or next(iter(self._servers)).get("name")
        values |= {"bridge-port": "ether2", "found-by": "DHCP", "DHCP": "true"}
        values["authorized"] = "false"
        host = self.hosts.add(values, {"joined": self._clock.now()})
        self._log_in_by_cookie(host)
        return host

    def leave(self, mac: str) -> None:
        """A device goes away: its session ends when keepalive notices, then its host row."""
        host = self.hosts.first("mac-address", mac)
        if host is None:
            return
        session = self.active.first("mac-address", mac)
        if session is None:
            self.hosts.remove(host)
            return
        keepalive = session.get("keepalive-timeout", "none")
        if keepalive != "none":
            noticed = self._clock.now() + durations.parse(keepalive)
            session.gauges["ends"] = min(noticed, session.gauges.get("ends", _NEVER))
            session.gauges["left"] = 1
            self.watch(session)

    def log_in(
        self,
        user: str,
        password: str,
        address: str,
        mac: str | None = None,
        *,
        login_by: str = "admin",
        domain: str = "",
    ) -> Row:
        """Log the host at this address in; raises Refusal."""
        host = self.hosts.first("address", address)
        if host is None or mac not in (None, host.get("mac-address")):
            raise Refusal(f"unknown host IP {address}")
        account = self.find_user(user, host.get("server"))
        if account is None or account.get("password") != password:
            raise Refusal("invalid username or password")
        return self._begin(account, host, login_by, domain)

    def log_out(self, session: Row) -> None:
        """End a session: its time and bytes go to the user's account."""
        account = self.find_user(session.get("user"), session.get("server"))
        if account is not None:
            for name, amount in self._used(session).items():
                account.gauges[name] = account.gauges.get(name, 0) + amount
        self.active.remove(session)
        host = self.hosts.first("mac-address", session.get("mac-address"))
        if host is not None:
            self.hosts.update(host, {"authorized": "false"})
            if session.gauges.get("left"):
                self.hosts.remove(host)

    def remove_session(self, session: Row) -> None:
        """An operator's log-out, which takes the device's cookie with it."""
        for cookie in self.cookies.find("mac-address", session.get("mac-address")):
            self.cookies.remove(cookie)
        self.log_out(session)

    def remove_host(self, host: Row) -> None:
        """Forget a device, and end its session."""
        for session in self.active.find("mac-address", host.get("mac-address")):
            self.log_out(session)
        if host.number in self.hosts.rows:
            self.hosts.remove(host)

    def used(self, user: Row) -> dict[str, float]:
        """A user's `uptime` in seconds and `bytes-in`, `bytes-out`, running sessions included."""
        total = {name: user.gauges.get(name, 0) for name in ("uptime", "bytes-in", "bytes-out")}
        for session in self.active.find("user", user.get("name")):
            if self.find_user(user.get("name"), session.get("server")) is user:
                for name, amount in self._used(session).items():
                    total[name] += amount
        return total

    def session_used(self, session: Row) -> dict[str, float]:
        """One session's `uptime` in seconds, `bytes-in` and `bytes-out`."""
        return self._used(session)

    def settle(self) -> None:
        """End what should have ended by now; called before anything is read or changed."""
        now = self._clock.now()
        while self._ends and self._ends[0][0] <= now:
            due, number = heapq.heappop(self._ends)
            session = self.active.rows.get(number)
            if session is not None and session.gauges.get("ends") == due:
                self.log_out(session)
        for cookie in self.cookies:
            if cookie.gauges["expires"] <= now:
                self.cookies.remove(cookie)

    def watch(self, session: Row) -> None:
        """Remember when a session has to end."""
        if "ends" in session.gauges:
            heapq.heappush(self._ends, (session.gauges["ends"], session.number))

    def profile_of(self, user: Row) -> Row | None:
        """The user's profile."""
        return self.profiles.first("name", user.get("profile"))

    def _begin(self, user: Row, host: Row, login_by: str, domain: str) -> Row:
        self._check(user, host)
        for old in self.active.find("mac-address", host.get("mac-address")):
            self.log_out(old)
        profile = self.profile_of(user)
        values = {"server": host.get("server"), "user": user.get("name")}
        values |= {"address": host.get("address"), "mac-address": host.get("mac-address")}
        values |= {"login-by": login_by, "radius": "false"}
        if domain:
            values["domain"] = domain
        values["keepalive-timeout"] = profile.get("keepalive-timeout") if profile else "2m"
        session = self.active.add(values, self._gauges(user, profile))
        self.watch(session)
        self.hosts.update(host, {"authorized": "true"})
        if profile is not None and profile.get("add-mac-cookie") == "true":
            self._give_cookie(session, profile)
        return session

    def _check(self, user: Row, host: Row) -> None:
        name = user.get("name")
        if user.get("disabled") == "true":
            raise Refusal("invalid username or password")
        if user.get("mac-address", host.get("mac-address")) != host.get("mac-address"):
            raise Refusal(f"user {name} is not allowed to log in from this MAC address")
        left = self._left(user)
        if left["uptime"] <= 0:
            raise Refusal("your uptime limit is reached")
        if left["bytes"] <= 0:
            raise Refusal("your traffic limit is reached")
        profile = self.profile_of(user)
        shared = profile.get("shared-users") if profile else "1"
        if shared != "unlimited" and len(self.active.find("user", name)) >= int(shared):
            raise Refusal(f"no more sessions are allowed for user {name}")
        if self._cap is not None and len(self.active) >= self._cap:
            raise Refusal("session limit reached")

    def _left(self, user: Row) -> dict[str, float]:
        """What the user may still use: `uptime` in seconds, and `bytes` as seconds of traffic."""
        used = self.used(user)
        bytes_in, bytes_out = used["bytes-in"], used["bytes-out"]
        caps = (
            ("limit-bytes-in", bytes_in, BYTES_IN_PER_SECOND),
            ("limit-bytes-out", bytes_out, BYTES_OUT_PER_SECOND),
            (
                "limit-bytes-total",
                bytes_in + bytes_out,
                BYTES_IN_PER_SECOND + BYTES_OUT_PER_SECOND,
            ),
        )
        limit = user.get("limit-uptime")
        return {
            "uptime": durations.parse(limit) - used["uptime"] if limit else _NEVER,
            "bytes": min(
                (
                    (int(user.get(name)) - spent) / rate
                    for name, spent, rate in caps
                    if name in user.values
                ),
                default=_NEVER,
            ),
        }

    def _gauges(self, user: Row, profile: Row | None) -> dict[str, float]:
        now = self._clock.now()
        left = min(self._left(user).values())
        timeout = profile.get("session-timeout") if profile else ""
        left = min(left, durations.parse(timeout) if timeout else _NEVER)
        return {"started": now} if left == _NEVER else {"started": now, "ends": now + left}

    def _used(self, session: Row) -> dict[str, float]:
        until = min(self._clock.now(), session.gauges.get("ends", _NEVER))
        # Rounded first: a session that ended at its limit has used all of it.
        seconds = int(round(until - session.gauges["started"], 3))
        return {
            "uptime": seconds,
            "bytes-in": seconds * BYTES_IN_PER_SECOND,
            "bytes-out": seconds * BYTES_OUT_PER_SECOND,
        }

    def _give_cookie(self, session: Row, profile: Row) -> None:
        for old in self.cookies.find("mac-address", session.get("mac-address")):
            self.cookies.remove(old)
        values = {name: session.get(name) for name in ("user", "mac-address")}
        lifetime = durations.parse(profile.get("mac-cookie-timeout", "3d"))
        self.cookies.add(values | {"mac-cookie": "true"}, {"expires": self._clock.now() + lifetime})

    def _log_in_by_cookie(self, host: Row) -> None:
        cookie = self.cookies.first("mac-address", host.get("mac-address"))
        server = self._servers.first("name", host.get("server"))
        profile = server and self._server_profiles.first("name", server.get("profile"))
        if not (cookie and profile and "mac-cookie" in profile.get("login-by").split(",")):
            return
        user = self.find_user(cookie.get("user"), host.get("server"))
        try:
            if user is not None:
                self._begin(user, host, "mac-cookie", "")
        except Refusal:
            return
