"""Share what all connections to the API have in common, and who is let in.

Assumed, since no documentation says it: a connection above `max-sessions` is accepted and
closed at once without a word.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from portal.sandbox.routeros.device import Device
from portal.sandbox.routeros.faults import Faults
from portal.sandbox.routeros.menus import paths
from portal.sandbox.routeros.wire.requests import Request

_REMEMBERED_COMMANDS = 20_000
_MAX_SESSIONS = "20"


@dataclass
class Counters:
    """Hold what the API has seen since it started, or since the counters were reset."""

    commands: int = 0
    connections: int = 0
    refused_connections: int = 0
    bytes_in: int = 0
    bytes_out: int = 0


class Client(Protocol):
    """Describe what the API knows of a connection; `lost` is set when its socket is closed."""

    service: str
    lost: asyncio.Future[None]

    def cut(self) -> None:
        """Hang up at once."""


@dataclass
class Api:
    """Hold the router's API service.

    `received` are the latest commands, without their secrets; `open` are the connections let
    in, `standing` all whose socket is not closed yet. Of a connection's commands it works on
    `at_once` side by side, the others wait; None knows no limit.
    """

    device: Device
    faults: Faults
    user: str
    password: str = field(repr=False)
    after_command: Callable[[], None]
    at_once: int | None = None
    counters: Counters = field(default_factory=Counters)
    received: deque[Request] = field(default_factory=lambda: deque(maxlen=_REMEMBERED_COMMANDS))
    open: set[Client] = field(default_factory=set)
    standing: set[Client] = field(default_factory=set)

    def accepts(self, service: str) -> bool:
        """Tell whether one more connection to `api` or `api-ssl` is let in."""
        row = self.device.tables[paths.SERVICE].first("name", service)
        if row is None or row.get("disabled") == "true" or self.faults.take_connection():
            return False
        standing = sum(1 for connection in self.open if connection.service == service)
        return standing < int(row.get("max-sessions", _MAX_SESSIONS))

    def password_of(self, name: str) -> str | None:
        """Give the password of a user of the router: the table's, else that it was begun with.

        None where there is no such user.
        """
        row = self.device.tables[paths.PEOPLE].first("name", name)
        if row is None or row.get("disabled") == "true":
            return None
        return row.get("password") or (self.password if name == self.user else None)

    def tells_passwords_to(self, name: str) -> bool:
        """Tell whether this user's group has the policy `sensitive`.

        Assumed, since versions differ: without it the property is left out.
        """
        row = self.device.tables[paths.PEOPLE].first("name", name)
        group = row and self.device.tables[paths.GROUP].first("name", row.get("group"))
        return group is not None and "sensitive" in group.get("policy").split(",")

    def cut_connections(self) -> Awaitable[object]:
        """Cut every connection at once; give what ends when the last of their sockets is closed.

        None of them takes a command from then on.
        """
        standing = list(self.standing)
        for connection in standing:
            connection.cut()
        return asyncio.gather(*(connection.lost for connection in standing))

    async def drop_connections(self) -> None:
        """Cut every connection; done when the last of their sockets is closed."""
        await self.cut_connections()

    def count_sent(self, size: int) -> None:
        """Count so many bytes of replies."""
        self.counters.bytes_out += size

    def forget(self) -> None:
        """Start the counters and the list of commands anew."""
        self.counters = Counters()
        self.received.clear()
