"""Let the beginning of a path decide who answers it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from portal.sandbox.gateway.http import Handler, Request, Response


def by_path(pages: Mapping[str, Handler], others: Handler) -> Handler:
    """Give what answers each of these prefixes by its own page, and everything else by `others`."""

    async def answer(request: Request, gone: asyncio.Event) -> Response:
        for prefix, page in pages.items():
            if request.path.startswith(prefix):
                return await page(request, gone)
        return await others(request, gone)

    return answer
