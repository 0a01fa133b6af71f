"""Decide by RADIUS: who is asked about a login, what of it is obeyed, what is told of it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Mapping
from typing import Any

from pyrad.packet import AccessAccept, AuthPacket

from portal.sandbox.routeros.causes import Cause
from portal.sandbox.routeros.clock import Clock
from portal.sandbox.routeros.deadlines import Deadlines
from portal.sandbox.routeros.hotspot import Hotspot
from portal.sandbox.routeros.menus import durations, paths
from portal.sandbox.routeros.menus.errors import Refusal
from portal.sandbox.routeros.menus.store import Row
from portal.sandbox.routeros.menus.versions import SIGNED_RADIUS, Version
from portal.sandbox.routeros.radius import accounting, identity
from portal.sandbox.routeros.radius.accounting import Accounted, Status
from portal.sandbox.routeros.radius.client import Client
from portal.sandbox.routeros.radius.credentials import Credentials, Pap
from portal.sandbox.routeros.radius.dictionary import dictionary
from portal.sandbox.routeros.radius.grant import Grant, first
from portal.sandbox.routeros.radius.granted import profile_for, user_for
from portal.sandbox.routeros.radius.identity import Attributes, Tables
from portal.sandbox.routeros.radius.servers import Server, for_accounting, servers
from portal.sandbox.routeros.radius.under_way import UnderWay

SILENCE = "RADIUS server is not responding"
REJECTED = "invalid username or password"
BUSY = "already authorizing, retry later"
_LOGIN_USER = 1
# As routers number their sessions: from here in each boot.
_FIRST_SESSION = 0x80000001


class Radius:
    """Speak for one router. Not thread-safe: its loop owns it, and must run when it is used."""

    def __init__(
        self, tables: Tables, hotspot: Hotspot, clock: Clock, version: Version, host: str
    ) -> None:
        self.client = Client(host)
        self.sessions: dict[Row, Accounted] = {}
        self.under_way = UnderWay()
        self.lost = 0
        self.tls_port: int | None = None
        self._tables = tables
        self._hotspot = hotspot
        self._clock = clock
        self._signs = version >= SIGNED_RADIUS
        self._numbers = itertools.count(_FIRST_SESSION)
        self._asking: set[Row] = set()
        self._passwords: dict[str, Pap] = {}
        self._next_look: asyncio.TimerHandle | None = None
        self._interims = Deadlines(hotspot.active, "interim")
        hotspot.watcher = self

    def decides(self, name: str, server_name: str) -> bool:
        """Tell whether servers are asked about this user: the hotspot says so, and has no such."""
        profile = identity.profile_of(self._tables, server_name)
        asks = profile is not None and profile.get("use-radius") == "true"
        return asks and self._hotspot.accounts.find(name, server_name) is None

    async def log_in(
        self, host: Row, name: str, given: Credentials, login_by: str, domain: str = ""
    ) -> Row:
        """Let a device in if a server says so; raises Refusal."""
        if host in self._asking:
            raise Refusal(BUSY)
        self._asking.add(host)
        try:
            session_id = f"{next(self._numbers):08x}"
            answer = await self._ask(host, name, given, session_id, domain)
            session = self._let_in(host, name, session_id, answer, login_by, domain)
            if isinstance(given, Pap):
                self._passwords[host.get("mac-address")] = given
            return session
        finally:
            self._asking.discard(host)

    def began(self) -> None:
        """Tell the servers that the router has started, where any hotspot is accounted for."""
        profiles = self._tables[paths.SERVER_PROFILE]
        if any(_is_accounted(row) for row in profiles):
            self._tell({"Acct-Status-Type": Status.ON})

    def forget(self, *, power_cut: bool) -> None:
        """Know of no session, and number them anew: the router starts.

        `power_cut`: what it was about to tell is lost as well.
        """
        if power_cut:
            self.under_way.cancel()
        self.sessions.clear()
        self._numbers = itertools.count(_FIRST_SESSION)

    def close(self) -> None:
        """End what is under way."""
        self.under_way.cancel()
        self.client.close()
        if self._next_look is not None:
            self._next_look.cancel()
            self._next_look = None

    def ended(self, session: Row, used: Mapping[str, float], cause: Cause) -> None:
        """Tell that a session is over."""
        accounted = self.sessions.pop(session, None)
        if accounted is not None and self._accounts(session):
            self._tell(accounting.of_session(accounted, Status.STOP, used, cause))

    def settle(self) -> None:
        """Tell what is due to be told by now."""
        for session in self._interims.due(self._clock.now()):
            used = self._hotspot.accounts.session_used(session)
            self._tell(accounting.of_session(self.sessions[session], Status.INTERIM, used))
            self._plan_interim(session)

    def log_in_by_cookie(self, host: Row, name: str) -> None:
        """Ask about a device that is back, with the password that it was let in by."""
        password = self._passwords.get(host.get("mac-address"))
        if password is not None and self.decides(name, host.get("server")):
            self.under_way.start(self._log_in_again(host, name, password))

    async def _log_in_again(self, host: Row, name: str, password: Pap) -> None:
        with contextlib.suppress(Refusal):
            await self.log_in(host, name, password, "mac-cookie")

    def replan(self, session: Row, accounted: Accounted) -> None:
        """Let a session end when it must by what it was granted and has used."""
        user = user_for(session.get("user"), accounted.grant)
        user.gauges = self._hotspot.accounts.session_used(session)
        self._hotspot.replan(session, user, profile_for(self._tables, accounted.grant))

    def next_due(self) -> float | None:
        """Tell when (seconds since 1970) a session will next have to be told of, or to end."""
        moments = [
            row.gauges[name]
            for row in self._hotspot.active
            for name in ("interim", "ends")
            if name in row.gauges
        ]
        return min(moments, default=None)

    async def _ask(
        self, host: Row, name: str, given: Credentials, session_id: str, domain: str
    ) -> Any:
        known_as = identity.of_host(self._tables, host, name, session_id)

        def question(server: Server) -> Any:
            return self._question(server, known_as, given)

        found = servers(self._tables[paths.RADIUS], domain, self.tls_port)
        try:
            answer = await self.client.ask(found, _authentication_port, question)
        except ValueError:
            # Longer than RADIUS can say.
            raise Refusal(REJECTED) from None
        if answer is None:
            raise Refusal(SILENCE)
        return answer

    def _question(self, server: Server, known_as: Attributes, given: Credentials) -> Any:
        packet = AuthPacket(secret=server.secret, dict=dictionary())
        packet.authenticator = packet.CreateAuthenticator()
        for key, value in self._of_router(server).items():
            packet[key] = value
        for key, value in ({"Service-Type": _LOGIN_USER} | known_as).items():
            packet[key] = value
        given.enter(packet)
        if self._signs:
            packet.add_message_authenticator()
        return packet

    def _let_in(
        self, host: Row, name: str, session_id: str, answer: Any, login_by: str, domain: str
    ) -> Row:
        if answer.code != AccessAccept:
            raise Refusal(first(answer, "Reply-Message") or REJECTED)
        if self._tables[paths.HOST].rows.get(host.number) is not host:
            raise Refusal(f"unknown host IP {host.get('address')}")
        grant = Grant.of(answer, self._clock.now())
        profile = profile_for(self._tables, grant)
        self._hotspot.settle()
        user = user_for(name, grant)
        session = self._hotspot.begin(user, profile, host, login_by, domain, radius=True)
        known_as = identity.of_host(self._tables, host, name, session_id)
        self.sessions[session] = Accounted(session_id, grant, known_as)
        if self._accounts(session):
            self._tell(accounting.of_session(self.sessions[session], Status.START, {}))
            self._plan_interim(session)
        self._tick()
        return session

    def _tick(self) -> None:
        """Look every second whether something is due, for as long as there are sessions."""
        if self._next_look is None and self.sessions:
            self._next_look = asyncio.get_running_loop().call_later(1, self._look)

    def _look(self) -> None:
        self._next_look = None
        self._hotspot.settle()
        self._tick()

    def _accounts(self, session: Row) -> bool:
        profile = identity.profile_of(self._tables, session.get("server"))
        return profile is not None and _is_accounted(profile)

    def _plan_interim(self, session: Row) -> None:
        every = self._interval(session)
        session.gauges.pop("interim", None)
        if every:
            session.gauges["interim"] = self._clock.now() + every
            self._interims.watch(session)

    def _interval(self, session: Row) -> int | None:
        profile = identity.profile_of(self._tables, session.get("server"))
        said = profile.get("radius-interim-update") if profile else "received"
        return self.sessions[session].grant.interim if said == "received" else durations.parse(said)

    def _tell(self, said: Attributes) -> None:
        """Send accounting by and by; what nobody answers is lost."""
        stamped = said | {"Acct-Delay-Time": 0, "Event-Timestamp": int(self._shown_time())}
        found = for_accounting(servers(self._tables[paths.RADIUS], "", self.tls_port))
        self.under_way.start(self._deliver(found, stamped))

    async def _deliver(self, found: list[Server], said: Attributes) -> None:
        def request(server: Server) -> Any:
            return accounting.packet(server, said | self._of_router(server))

        if await self.client.ask(found, _accounting_port, request) is None:
            self.lost += 1

    def _of_router(self, server: Server) -> Attributes:
        return identity.of_router(self._tables, server.source, server.realm)

    def _shown_time(self) -> float:
        """What the router believes the time to be, which a power cut puts to 1970."""
        [clock] = self._tables[paths.CLOCK]
        return max(0.0, self._clock.now() + clock.gauges.get("off", 0.0))


def _authentication_port(server: Server) -> int:
    return server.authentication_port


def _accounting_port(server: Server) -> int:
    return server.accounting_port


def _is_accounted(profile: Row) -> bool:
    return profile.get("use-radius") == "true" and profile.get("radius-accounting") == "true"
