"""Do what a hotspot does: log hosts in, keep their accounts, end their sessions.

No wire is known here. Sources: RouterOS documentation, and where that is silent, what other
projects report. Vouched for by neither:

- a session's end is fixed when it begins: later changes of the user's limits, and disabling or
  removing the user, leave it running;
- a second login of a host ends its first session, unless the shared-users cap refuses it;
- a device that keeps its old host row under a new address keeps the old session as well;
- a disabled user is refused with the words for a wrong password.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Protocol

from portal.sandbox.routeros import login_scripts
from portal.sandbox.routeros.accounts import NEVER, Accounts
from portal.sandbox.routeros.causes import Cause
from portal.sandbox.routeros.clock import Clock
from portal.sandbox.routeros.deadlines import Deadlines
from portal.sandbox.routeros.factory import SERVER
from portal.sandbox.routeros.menus import durations, paths
from portal.sandbox.routeros.menus.errors import Refusal
from portal.sandbox.routeros.menus.store import Row, Table

# The most hosts that may be logged in, by licence level (RouterOS documentation).
LICENSE_CAPS = {3: 1, 4: 200, 5: 500, 6: None}


class Watcher(Protocol):
    """Describe whoever has to know of sessions."""

    def ended(self, session: Row, used: Mapping[str, float], cause: Cause) -> None:
        """Let a session be over, which has used so much."""

    def settle(self) -> None:
        """Time has passed."""

    def log_in_by_cookie(self, host: Row, name: str) -> None:
        """Let a device back in that was in as a user whom the hotspot does not know itself."""


class Hotspot:
    """Do what a hotspot does, over the router's tables."""

    def __init__(self, tables: dict[str, Table], clock: Clock, license_level: int) -> None:
        self.active = tables[paths.ACTIVE]
        self.accounts = Accounts(tables[paths.USER], self.active, clock)
        self._profiles = tables[paths.USER_PROFILE]
        self._hosts = tables[paths.HOST]
        self._cookies = tables[paths.COOKIE]
        self._servers = tables[paths.HOTSPOT]
        self._server_profiles = tables[paths.SERVER_PROFILE]
        self._clock = clock
        self._cap = LICENSE_CAPS[license_level]
        self.watcher: Watcher | None = None
        self._ends = Deadlines(self.active, "ends")
        self._expiries = Deadlines(self._cookies, "expires")

    @property
    def now(self) -> float:
        """Give seconds since 1970."""
        return self._clock.now()

    def join(self, mac: str, address: str, server: str = SERVER, *, keeps_old: bool = False) -> Row:
        """Give a device appears in the hotspot; a live MAC cookie logs it in.

        `mac` and `address` in the router's spelling. A device that comes under another
        address, or an address that comes with another device, is a new host. `keeps_old`: the
        row under its old address stands until the router notices, as does its session.
        """
        known = self._hosts.find("mac-address", mac)
        for same in known:
            if same.get("address") == address:
                return same
        gone = [] if keeps_old else known
        for old in [*gone, *self._hosts.find("address", address)]:
            self.remove_host(old)
        values = {"mac-address": mac, "address": address, "to-address": address}
        values |= {"server": server, "bridge-port": "ether2", "found-by": "DHCP"}
        values |= {"DHCP": "true", "authorized": "false"}
        host = self._hosts.add(values, {"joined": self._clock.now()})
        self._log_in_by_cookie(host)
        return host

    def host(self, mac: str) -> Row | None:
        """Give the device of this MAC, if the hotspot has seen it."""
        return self._hosts.first("mac-address", mac)

    def leave(self, mac: str) -> None:
        """Let a device go away: its session ends when keepalive notices, then its host row."""
        host = self._hosts.first("mac-address", mac)
        session = self.active.first("mac-address", mac)
        if host is not None and session is None:
            self._hosts.remove(host)
        elif session is not None and session.get("keepalive-timeout") != "none":
            noticed = self.now + durations.parse(session.get("keepalive-timeout"))
            session.gauges["ends"] = min(noticed, session.gauges.get("ends", NEVER))
            session.gauges["left"] = 1
            self.active.touch()
            self._ends.watch(session)

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
        host = self._hosts.first("address", address)
        if host is None or mac not in (None, host.get("mac-address")):
            raise Refusal(f"unknown host IP {address}")
        account = self.accounts.find(user, host.get("server"))
        if account is None or account.get("password") != password:
            raise Refusal("invalid username or password")
        return self.begin(account, self._profile_of(account), host, login_by, domain)

    def log_out(self, session: Row, cause: Cause = Cause.USER_REQUEST) -> None:
        """End a session: its time and bytes go to the user's account."""
        self.accounts.book(session)
        self.active.remove(session)
        if self.watcher is not None:
            self.watcher.ended(session, self.accounts.session_used(session), cause)
        self._run_script("on-logout", session)
        host = self._host_of(session)
        if host is None:
            return
        if session.gauges.get("left"):
            self._hosts.remove(host)
        else:
            self._hosts.update(host, {"authorized": "false"})

    def lose_power(self) -> None:
        """End every session at once; what its counters held is in no account."""
        for session in self.active:
            if not self.accounts.books_at_logout:
                self.accounts.book(session)
            self._drop(session)

    def forget_those_of_servers(self) -> None:
        """End the sessions that a RADIUS server let in, without a word."""
        for session in self.active:
            if session.get("radius") == "true":
                self._drop(session)

    def remove_session(self, session: Row, cause: Cause = Cause.ADMIN_RESET) -> None:
        """Log out as an operator does, which takes the device's cookie with it."""
        for cookie in self._cookies.find("mac-address", session.get("mac-address")):
            self._cookies.remove(cookie)
        self.log_out(session, cause)

    def remove_host(self, host: Row) -> None:
        """Forget a device, and end its session."""
        for session in self.active.find("mac-address", host.get("mac-address")):
            if session.get("address") == host.get("address"):
                self.log_out(session, Cause.ADMIN_RESET)
        if host.number in self._hosts.rows:
            self._hosts.remove(host)

    def settle(self) -> None:
        """End what should have ended by now; called before anything is read or changed."""
        now = self._clock.now()
        for session in self._ends.due(now):
            self.log_out(session, _why_over(session))
        for cookie in self._expiries.due(now):
            self._cookies.remove(cookie)
        if self.watcher is not None:
            self.watcher.settle()

    def use(self, session: Row, bytes_in: int, bytes_out: int) -> None:
        """Count so much traffic beside what flows by itself."""
        for name, amount in (("more-in", bytes_in), ("more-out", bytes_out)):
            session.gauges[name] = session.gauges.get(name, 0) + amount
        self.active.touch()

    def replan(self, session: Row, user: Row, profile: Row) -> None:
        """Let a session end when it must by now, since its limits or its use have changed."""
        if session.gauges.get("left"):
            return
        gone = self.now - session.gauges["started"]
        span = self._span(user, profile, gone)
        for name in ("ends", "by-bytes"):
            session.gauges.pop(name, None)
        session.gauges |= span
        self.active.touch()
        self._ends.watch(session)

    def replan_local(self, session: Row) -> None:
        """Plan anew the end of a session whose user stands in the table."""
        user = self.accounts.find(session.get("user"), session.get("server"))
        if user is not None:
            self.replan(session, user, self._profile_of(user))

    def resume(self) -> None:
        """Take up the sessions and cookies that were put into the tables from outside."""
        for session in self.active:
            self._ends.watch(session)
        for cookie in self._cookies:
            self._expiries.watch(cookie)

    def begin(
        self,
        user: Row,
        profile: Row,
        host: Row,
        login_by: str,
        domain: str = "",
        *,
        radius: bool = False,
    ) -> Row:
        """Let a user in at a device; raises Refusal."""
        self._check(user, profile, host)
        for old in self.active.find("mac-address", host.get("mac-address")):
            if old.get("address") == host.get("address"):
                self.log_out(old)
        values = {name: host.get(name) for name in ("server", "address", "mac-address")}
        values |= {"user": user.get("name"), "login-by": login_by}
        values["radius"] = "true" if radius else "false"
        values |= {"domain": domain} if domain else {}
        values["keepalive-timeout"] = profile.get("keepalive-timeout")
        session = self.active.add(values, {"started": self.now, **self._span(user, profile)})
        self._ends.watch(session)
        self._hosts.update(host, {"authorized": "true"})
        if profile.get("add-mac-cookie") == "true":
            self._give_cookie(session, profile)
        self._run_script("on-login", session)
        return session

    def _drop(self, session: Row) -> None:
        self.active.remove(session)
        host = self._host_of(session)
        if host is not None:
            self._hosts.update(host, {"authorized": "false"})

    def _run_script(self, when: str, session: Row) -> None:
        """What the user's profile does as a session begins or ends."""
        user = self.accounts.find(session.get("user"), session.get("server"))
        script = self._profile_of(user).get(when) if user else ""
        if user is not None and script:
            said = {name: session.get(name) for name in ("user", "address", "mac-address")}
            login_scripts.run(script, self.accounts.users, user, said, self._clock.now())

    def _host_of(self, session: Row) -> Row | None:
        """The device of a session, at the session's address."""
        return self._hosts.first("address", session.get("address"))

    def _profile_of(self, user: Row) -> Row:
        """The user's profile; the default one where it was removed meanwhile."""
        named = self._profiles.first("name", user.get("profile"))
        return named or next(iter(self._profiles))

    def _check(self, user: Row, profile: Row, host: Row) -> None:
        name = user.get("name")
        if user.get("disabled") == "true":
            raise Refusal("invalid username or password")
        if user.get("mac-address", host.get("mac-address")) != host.get("mac-address"):
            raise Refusal(f"user {name} is not allowed to log in from this MAC address")
        if self.accounts.uptime_left(user) <= 0:
            raise Refusal("your uptime limit is reached")
        if self.accounts.traffic_left(user) <= 0:
            raise Refusal("your traffic limit is reached")
        shared = profile.get("shared-users")
        if shared != "unlimited" and len(self.active.find("user", name)) >= int(shared):
            raise Refusal(f"no more sessions are allowed for user {name}")
        if self._cap is not None and len(self.active) >= self._cap:
            raise Refusal("session limit reached")

    def _span(self, user: Row, profile: Row, gone: float = 0) -> dict[str, float]:
        """When a session that has lasted so long must end, if ever, and whether by bytes."""
        timeout = profile.get("session-timeout")
        by_time = min(
            durations.parse(timeout) - gone if timeout else NEVER, self.accounts.uptime_left(user)
        )
        by_bytes = self.accounts.traffic_left(user)
        left = min(by_time, by_bytes)
        if left == NEVER:
            return {}
        ends = {"ends": self.now + max(0, left)}
        return ends | ({"by-bytes": 1} if by_bytes < by_time else {})

    def _give_cookie(self, session: Row, profile: Row) -> None:
        for old in self._cookies.find("mac-address", session.get("mac-address")):
            self._cookies.remove(old)
        values = {name: session.get(name) for name in ("user", "mac-address")}
        expires = self._clock.now() + durations.parse(profile.get("mac-cookie-timeout"))
        cookie = self._cookies.add(values | {"mac-cookie": "true"}, {"expires": expires})
        self._expiries.watch(cookie)

    def _log_in_by_cookie(self, host: Row) -> None:
        cookie = self._cookies.first("mac-address", host.get("mac-address"))
        server = self._servers.first("name", host.get("server"))
        profile = server and self._server_profiles.first("name", server.get("profile"))
        if not (cookie and profile and "mac-cookie" in profile.get("login-by").split(",")):
            return
        user = self.accounts.find(cookie.get("user"), host.get("server"))
        if user is None and self.watcher is not None:
            self.watcher.log_in_by_cookie(host, cookie.get("user"))
        elif user is not None:
            with contextlib.suppress(Refusal):
                self.begin(user, self._profile_of(user), host, "mac-cookie")


def _why_over(session: Row) -> Cause:
    if session.gauges.get("left"):
        return Cause.LOST_SERVICE
    return Cause.NAS_REQUEST if session.gauges.get("by-bytes") else Cause.SESSION_TIMEOUT
