"""Run the world outside of the application: router and gateway sandboxes, a process each."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Self

import psutil
import requests

from tests.support.processes.family import family
from tests.support.processes.process import Process

ROUTER_SECONDS = 0.020
CALL_SECONDS = 0.100
AUTHORISATION_SECONDS = 0.300
PROFILE = "1hora"
CONTROL_SECONDS = 60.0
# The only licence without a cap on the devices that are online.
LICENSE = ("--license-level", "6")


@dataclass(frozen=True)
class Device:
    """A customer's phone, and the number of the router at which it is."""

    number: int
    router: int

    @property
    def mac(self) -> str:
        return f"02:00:5E:10:{self.number >> 8:02X}:{self.number & 255:02X}"

    @property
    def ip(self) -> str:
        return f"10.5.{self.number >> 8}.{self.number & 255}"


@dataclass(frozen=True)
class Traffic:
    """What the sandboxes counted: commands, connections and bytes at the routers, and the
    gateway's calls by kind."""

    commands: int
    connections: int
    bytes: int
    calls: dict[str, int]


class Fleet:
    """Routers and a gateway with the delays above, as a context manager."""

    def __init__(self, routers: int) -> None:
        self._stack = ExitStack()
        self._session = requests.Session()
        self._session.trust_env = False
        delay = ("--delay", str(ROUTER_SECONDS * 1000))
        command = ("portal.sandbox.routeros", *delay, "--control-port", "0", *LICENSE)
        self._router_processes = [_module(*command) for _ in range(routers)]
        self._gateway_process = _module(
            *("portal.sandbox.conekta", "--latency", str(CALL_SECONDS)),
            *("--authorisation", str(AUTHORISATION_SECONDS)),
        )
        self.routers: list[dict[str, Any]] = []
        self.gateway_url = ""

    def __enter__(self) -> Self:
        self._stack.enter_context(self._session)
        with ExitStack() as starting:
            # All start at once, and only then are waited for.
            for process in (*self._router_processes, self._gateway_process):
                starting.enter_context(process)
            self.routers = [process.wait_for_json() for process in self._router_processes]
            self.gateway_url = self._gateway_process.wait_for_url()
            self._stack.push(starting.pop_all())
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stack.close()

    @property
    def processes(self) -> list[psutil.Process]:
        every = (*self._router_processes, self._gateway_process)
        return [member for process in every for member in family(process.pid)]

    def furnish(self, found: Iterable[Device]) -> None:
        """Begin anew: no users, one profile, and these devices in the host tables."""
        devices = list(found)
        for number in {device.router for device in devices}:
            self._control("POST", number, "/reset")
            self._control("POST", number, "/profiles", {"name": PROFILE})
        for device in devices:
            host = {"mac": device.mac, "address": device.ip}
            self._control("POST", device.router, "/hosts", host)

    def fill(self, routers: int, users: int) -> None:
        """Add so many users that are not ours to each of the first routers."""
        for number in range(routers):
            self._control("POST", number, "/users/many", {"count": users})

    def reset_counters(self) -> None:
        """Count from zero."""
        for number in range(len(self.routers)):
            self._control("DELETE", number, "/commands")
        self._request("DELETE", f"{self.gateway_url}/_sandbox/counters")

    def traffic(self) -> Traffic:
        """What came over the lines since the counters were reset."""
        seen = [self._control("GET", n, "/counters") for n in range(len(self.routers))]
        state = self._request("GET", f"{self.gateway_url}/_sandbox/state")
        return Traffic(
            commands=sum(router["commands"] for router in seen),
            connections=sum(router["connections"] for router in seen),
            bytes=sum(router["bytes_in"] + router["bytes_out"] for router in seen),
            calls=state["counters"]["calls"],
        )

    def _control(self, method: str, router: int, path: str, body: Any = None) -> Any:
        return self._request(method, self.routers[router]["control_url"] + path, body)

    def _request(self, method: str, url: str, body: Any = None) -> Any:
        answer = self._session.request(method, url, json=body, timeout=CONTROL_SECONDS)
        answer.raise_for_status()
        return answer.json()


def _module(*arguments: str) -> Process:
    return Process([sys.executable, "-m", *arguments])
