"""Run one FreeRADIUS for half of the routers, with bad weather on all ways between them."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from typing import Self

from flask import Flask

from portal.access.radius.keys import RadiusKeys, radius_keys
from portal.sandbox.routeros import RouterSandbox
from tests.chaos.environment import ChaosEnvironment
from tests.support.processes.guard import guard
from tests.support.processes.process import ProcessFailed
from tests.support.servers.bad_weather import CALM, STORM, BadWeather
from tests.support.servers.freeradius import FreeRadius, make_kit, require
from tests.support.servers.nas import serve_by_radius

TIMEOUT = "500ms"
STARTS = 20


class RadiusSide:
    """One server, as a context manager within the deployment's.

    Routers report to it every `interim` seconds. `give` names those that ask it before it is
    entered. `kill` and `start` are those of every part that may be away for a while.
    """

    def __init__(self, environment: ChaosEnvironment, seed: int, interim: int) -> None:
        require()
        self._environment, self._seed, self._interim = environment, seed, interim
        self._stack = ExitStack()
        self._given: dict[RouterSandbox, str] = {}
        self._incoming: list[BadWeather] = []

    def give(self, router: RouterSandbox) -> int:
        """Have the router listen to Disconnects; the port at which they come through the storm."""
        router.execute("/radius/incoming/set", accept="yes")
        port = router.incoming_port
        assert port is not None, "it listens"
        weather = BadWeather(port, STORM, seed=self._seed + len(self._incoming))
        self._stack.enter_context(weather)
        self._incoming.append(weather)
        return weather.port

    def begin(self, app: Flask, routers: dict[str, RouterSandbox]) -> Self:
        """Start the server on the application's database and have these routers ask it."""
        folder = guard().make_folder("portal-radius-")
        self._stack.callback(guard().remove_folder, folder)
        self._server = FreeRadius(make_kit(app, folder, interim=self._interim), folder)
        self._stack.enter_context(self._server)
        self._ways = [
            self._stack.enter_context(BadWeather(port, STORM, seed=self._seed + 1000 + n))
            for n, port in enumerate((self._server.auth_port, self._server.accounting_port))
        ]
        with app.app_context():
            keys = radius_keys()
        for router_id, router in routers.items():
            self._serve(keys, router_id, router)
        return self

    def close(self) -> None:
        """End it all."""
        self._stack.close()

    def kill(self) -> None:
        """End the server as a crash would."""
        self._server.process.kill()

    def start(self) -> None:
        """Start it until it runs: it starts only where its database is there."""
        for _ in range(STARTS - 1):
            try:
                self._server.start()
            except ProcessFailed:
                self._server.process.terminate()
            else:
                return
        self._server.start()

    def calm_down(self) -> None:
        """Let every datagram arrive."""
        for weather in (*self._ways, *self._incoming):
            weather.weather = CALM

    @property
    def counts(self) -> Counter[str]:
        """What became of the datagrams."""
        counts: Counter[str] = Counter()
        for weather in (*self._ways, *self._incoming):
            for what in ("lost", "repeated", "late"):
                counts[f"radius: datagram {what}"] += weather.counts[what]
        return counts

    def _serve(self, keys: RadiusKeys, router_id: str, router: RouterSandbox) -> None:
        logins, accounting = (way.port for way in self._ways)
        name = keys.first.router_name(router_id)

        def set_up(bare: RouterSandbox) -> None:
            serve_by_radius(
                bare, keys.first.shared_secret, logins, accounting, realm=name, timeout=TIMEOUT
            )

        self._environment.set_ups[router] = set_up
        set_up(router)
