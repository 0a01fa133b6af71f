"""The listening socket and what stands behind it."""

from __future__ import annotations

import asyncio

from portal.sandbox.accepted import close_listener
from portal.sandbox.conekta.component import PREFIX as COMPONENT
from portal.sandbox.conekta.component import Component
from portal.sandbox.conekta.control_api import PREFIX, ControlApi
from portal.sandbox.conekta.controls import Controls
from portal.sandbox.conekta.orders.three_ds import ThreeDs
from portal.sandbox.conekta.server.api import Api
from portal.sandbox.conekta.webhooks.deliveries import Deliverer
from portal.sandbox.conekta.world import World
from portal.sandbox.gateway.http import Connection, Handler, Request, Response

BACKLOG = 1024


class Server:
    """One world, served on one address."""

    def __init__(self, world: World, host: str, port: int) -> None:
        self._world = world
        self._address = (host, port)
        self._deliverer = Deliverer(world)
        self._lines: set[Connection] = set()
        self._listener: asyncio.Server | None = None
        self.controls = Controls(world, self._deliverer)
        self._api = Api(world)
        # Where a path begins decides who answers it; everything else is Conekta's API.
        self._pages: dict[str, Handler] = {
            PREFIX: ControlApi(self.controls).answer,
            COMPONENT: Component(world).answer,
            "/3ds/": ThreeDs(world).answer,
        }

    async def start(self) -> str:
        """Load the state and listen; the URL where it does. Raises OSError for a taken port."""
        self._world.load()
        self._world.happened = self._deliverer.happened
        await self._listen()
        self._world.url = "http://{}:{}".format(*self._address)
        self._deliverer.resume()
        return self._world.url

    async def plug(self) -> None:
        """Listen again where it listened before."""
        await self._listen()

    def unplug(self) -> None:
        """Refuse connections and drop every line."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for line in list(self._lines):
            line.abort()

    async def stop(self) -> None:
        """Stop listening and drop every line; what was not delivered waits for the next start."""
        if self._listener is not None:
            await close_listener(self._listener)
        self.unplug()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.get_running_loop().shutdown_default_executor()
        self._world.close()

    async def _listen(self) -> None:
        self._listener = await asyncio.get_running_loop().create_server(
            lambda: Connection(self._answer, self._world.meter, self._lines),
            *self._address,
            backlog=BACKLOG,
        )
        self._address = self._listener.sockets[0].getsockname()[:2]

    async def _answer(self, request: Request, gone: asyncio.Event) -> Response:
        for prefix, answer in self._pages.items():
            if request.path.startswith(prefix):
                return await answer(request, gone)
        return await self._api.answer(request, gone)
