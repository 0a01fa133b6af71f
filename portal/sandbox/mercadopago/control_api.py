"""The control API: some knobs of `Controls` over HTTP, under `/_sandbox/` on the same port."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from portal.sandbox.gateway.faults import Action, Fault
from portal.sandbox.gateway.http import Json, Request, Response
from portal.sandbox.gateway.latency import Latency
from portal.sandbox.mercadopago.controls import Controls

PREFIX = "/_sandbox/"


class ControlApi:
    """Answers JSON: 200 with what is asked for, 404 for what is not there, 422 for nonsense."""

    def __init__(self, controls: Controls) -> None:
        self._controls, self._world = controls, controls.world

    async def answer(self, request: Request, gone: asyncio.Event) -> Response:
        """Answer one call."""
        parts = request.path.removeprefix(PREFIX).strip("/").split("/")
        try:
            body = json.loads(request.body or b"{}")
            result = self._dispatch(request.method, parts, body)
        except KeyError:
            return _json(404, {"error": "there is no such thing"})
        except (TypeError, ValueError) as nonsense:
            return _json(422, {"error": str(nonsense)})
        return _json(200, {"done": True} if result is None else result)

    def _dispatch(self, method: str, parts: list[str], body: Json) -> object:
        match method, parts:
            case "GET", ["orders", identifier]:
                return self._controls.order(identifier)
            case "POST", ["orders", identifier, action]:
                return self._order_actions()[action](identifier, **body)
        return self._actions()[method, "/".join(parts)](**body)

    def _order_actions(self) -> dict[str, Callable[..., object]]:
        controls = self._controls
        return {
            "pay": controls.pay,
            "expire": controls.expire,
            "charge_back": controls.charge_back,
            "refund": controls.refund,
            "challenge": controls.challenge,
        }

    def _actions(self) -> dict[tuple[str, str], Callable[..., object]]:
        return {
            ("GET", "state"): self._state,
            ("GET", "orders"): self._controls.orders,
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._world.faults.clear,
            ("PUT", "latency"): self._slow,
            ("PUT", "behaviour"): self._controls.behave,
            ("POST", "subscriptions"): self._controls.tell,
            ("POST", "clock"): self._world.clock.advance,
        }

    def _state(self) -> Json:
        latency = asdict(self._world.latency)
        # Access tokens are told to nobody, not even which are slow.
        latency.pop("keys")
        return {
            "url": self._world.url,
            "orders": len(self._world.orders),
            "counters": self._world.meter.figures(),
            "faults": [asdict(fault) for fault in self._world.faults.waiting()],
            "latency": latency,
            "behaviour": asdict(self._world.behaviour),
        }

    def _add_fault(self, action: str, kinds: list[str] | None = None, **rest: Any) -> None:
        self._world.faults.add(Fault(Action(action), frozenset(kinds or ()), **rest))

    def _slow(self, **seconds: Any) -> None:
        self._world.latency = Latency(**seconds)


def _json(status: int, body: object) -> Response:
    return Response(status, json.dumps(body, default=_plain).encode())


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value.value
