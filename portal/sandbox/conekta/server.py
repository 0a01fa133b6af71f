"""The listening socket and what stands behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from portal.sandbox.conekta.api import Api
from portal.sandbox.conekta.http import Connection, Request, Response
from portal.sandbox.conekta.world import World

BACKLOG = 1024


class Server:
    """One world, served on one address."""

    def __init__(self, world: World, host: str, port: int) -> None:
        self._world = world
        self._host = host
        self._port = port
        self._api = Api(world)
        self._lines: set[Connection] = set()
        self._listener: asyncio.Server | None = None

    async def start(self) -> str:
        """Load the state and listen; the URL where it does. Raises OSError for a taken port."""
        self._world.load()
        self._listener = await asyncio.get_running_loop().create_server(
            lambda: Connection(self._answer, self._world.meter, self._lines),
            self._host,
            self._port,
            backlog=BACKLOG,
        )
        port = self._listener.sockets[0].getsockname()[1]
        self._world.url = f"http://{self._host}:{port}"
        return self._world.url

    async def stop(self) -> None:
        """Stop listening and drop every line."""
        if self._listener is not None:
            self._listener.close()
        for line in list(self._lines):
            line.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        self._world.close()

    def behave(self, choices: Mapping[str, Any]) -> None:
        """Change the world's behaviour; raises TypeError or ValueError for what it knows not."""
        self._world.behaviour = replace(self._world.behaviour, **choices)

    async def _answer(self, request: Request, gone: asyncio.Event) -> Response:
        return await self._api.answer(request, gone)
