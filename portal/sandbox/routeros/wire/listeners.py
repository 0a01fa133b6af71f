"""Listen on the sockets of the API."""

from __future__ import annotations

import asyncio
import ssl
from functools import partial
from pathlib import Path

from portal.sandbox.accepted import close_listener
from portal.sandbox.routeros.menus import paths
from portal.sandbox.routeros.wire.api import Api
from portal.sandbox.routeros.wire.connection import Connection
from portal.sandbox.routeros.wire.tls import Certificate, Tls, anonymous_context


class Listeners:
    """Run the services `api` and, where TLS is asked for, `api-ssl`.

    A certificate is kept in `kept_beside`, so that its fingerprint stays the same.
    """

    def __init__(
        self,
        api: Api,
        host: str,
        port: int,
        tls: Tls | None,
        tls_port: int,
        kept_beside: Path | None,
    ) -> None:
        self.host = host
        self.port = port
        self.tls = tls
        self.tls_port = tls_port
        self.certificate: Certificate | None = None
        self._api = api
        self._context: ssl.SSLContext | None = None
        self._servers: list[asyncio.Server] = []
        if tls is Tls.CERTIFICATE:
            self.certificate = (
                Certificate.kept_in(kept_beside) if kept_beside else Certificate.make()
            )
            self._context = self.certificate.context()
        elif tls is Tls.ANONYMOUS:
            self._context = anonymous_context()

    @property
    def open(self) -> bool:
        """Tell whether anybody listens."""
        return bool(self._servers)

    async def start(self) -> None:
        """Listen; afterwards the ports are known."""
        self.port = await self._listen("api", self.port, None)
        if self._context is not None:
            self.tls_port = await self._listen("api-ssl", self.tls_port, self._context)
        self.announce()

    def announce(self) -> None:
        """Let `/ip/service` tell the ports as they are."""
        table = self._api.device.tables[paths.SERVICE]
        shown: dict[str, dict[str, str | None]] = {"api": {"port": str(self.port)}}
        if self.tls:
            certificate = "sandbox" if self.certificate else None
            shown["api-ssl"] = {"port": str(self.tls_port), "certificate": certificate}
        for row in table:
            table.update(row, shown.get(row.get("name"), {}))

    async def stop(self) -> None:
        """Listen no more, and cut all connections."""
        for server in self._servers:
            await close_listener(server)
        self._servers.clear()
        await self._api.drop_connections()

    async def _listen(self, service: str, port: int, context: ssl.SSLContext | None) -> int:
        server = await asyncio.get_running_loop().create_server(
            partial(Connection, self._api, service),
            self.host,
            port,
            ssl=context,
            ssl_shutdown_timeout=None if context is None else 1,
        )
        self._servers.append(server)
        bound: int = server.sockets[0].getsockname()[1]
        return bound
