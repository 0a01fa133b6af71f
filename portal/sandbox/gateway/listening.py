"""Listen on the socket of a simulated gateway, and keep the lines on it."""

from __future__ import annotations

import asyncio
from typing import Protocol

from portal.sandbox.accepted import close_listener
from portal.sandbox.gateway.http import Connection, Handler
from portal.sandbox.gateway.meter import Meter

BACKLOG = 1024


class Closable(Protocol):
    """Describe what is let go of at the end."""

    def close(self) -> None:
        """Let go of it."""


class Listening:
    """Answer on one address, which it keeps when it is unplugged and plugged again."""

    def __init__(self, handle: Handler, meter: Meter, host: str, port: int) -> None:
        self._handle, self._meter = handle, meter
        self._address = (host, port)
        self._lines: set[Connection] = set()
        self._listener: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """Tell where it listens."""
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


class WorldServer:
    """Serve one world on one address; how it starts is its own."""

    def __init__(self, listening: Listening, world: Closable) -> None:
        self._listening, self._served = listening, world

    async def plug(self) -> None:
        """Listen again where it listened before."""
        await self._listening.plug()

    async def unplug(self) -> None:
        """Refuse connections and drop every line."""
        await self._listening.unplug()

    async def stop(self) -> None:
        """Stop listening and drop every line; what was not told waits for the next start."""
        await self._listening.stop()
        self._served.close()
