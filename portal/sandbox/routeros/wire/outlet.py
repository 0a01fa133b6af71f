"""Let a connection's replies leave, at once or drop by drop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Outlet:
    """Send on a connection. Replies never mix, even while one dribbles."""

    def __init__(self, count_sent: Callable[[int], None]) -> None:
        self.transport: asyncio.Transport | None = None
        self._count_sent = count_sent
        self._dribbling: bytearray | None = None

    def send(self, data: bytes) -> None:
        """Send the bytes, behind those that still dribble."""
        if self._dribbling is not None:
            self._dribbling += data
        elif data:
            self._write(data)

    async def dribble(self, data: bytes, pause: float) -> None:
        """Send the bytes one by one, `pause` seconds apart, and whatever comes behind them."""
        if self._dribbling is not None:
            self._dribbling += data
            return
        self._dribbling = bytearray(data)
        while self._dribbling:
            self._write(bytes(self._dribbling[:1]))
            del self._dribbling[:1]
            await asyncio.sleep(pause)
        self._dribbling = None

    def close(self) -> None:
        """Hang up once all is sent."""
        if self.transport is not None:
            self.transport.close()

    def cut(self) -> None:
        """Hang up at once."""
        if self.transport is not None:
            self.transport.abort()

    def _write(self, data: bytes) -> None:
        if self.transport is not None:
            self._count_sent(len(data))
            self.transport.write(data)
