"""Serve a simulated gateway's knobs over HTTP, under `/_sandbox/` on the same port."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from portal.sandbox.gateway.controls import GatewayControls
from portal.sandbox.gateway.faults import Action, Fault
from portal.sandbox.gateway.http import Json, Request, Response
from portal.sandbox.gateway.latency import Latency

PREFIX = "/_sandbox/"
Knob = Callable[..., object]


class ControlApi:
    """Answer JSON: 200 with what is asked for, 404 for what is not there, 422 for nonsense.

    `actions` are what this gateway has besides what all have, by method and path; `state` is told
    on top. Each is called with the fields of the body.
    """

    def __init__(
        self,
        controls: GatewayControls,
        actions: Mapping[tuple[str, str], Knob],
        state: Callable[[], Json] = dict,
    ) -> None:
        self._controls, self._world = controls, controls.world
        self._more_of_state = state
        self._actions = {**self._common(), **actions}

    async def answer(self, request: Request, gone: asyncio.Event) -> Response:
        """Answer one call."""
        path = request.path.removeprefix(PREFIX).strip("/")
        try:
            result = self._dispatch(request.method, path, json.loads(request.body or b"{}"))
        except KeyError:
            return _json(404, {"error": "there is no such thing"})
        except (TypeError, ValueError, RecursionError) as nonsense:
            return _json(422, {"error": str(nonsense)})
        return _json(200, {"done": True} if result is None else result)

    def _dispatch(self, method: str, path: str, body: Json) -> object:
        match method, path.split("/"):
            case "GET", ["orders", identifier]:
                return self._controls.order(identifier)
            case "POST", ["orders", identifier, action]:
                return self._order_actions()[action](identifier, **body)
        return self._actions[method, path](**body)

    def _order_actions(self) -> dict[str, Knob]:
        controls = self._controls
        return {
            "pay": controls.pay,
            "expire": controls.expire,
            "charge_back": controls.charge_back,
            "refund": controls.refund,
            "challenge": controls.challenge,
            "alter": controls.alter,
        }

    def _common(self) -> dict[tuple[str, str], Knob]:
        return {
            ("GET", "state"): self._state,
            ("GET", "orders"): self._controls.orders,
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._world.faults.clear,
            ("PUT", "latency"): self._slow,
            ("PUT", "behaviour"): self._controls.behave,
            ("POST", "clock"): self._world.clock.advance,
            ("DELETE", "counters"): self._world.meter.reset,
        }

    def _state(self) -> Json:
        return {
            "url": self._world.url,
            "now": self._world.clock.now(),
            "orders": len(self._world.orders),
            "counters": self._world.meter.figures(),
            "faults": [asdict(fault) for fault in self._world.faults.waiting()],
            "latency": _without_keys(asdict(self._world.latency)),
            "behaviour": asdict(self._world.behaviour),
            **self._more_of_state(),
        }

    def _add_fault(self, action: str, kinds: list[str] | None = None, **rest: Any) -> None:
        self._world.faults.add(Fault(Action(action), frozenset(kinds or ()), **rest))

    def _slow(self, **seconds: Any) -> None:
        self._world.latency = Latency(**seconds)


def _without_keys(latency: Json) -> Json:
    """Private keys are told to nobody, not even which are slow."""
    return {name: value for name, value in latency.items() if name != "keys"}


def _json(status: int, body: object) -> Response:
    return Response(status, json.dumps(body, default=_plain).encode())


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value.value
