"""The listening socket and what stands behind it."""

from __future__ import annotations

import asyncio

from portal.sandbox.gateway.http import Handler, Request, Response
from portal.sandbox.gateway.journal import Journal
from portal.sandbox.gateway.listening import Listening
from portal.sandbox.mercadopago.api import Api
from portal.sandbox.mercadopago.component import PREFIX as COMPONENT
from portal.sandbox.mercadopago.component import Component
from portal.sandbox.mercadopago.control_api import PREFIX, ControlApi
from portal.sandbox.mercadopago.controls import Controls
from portal.sandbox.mercadopago.notices import Notices
from portal.sandbox.mercadopago.three_ds import PREFIX as THREE_DS
from portal.sandbox.mercadopago.three_ds import ThreeDs
from portal.sandbox.mercadopago.world import World


class Server:
    """One world, served on one address."""

    def __init__(self, world: World, journal: Journal, host: str, port: int) -> None:
        self._world, self._journal = world, journal
        notices = Notices(world)
        world.happened = notices.happened
        self.controls = Controls(world, notices)
        self._listening = Listening(self._answer, world.meter, host, port)
        self._api = Api(world)
        # Where a path begins decides who answers it; everything else is the API.
        self._pages: dict[str, Handler] = {
            PREFIX: ControlApi(self.controls).answer,
            COMPONENT: Component(self.controls).answer,
            THREE_DS: ThreeDs(world).answer,
        }

    async def start(self) -> str:
        """Load the state and listen; the URL where it does. Raises OSError for a taken port."""
        self._world.load(self._journal)
        await self._listening.plug()
        self._world.url = self._listening.url
        return self._world.url

    async def plug(self) -> None:
        """Listen again where it listened before."""
        await self._listening.plug()

    async def unplug(self) -> None:
        """Refuse connections and drop every line."""
        await self._listening.unplug()

    async def stop(self) -> None:
        """Stop listening and drop every line."""
        await self._listening.stop()
        self._world.close()

    async def _answer(self, request: Request, gone: asyncio.Event) -> Response:
        for prefix, answer in self._pages.items():
            if request.path.startswith(prefix):
                return await answer(request, gone)
        return await self._api.answer(request, gone)
