"""The listening socket of a simulated gateway, and the lines on it."""

from __future__ import annotations

import asyncio

from portal.sandbox.accepted import close_listener
from portal.sandbox.gateway.http import Connection, Handler
from portal.sandbox.gateway.meter import Meter

BACKLOG = 1024


class Listening:
    """Answers on one address, which it keeps when it is unplugged and plugged again."""

    def __init__(self, handle: Handler, meter: Meter, host: str, port: int) -> None:
        self._handle, self._meter = handle, meter
        self._address = (host, port)
        self._lines: set[Connection] = set()
        self._listener: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return "http://{}:{}".format(*self._address)

    async def plug(self) -> None:
        """Listen, where it did before if it did. Raises OSError for a taken port."""
        self._listener = await asyncio.get_running_loop().create_server(
            lambda: Connection(self._handle, self._meter, self._lines),
            *self._address,
            backlog=BACKLOG,
        )
        self._address = self._listener.sockets[0].getsockname()[:2]

    async def unplug(self) -> None:
        """Refuse connections and drop every line."""
        if self._listener is not None:
            await close_listener(self._listener)
            self._listener = None
        for line in list(self._lines):
            line.abort()

    async def stop(self) -> None:
        """Stop listening, drop every line, and end what was going on."""
        await self.unplug()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.get_running_loop().shutdown_default_executor()
