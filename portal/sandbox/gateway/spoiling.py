"""Give a client something in place of an answer, or of an execution that never was."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

from portal.sandbox.gateway.faults import Action, Fault, Faults
from portal.sandbox.gateway.http import Manner, Response

GATEWAY_TROUBLE = (502, 503, 504)
_CUT = Response(200, manner=Manner.CUT)
_GARBAGE = b'{"object": "order", "id": \xff\xfe<html>'


async def spoiled(
    faults: Faults,
    fault: Fault,
    response: Response | None,
    gone: asyncio.Event,
    trouble: Callable[[int], Response],
) -> Response:
    """Give the answer as the fault leaves it; `trouble` makes the gateway's own of a status."""
    if fault.action is Action.STATUS:
        if fault.status in GATEWAY_TROUBLE:
            page = b"<html><body>upstream trouble</body></html>"
            return Response(fault.status, page, "text/html")
        return trouble(fault.status)
    if fault.error is not None:
        return Response(fault.status, json.dumps(fault.error).encode())
    if fault.action is Action.GARBAGE:
        return Response(200, _GARBAGE)
    if fault.action is Action.HANG:
        await faults.hang(gone, fault.seconds)
    if response is None or fault.action in (Action.HANG, Action.CUT):
        return _CUT
    manner = Manner(fault.action.value)
    pause = 0.05 if fault.seconds is None else fault.seconds
    return Response(response.status, response.body, manner=manner, seconds=pause)
