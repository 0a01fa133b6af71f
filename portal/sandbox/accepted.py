"""Close a listener without leaving unclosed what it has just accepted."""

from __future__ import annotations

import asyncio

# From accept to `connection_made` asyncio's selector loop (CPython 3.11) takes three turns.
TURNS = 5


async def close_listener(server: asyncio.Server) -> None:
    """Accept nothing more, let what was accepted reach its protocol, then close the listener.

    CPython 3.11 leaves a socket unclosed where its server was closed between the two.
    """
    loop = asyncio.get_running_loop()
    for listening in server.sockets:
        loop.remove_reader(listening.fileno())
    for _ in range(TURNS):
        await asyncio.sleep(0)
    server.close()
