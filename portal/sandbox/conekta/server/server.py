"""The listening socket and what stands behind it."""

from __future__ import annotations

import asyncio

from portal.sandbox.conekta.component import PREFIX as COMPONENT
from portal.sandbox.conekta.component import Component
from portal.sandbox.conekta.control_api import PREFIX, ControlApi
from portal.sandbox.conekta.controls import Controls
from portal.sandbox.conekta.orders.three_ds import ThreeDs
from portal.sandbox.conekta.server.api import Api
from portal.sandbox.conekta.webhooks.deliveries import Deliverer
from portal.sandbox.conekta.world import World
from portal.sandbox.gateway.http import Handler, Request, Response
from portal.sandbox.gateway.listening import Listening


class Server:
    """One world, served on one address."""

    def __init__(self, world: World, host: str, port: int) -> None:
        self._world = world
        self._deliverer = Deliverer(world)
        self._listening = Listening(self._answer, world.meter, host, port)
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
        await self._listening.plug()
        self._world.url = self._listening.url
        self._deliverer.resume()
        return self._world.url

    async def plug(self) -> None:
        """Listen again where it listened before."""
        await self._listening.plug()

    async def unplug(self) -> None:
        """Refuse connections and drop every line."""
        await self._listening.unplug()

    async def stop(self) -> None:
        """Stop listening and drop every line; what was not delivered waits for the next start."""
        await self._listening.stop()
        self._world.close()

    async def _answer(self, request: Request, gone: asyncio.Event) -> Response:
        for prefix, answer in self._pages.items():
            if request.path.startswith(prefix):
                return await answer(request, gone)
        return await self._api.answer(request, gone)
