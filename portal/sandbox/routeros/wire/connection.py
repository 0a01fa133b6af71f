"""Serve one client's connection: sentences in, replies out, and the failures asked for.

Untagged commands of a connection run one after another; tagged ones overtake each other, `at_once`
of them where the router has such a limit.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace
from time import monotonic

from portal.sandbox.punctual import wait_until
from portal.sandbox.routeros.faults import Fault, FaultKind
from portal.sandbox.routeros.menus.errors import Category, Trap
from portal.sandbox.routeros.wire import replies
from portal.sandbox.routeros.wire.api import Api
from portal.sandbox.routeros.wire.commands import Reply, execute
from portal.sandbox.routeros.wire.framing import BadFrame, split_sentences, take_sentence
from portal.sandbox.routeros.wire.host_login import asks_radius, log_host_in
from portal.sandbox.routeros.wire.login import Login
from portal.sandbox.routeros.wire.outlet import Outlet
from portal.sandbox.routeros.wire.requests import Request


class Connection(asyncio.Protocol):
    """Serve one client of the service `api` or `api-ssl`; `lost` is set when its socket closed."""

    def __init__(self, api: Api, service: str) -> None:
        self.service = service
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._api = api
        self._outlet = Outlet(api.count_sent)
        self._login = Login(api.password_of, api.device.version)
        self._number = 0
        self._buffer = bytearray()
        self._waiting: deque[Request] = deque()
        self._under_way: dict[asyncio.Task[None], Request] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the client in, or close."""
        assert isinstance(transport, asyncio.Transport)
        self._outlet.transport = transport
        self._api.standing.add(self)
        if not self._api.accepts(self.service):
            self._api.counters.refused_connections += 1
            transport.close()
            return
        self._api.counters.connections += 1
        self._number = self._api.counters.connections
        self._api.open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget what was under way."""
        self._api.open.discard(self)
        self._api.standing.discard(self)
        self.lost.set_result(None)
        self._waiting.clear()
        for task in self._under_way:
            task.cancel()

    def data_received(self, data: bytes) -> None:
        """Take in bytes, and start each command that is whole."""
        self._api.counters.bytes_in += len(data)
        self._buffer += data
        try:
            while self in self._api.open:
                words = take_sentence(self._buffer)
                if words is None:
                    return
                if words:
                    self._take_in(words)
        except BadFrame:
            self.cut()

    def cut(self) -> None:
        """Drop the line; what was not sent yet is lost."""
        self._api.open.discard(self)
        self._outlet.cut()

    def _take_in(self, words: list[str]) -> None:
        self._api.counters.commands += 1
        try:
            request = Request.parse(self._number, words)
        except Trap as trap:
            self._outlet.send(replies.trap(None, trap))
            return
        self._api.received.append(request.masked())
        if request.path == "/cancel":
            self._cancel(request)
        else:
            self._waiting.append(request)
            self._start_what_may()

    def _start_what_may(self) -> None:
        """Start what need not wait any more, in the order in which it came."""
        for request in list(self._waiting):
            if self in self._api.open and self._has_room_for(request):
                self._waiting.remove(request)
                self._start(request)

    def _has_room_for(self, request: Request) -> bool:
        running = self._under_way.values()
        if request.tag is None and any(other.tag is None for other in running):
            return False
        return self._api.at_once is None or len(running) < self._api.at_once

    def _start(self, request: Request) -> None:
        faults = self._api.faults.take(request.path)
        if not faults and not self._asks_elsewhere(request):
            self._outlet.send(self._run(request))
            return
        task = asyncio.get_running_loop().create_task(self._fail(request, faults))
        self._under_way[task] = request
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        del self._under_way[task]
        self._start_what_may()

    def _cancel(self, request: Request) -> None:
        """End the command of the tag named, or all; each says that it was interrupted."""
        if self._api.faults.take_cancel():
            return
        wanted = request.args.get("tag")
        ended = [other for other in self._waiting if wanted in (None, other.tag)]
        for waiting in ended:
            self._waiting.remove(waiting)
        for task, running in list(self._under_way.items()):
            if wanted in (None, running.tag) and task.cancel():
                ended.append(running)
        for other in ended:
            interrupted = Trap("interrupted", Category.INTERRUPTED)
            self._outlet.send(replies.trap(other.tag, interrupted))
        self._outlet.send(replies.sentence(request.tag, "!done"))

    def _run(self, request: Request) -> bytes:
        """Do what the command says and give its reply."""
        if request.path == "/login":
            return self._log_in(request)
        if not self._login.done:
            return self._say_goodbye("not logged in")
        if request.path == "/quit":
            return self._say_goodbye("session terminated on request")
        device = self._api.device
        try:
            answer = execute(device, request.path, request.args, request.queries)
        except Trap as trap:
            return replies.trap(request.tag, trap)
        if answer.rows and not self._api.tells_passwords_to(self._login.name):
            answer = answer.without("password")
        self._api.after_command()
        return replies.reply(request.tag, answer, device.version)

    def _asks_elsewhere(self, request: Request) -> bool:
        """Whether a server has to be asked before this can be answered."""
        return self._login.done and asks_radius(self._api.device, request.path, request.args)

    async def _log_host_in(self, request: Request) -> bytes:
        """Log a device in as a server says."""
        device = self._api.device
        try:
            await log_host_in(device, request.args)
        except Trap as trap:
            return replies.trap(request.tag, trap)
        self._api.after_command()
        return replies.reply(request.tag, Reply(), device.version)

    def _log_in(self, request: Request) -> bytes:
        try:
            challenge = self._login.attempt(request.args)
        except Trap as trap:
            return replies.trap(request.tag, trap)
        ret = () if challenge is None else (f"=ret={challenge}",)
        return replies.sentence(request.tag, "!done", *ret)

    def _say_goodbye(self, reason: str) -> bytes:
        """`!fatal` and the end; there is nothing to send after it."""
        self._outlet.send(replies.sentence(None, "!fatal", reason))
        self._api.open.discard(self)
        self._outlet.close()
        return b""

    async def _fail(self, request: Request, faults: list[Fault]) -> None:
        """Run a command that meets failures."""
        arrived = monotonic()
        kinds = {fault.kind: fault for fault in faults}
        if FaultKind.CUT_BEFORE in kinds:
            self.cut()
            return
        if FaultKind.HANG in kinds:
            await _for_ever()
        answer = await self._answer(request, kinds)
        if FaultKind.HANG_AFTER in kinds:
            await _for_ever()
        late = sum(fault.milliseconds for fault in faults if fault.kind is FaultKind.DELAY)
        if late:
            await wait_until(arrived + late / 1000)
        if FaultKind.CUT_AFTER in kinds:
            self.cut()
        elif FaultKind.DRIBBLE in kinds:
            await self._outlet.dribble(answer, kinds[FaultKind.DRIBBLE].milliseconds / 1000)
        elif FaultKind.SCATTER in kinds:
            await self._scatter(answer, kinds[FaultKind.SCATTER].milliseconds / 1000)
        else:
            self._outlet.send(answer)

    async def _scatter(self, answer: bytes, seconds: float) -> None:
        """Send the sentences at moments drawn by lot, so that replies overtake and mix."""
        said = split_sentences(answer)
        now = 0.0
        for moment, sentence in zip(self._api.faults.draw(len(said), seconds), said, strict=True):
            await asyncio.sleep(moment - now)
            self._outlet.send(sentence)
            now = moment

    async def _answer(self, request: Request, kinds: dict[FaultKind, Fault]) -> bytes:
        if FaultKind.FATAL in kinds:
            return self._say_goodbye(kinds[FaultKind.FATAL].message)
        if FaultKind.REFUSE_LOGIN in kinds:
            return replies.trap(request.tag, self._login.refusal())
        if FaultKind.TRAP in kinds:
            return replies.trap(request.tag, Trap(kinds[FaultKind.TRAP].message))
        if FaultKind.DROP_TAG in kinds:
            request = replace(request, tag=None)
        elif FaultKind.MANGLE_TAG in kinds and request.tag is not None:
            request = replace(request, tag=f"{request.tag}x")
        elsewhere = self._asks_elsewhere(request)
        answer = await self._log_host_in(request) if elsewhere else self._run(request)
        return kinds[FaultKind.GARBAGE].payload if FaultKind.GARBAGE in kinds else answer


async def _for_ever() -> None:
    await asyncio.Event().wait()
