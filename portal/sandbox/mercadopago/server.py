"""Listen on a socket, with all that stands behind it."""

from __future__ import annotations

from portal.sandbox.gateway import bank_page
from portal.sandbox.gateway.card_form import PREFIX as CARD_FORM
from portal.sandbox.gateway.control_api import PREFIX as CONTROLS
from portal.sandbox.gateway.control_api import ControlApi
from portal.sandbox.gateway.journal import Journal
from portal.sandbox.gateway.listening import Listening, WorldServer
from portal.sandbox.gateway.pages import by_path
from portal.sandbox.mercadopago import tickets
from portal.sandbox.mercadopago.api import Api
from portal.sandbox.mercadopago.component import card_form
from portal.sandbox.mercadopago.controls import Controls
from portal.sandbox.mercadopago.notices import Notices
from portal.sandbox.mercadopago.outside import expire_due
from portal.sandbox.mercadopago.three_ds import ThreeDs
from portal.sandbox.mercadopago.world import World


class Server(WorldServer):
    """Serve one world on one address."""

    def __init__(self, world: World, journal: Journal, host: str, port: int) -> None:
        self._world, self._journal = world, journal
        notices = Notices(world)
        world.happened = notices.happened
        world.clock.moved = lambda: expire_due(world)
        self.controls = Controls(world, notices)
        pages = {
            CONTROLS: ControlApi(
                self.controls, {("POST", "subscriptions"): self.controls.tell}
            ).answer,
            CARD_FORM: card_form(self.controls).answer,
            bank_page.PREFIX: ThreeDs(world).answer,
            tickets.PREFIX: tickets.Tickets(world).answer,
        }
        answer = by_path(pages, Api(world).answer)
        super().__init__(Listening(answer, world.meter, host, port), world)

    async def start(self) -> str:
        """Load the state and listen; the URL where it does. Raises OSError for a taken port."""
        self._world.load(self._journal)
        await self._listening.plug()
        self._world.url = self._listening.url
        return self._world.url
