"""Answer one client of a simulated router over the RouterOS API, each reply after a set time.

Untagged commands of a connection are worked off one after another; tagged ones run side by side,
and `/cancel` ends them. The framing, queries and replies are the sandbox's own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from portal.sandbox.routeros.menus.errors import Category, Trap
from portal.sandbox.routeros.menus.versions import parse_version
from portal.sandbox.routeros.wire import replies
from portal.sandbox.routeros.wire.commands import Reply
from portal.sandbox.routeros.wire.framing import take_sentence
from portal.sandbox.routeros.wire.query import Query
from portal.sandbox.routeros.wire.requests import Request
from tests.benchmarks.nation.country import PASSWORD, USER
from tests.benchmarks.nation.users import HotspotUsers, Row

VERSION = "7.20.8 (stable)"
PARSED = parse_version(VERSION)
PROFILES: tuple[Row, ...] = ({".id": "*1", "name": "1hora", "shared-users": "1"},)
FIXED: dict[str, tuple[Row, ...]] = {
    "/ip/hotspot/user/profile": PROFILES,
    "/ip/hotspot/cookie": (),
    "/ip/hotspot/host": (),
    "/system/resource": ({"version": VERSION, "board-name": "hAP ax2", "uptime": "3d4h"},),
    "/system/identity": ({"name": "Nation"},),
}


@dataclass
class SimulatedRouter:
    """A router: its users, after how many seconds it answers, None for never, and what it counted.

    `read` is how often it was asked for everybody who is online.
    """

    users: HotspotUsers
    seconds: float | None
    commands: int = 0
    connections: int = 0
    read: int = 0


class Line(asyncio.Protocol):
    """One connection to the router that `find` knows by the address that was called."""

    def __init__(self, find: Callable[[str], SimulatedRouter]) -> None:
        self._find = find
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._in_order_until = 0.0
        self._tagged: dict[str, asyncio.TimerHandle] = {}
        self._is_in = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._router = self._find(transport.get_extra_info("sockname")[0])
        self._router.connections += 1

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        for waiting in self._tagged.values():
            waiting.cancel()

    def data_received(self, data: bytes) -> None:
        if self._router.seconds is None:
            return
        self._buffer += data
        while (words := take_sentence(self._buffer)) is not None:
            if words:
                self._take_in(Request.parse(0, words), self._router.seconds)

    def _take_in(self, request: Request, seconds: float) -> None:
        self._router.commands += 1
        if request.path == "/cancel":
            self._cancel(request)
        elif request.tag is None:
            begins = max(self._loop.time(), self._in_order_until)
            self._in_order_until = begins + seconds
            self._loop.call_at(self._in_order_until, self._answer, request)
        else:
            waiting = self._loop.call_later(seconds, self._answer, request)
            self._tagged[request.tag] = waiting

    def _cancel(self, request: Request) -> None:
        wanted = request.args.get("tag")
        for tag in [wanted] if wanted in self._tagged else []:
            self._tagged.pop(tag).cancel()
            self._send(replies.trap(tag, Trap("interrupted", Category.INTERRUPTED)))
        self._send(replies.sentence(request.tag, "!done"))

    def _answer(self, request: Request) -> None:
        if request.tag is not None:
            self._tagged.pop(request.tag, None)
        try:
            self._send(replies.reply(request.tag, self._run(request), PARSED))
        except Trap as trap:
            self._send(replies.trap(request.tag, trap))

    def _send(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def _run(self, request: Request) -> Reply:
        menu, _, command = request.path.rpartition("/")
        if request.path == "/login":
            return self._log_in(request)
        if not self._is_in:
            raise Trap("not logged in")
        if command == "print":
            return _printed(request, list(self._rows(menu, request)))
        if menu == "/ip/hotspot/user":
            return self._change(command, request)
        if command == "remove" and menu in ("/ip/hotspot/active", "/ip/hotspot/cookie"):
            return Reply()
        raise Trap("no such command", Category.MISSING)

    def _log_in(self, request: Request) -> Reply:
        if (request.args.get("name"), request.args.get("password")) != (USER, PASSWORD):
            raise Trap("invalid user name or password (6)", None)
        self._is_in = True
        return Reply()

    def _rows(self, menu: str, request: Request) -> Iterator[Row]:
        if menu == "/ip/hotspot/user":
            return self._router.users.users()
        if menu == "/ip/hotspot/active":
            self._router.read += not request.queries
            return self._router.users.sessions()
        if menu not in FIXED:
            raise Trap("no such command prefix", Category.MISSING)
        return iter(FIXED[menu])

    def _change(self, command: str, request: Request) -> Reply:
        if command == "add":
            return Reply(ret=self._router.users.add(request.args))
        change = {
            "set": self._router.users.change,
            "remove": lambda number, _: self._router.users.remove(number),
        }
        if command not in change:
            raise Trap("no such command", Category.MISSING)
        for number in request.args.get(".id", "").split(","):
            change[command](number, request.args)
        return Reply()


def _printed(request: Request, rows: Sequence[Row]) -> Reply:
    """The rows that the queries want, with the properties asked for."""
    query = Query(request.queries)
    found = [row for row in rows if query.matches(row)]
    if "count-only" in request.args:
        return Reply(ret=str(len(found)))
    if wanted := request.args.get(".proplist"):
        names = wanted.split(",")
        shown = [[(name, row[name]) for name in names if name in row] for row in found]
    else:
        shown = [list(row.items()) for row in found]
    return Reply(shown, lists_rows=True)
