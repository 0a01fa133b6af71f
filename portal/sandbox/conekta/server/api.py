"""Take a call from the line and back: latency, faults, authentication, handler, answer."""

from __future__ import annotations

import asyncio
import json

from portal.sandbox.conekta.keyring import presented
from portal.sandbox.conekta.orders.arrivals import expire_due
from portal.sandbox.conekta.server import routes
from portal.sandbox.conekta.server.call import Call, read_json
from portal.sandbox.conekta.server.errors import (
    VENDOR_JSON,
    ApiError,
    Detail,
    Json,
    Text,
    general_failure,
    missing_key,
)
from portal.sandbox.conekta.server.routes import Route
from portal.sandbox.conekta.world import World
from portal.sandbox.gateway.faults import Fault
from portal.sandbox.gateway.http import Request, Response
from portal.sandbox.gateway.pace import Pace
from portal.sandbox.gateway.spoiling import spoiled

_HEADERS = {"Conekta-Media-Type": "conekta-v2.3.0; format=json"}


class Api:
    """Serve Conekta's API over one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def answer(self, request: Request, gone: asyncio.Event) -> Response:
        """Answer one call; `gone` is set when its client has left."""
        world = self._world
        route = routes.find(request.method, request.path)
        kind = routes.kind_of(route, _peek(request))
        world.meter.count(kind)
        key = presented(request.headers.get("authorization", ""))
        pace = Pace(world.latency.of(kind, key))
        await pace.first_half()
        fault = world.faults.take(kind, executed=False)
        if fault is not None:
            return await self._spoil(fault, None, gone)
        response = await self._execute(request, route)
        await pace.second_half()
        fault = world.faults.take(kind, executed=True)
        if fault is not None:
            return await self._spoil(fault, response, gone)
        return response

    async def _execute(self, request: Request, route: Route) -> Response:
        language = request.headers.get("accept-language", "es")
        expire_due(self._world)
        try:
            return _json(200, await route.handler(self._world, self._call(request, route)))
        except ApiError as refusal:
            return _json(refusal.status, refusal.body(language))

    def _call(self, request: Request, route: Route) -> Call:
        identity = self._world.keyring.identify(presented(request.headers.get("authorization", "")))
        if identity is None:
            raise missing_key()
        _require_version(request.headers.get("accept", ""))
        language = request.headers.get("accept-language", "es")
        body = read_json(request.body)
        return Call(identity, route.target, request.query, body, language)

    async def _spoil(
        self, fault: Fault, response: Response | None, gone: asyncio.Event
    ) -> Response:
        return await spoiled(self._world.faults, fault, response, gone, _trouble)


def _trouble(status: int) -> Response:
    refusal = missing_key() if status == 401 else general_failure(status)
    return _json(status, refusal.body("es"))


def _json(status: int, body: Json) -> Response:
    return Response(status, json.dumps(body).encode(), VENDOR_JSON, _HEADERS)


def _peek(request: Request) -> Json:
    """The body, only to tell what kind of call it is."""
    if request.method != "POST" or request.path.strip("/") != "orders":
        return {}
    try:
        return read_json(request.body)
    except ApiError:
        return {}


def _require_version(accept: str) -> None:
    """The sandbox speaks one version of the API, and says so to whoever asks for another."""
    if VENDOR_JSON not in accept:
        text = Text(
            f"La versión de la API debe pedirse con Accept: {VENDOR_JSON}.",
            f"The API's version must be asked for with Accept: {VENDOR_JSON}.",
        )
        raise ApiError(406, [Detail("parameter_validation.accept", text)])
