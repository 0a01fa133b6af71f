"""Post by HTTP without waiting threads; only the answer's status is of interest."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

# What a try counts as when there was no answer at all.
NO_ANSWER = 0


async def post(url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> int:
    """Give the status that a POST was answered with, or 0; `timeout` seconds for all of it."""
    try:
        async with asyncio.timeout(timeout):
            return await _post(url, body, headers)
    except (OSError, TimeoutError, ValueError, IndexError):
        return NO_ANSWER


async def _post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    context = ssl.create_default_context() if secure else None
    reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=context)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = [
            f"POST {target} HTTP/1.1",
            f"Host: {parts.hostname}:{port}",
            f"Content-Length: {len(body)}",
            "Connection: close",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        await writer.drain()
        status = int((await reader.readline()).split()[1])
        await reader.read(65536)
        return status
    finally:
        writer.close()
