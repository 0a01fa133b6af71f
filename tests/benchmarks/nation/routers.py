"""`python -m tests.benchmarks.nation.routers`: be all routers of a country, in one process.

Each has an address of its own within 127.0.0.0/8; one socket listens for all of them. Prints its
ports as JSON; whoever connects to the second one is told what was counted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import socket
from dataclasses import fields
from time import monotonic

from tests.benchmarks.nation.country import Country, is_dead, is_slow, router_at
from tests.benchmarks.nation.line import Line, SimulatedRouter
from tests.benchmarks.nation.users import HotspotUsers

BACKLOG = 4096


class Nation:
    """All routers of a country; each comes to be when it is first called."""

    def __init__(self, country: Country, options: argparse.Namespace) -> None:
        self._country, self._options = country, options
        self._began = monotonic()
        self._routers: dict[int, SimulatedRouter] = {}

    def at(self, place: str) -> SimulatedRouter:
        """The router that is reached at this address."""
        number = router_at(place)
        if number not in self._routers:
            users = HotspotUsers(self._country, number, self._options.mark, self._began)
            self._routers[number] = SimulatedRouter(users, self._seconds(number))
        return self._routers[number]

    def _seconds(self, number: int) -> float | None:
        if is_dead(number):
            return None
        return float(self._options.slow if is_slow(number) else self._options.delay)

    def counted(self) -> dict[str, int]:
        """What all of them together were asked."""
        known = self._routers.values()
        return {
            "read": sum(1 for router in known if router.read),
            "reads": sum(router.read for router in known),
            "commands": sum(router.commands for router in known),
            "connections": sum(router.connections for router in known),
        }


async def serve(nation: Nation, port: int) -> None:
    """Be there for whoever calls, until killed."""
    loop = asyncio.get_running_loop()
    door = await loop.create_server(lambda: Line(nation.at), sock=listening(port), backlog=BACKLOG)

    async def tell(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(json.dumps(nation.counted()).encode() + b"\n")
        writer.close()

    told = await asyncio.start_server(tell, "127.0.0.1", 0)
    ports = [server.sockets[0].getsockname()[1] for server in (door, told)]
    print(json.dumps({"port": ports[0], "counted": ports[1]}), flush=True)
    await asyncio.gather(door.serve_forever(), told.serve_forever())


def listening(port: int) -> socket.socket:
    """A socket that hears every address of the loopback interface, and no other interface."""
    heard = socket.socket()
    heard.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo\0")
    heard.bind(("0.0.0.0", port))
    return heard


def country_options(parser: argparse.ArgumentParser) -> None:
    """Take how large a country is."""
    parser.add_argument("--routers", type=int, default=10_000)
    parser.add_argument("--accesses", type=int, default=500_000, help="that live, on all of them")
    parser.add_argument("--sales", type=int, default=5_000_000, help="ever made, the living too")
    parser.add_argument("--companies", type=int, default=200)
    parser.add_argument("--online", type=int, default=10, help="of each router's users")


def country_of(options: argparse.Namespace) -> Country:
    """The country that was asked for."""
    return Country(**{each.name: getattr(options, each.name) for each in fields(Country)})


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.nation.routers", description=__doc__
    )
    country_options(parser)
    parser.add_argument("--mark", required=True, help="what our users' comments begin with")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--delay", type=float, default=0.020, help="seconds to each answer")
    parser.add_argument("--slow", type=float, default=1.0, help="and of a slow router")
    options = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(serve(Nation(country_of(options), options), options.port))


if __name__ == "__main__":
    main()
