"""The control API: the knobs of `Controls` over HTTP, under `/_sandbox/` on the same port."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from portal.sandbox.conekta.controls import Controls
from portal.sandbox.conekta.server.call import read_json
from portal.sandbox.conekta.server.errors import ApiError, Json
from portal.sandbox.conekta.settings import Latency
from portal.sandbox.gateway.faults import Action, Fault
from portal.sandbox.gateway.http import Request, Response

PREFIX = "/_sandbox/"


class ControlApi:
    """Answers JSON: 200 with what is asked for, 404 for what is not there, 422 for nonsense."""

    def __init__(self, controls: Controls) -> None:
        self._controls = controls
        self._world = controls.world

    async def answer(self, request: Request, gone: asyncio.Event) -> Response:
        """Answer one call."""
        parts = request.path.removeprefix(PREFIX).strip("/").split("/")
        try:
            result = self._dispatch(request.method, parts, read_json(request.body))
        except (KeyError, LookupError):
            return _json(404, {"error": "there is no such thing"})
        except (TypeError, ValueError) as nonsense:
            return _json(422, {"error": str(nonsense)})
        except ApiError as refusal:
            return _json(refusal.status, refusal.body(request.headers.get("accept-language", "")))
        return _json(200, {"done": True} if result is None else result)

    def _dispatch(self, method: str, parts: list[str], body: Json) -> object:
        if parts[0] == "orders" and method == "GET":
            return self._controls.order(parts[1]) if len(parts) > 1 else self._controls.orders()
        if parts[0] == "orders" and method == "POST":
            return self._order_actions()[parts[2]](parts[1], **body)
        return self._actions()[method, parts[0]](**body)

    def _order_actions(self) -> dict[str, Callable[..., object]]:
        controls = self._controls
        return {
            "pay": controls.pay,
            "expire": controls.expire,
            "charge_back": controls.charge_back,
            "refund": controls.refund,
            "challenge": controls.challenge,
            "alter": controls.alter,
        }

    def _actions(self) -> dict[tuple[str, str], Callable[..., object]]:
        return {
            ("GET", "state"): self._state,
            ("GET", "events"): self._controls.events,
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._world.faults.clear,
            ("PUT", "latency"): self._slow,
            ("PUT", "behaviour"): self._controls.behave,
            ("PUT", "deliveries"): self._controls.deliver,
            ("POST", "clock"): self._world.clock.advance,
            ("POST", "keys"): self._keys,
            ("POST", "tokens"): self._mint,
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
            "deliveries": asdict(self._controls.deliverer.manners),
        }

    def _add_fault(self, action: str, kinds: list[str] | None = None, **rest: Any) -> None:
        self._world.faults.add(Fault(Action(action), frozenset(kinds or ()), **rest))

    def _slow(self, **seconds: Any) -> None:
        self._controls.slow(Latency(**seconds))

    def _keys(self, refuse: list[str] | None = None, accept: list[str] | None = None) -> None:
        self._world.keyring.refused.update(refuse or ())
        self._world.keyring.refused.difference_update(accept or ())

    def _mint(self, number: str = "4242424242424242", key: str = "key_sandbox") -> Json:
        return {"id": self._controls.mint(number, key)}


def _without_keys(latency: Json) -> Json:
    """Private keys are told to nobody, not even which are slow."""
    return {name: value for name, value in latency.items() if name != "keys"}


def _json(status: int, body: object) -> Response:
    return Response(status, json.dumps(body, default=_plain).encode(), "application/json")


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value.value
