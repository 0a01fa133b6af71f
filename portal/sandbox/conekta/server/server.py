"""Listen on a socket, with all that stands behind it."""

from __future__ import annotations

from portal.sandbox.conekta.component import card_form
from portal.sandbox.conekta.control_api import control_api
from portal.sandbox.conekta.controls import Controls
from portal.sandbox.conekta.orders.arrivals import expire_due
from portal.sandbox.conekta.orders.three_ds import ThreeDs
from portal.sandbox.conekta.server.api import Api
from portal.sandbox.conekta.webhooks.deliveries import Deliverer
from portal.sandbox.conekta.world import World
from portal.sandbox.gateway import bank_page, barcodes
from portal.sandbox.gateway.card_form import PREFIX as CARD_FORM
from portal.sandbox.gateway.control_api import PREFIX as CONTROLS
from portal.sandbox.gateway.listening import Listening, WorldServer
from portal.sandbox.gateway.pages import by_path


class Server(WorldServer):
    """Serve one world on one address."""

    def __init__(self, world: World, host: str, port: int) -> None:
        self._world = world
        self._deliverer = Deliverer(world)
        self.controls = Controls(world, self._deliverer)
        pages = {
            CONTROLS: control_api(self.controls).answer,
            CARD_FORM: card_form(world).answer,
            bank_page.PREFIX: ThreeDs(world).answer,
            barcodes.PREFIX: barcodes.answer,
        }
        answer = by_path(pages, Api(world).answer)
        super().__init__(Listening(answer, world.meter, host, port), world)

    async def start(self) -> str:
        """Load the state and listen; the URL where it does. Raises OSError for a taken port."""
        self._world.load()
        self._world.happened = self._deliverer.happened
        self._world.clock.moved = lambda: expire_due(self._world)
        await self._listening.plug()
        self._world.url = self._listening.url
        self._deliverer.resume()
        return self._world.url
