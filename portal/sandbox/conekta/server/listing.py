"""List by pages: newest first, `next` and `previous` name the record where a page ends."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import urlencode

from portal.sandbox.conekta.records import Order
from portal.sandbox.conekta.server.call import Call
from portal.sandbox.conekta.server.errors import ApiError, Json, Text, invalid
from portal.sandbox.conekta.server.parameters import ORDER_FILTERS
from portal.sandbox.conekta.server.rules import Object
from portal.sandbox.conekta.world import World

DEFAULT_LIMIT = 20
MAX_LIMIT = 250
_PAGING = ("next", "previous")


async def orders(world: World, call: Call) -> Json:
    """`GET /orders`."""
    complaints = list(Object(ORDER_FILTERS).complaints(dict(call.query), ""))
    if complaints:
        raise ApiError(422, complaints)
    matches = _order_filter(call.query)
    newest_first = reversed(world.by_account[call.account])
    found = [order for order in newest_first if matches(order)]
    chosen = page([order.id for order in found], call.query)
    bodies = [world.order_body(order) for order in found[chosen]]
    return page_body(f"{world.url}/orders", call.query, bodies, chosen, len(found))


def page(identifiers: Sequence[str], query: Mapping[str, str]) -> slice:
    """Tell which of the records, newest first, stand on the page that the query asks for."""
    limit = _limit(query.get("limit", str(DEFAULT_LIMIT)))
    if "next" in query:
        start = _position(identifiers, query["next"]) + 1
        return slice(start, start + limit)
    if "previous" in query:
        end = _position(identifiers, query["previous"])
        return slice(max(0, end - limit), end)
    return slice(0, limit)


def page_body(
    url: str, query: Mapping[str, str], bodies: Sequence[Json], chosen: slice, total: int
) -> Json:
    """Give one page; its links keep the query's other parameters."""
    kept = {name: value for name, value in query.items() if name not in _PAGING}
    more = chosen.stop < total
    body: Json = {"next_page_url": None, "previous_page_url": None}
    if more and bodies:
        body["next_page_url"] = f"{url}?{urlencode({**kept, 'next': bodies[-1]['id']})}"
    if chosen.start > 0 and bodies:
        body["previous_page_url"] = f"{url}?{urlencode({**kept, 'previous': bodies[0]['id']})}"
    return {**body, "has_more": more, "total": total, "object": "list", "data": list(bodies)}


def _limit(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MAX_LIMIT:
        raise invalid("limit", Text("El límite es de 1 a 250.", "The limit is 1 to 250."), "limit")
    return int(text)


def _position(identifiers: Iterable[str], wanted: str) -> int:
    for position, identifier in enumerate(identifiers):
        if identifier == wanted:
            return position
    raise invalid("next", Text("La página no existe.", "The page does not exist."), "next")


def _order_filter(query: Mapping[str, str]) -> Callable[[Order], bool]:
    tests: list[Callable[[Order], bool]] = []
    for name in ("created_at", "updated_at"):
        tests += _time_tests(query, name)
    wanted = {query[name] for name in query.keys() & {"payment_status", "last_payment_info.status"}}
    if wanted:
        tests.append(lambda order: wanted == {order.status})
    if "search" in query:
        tests.append(lambda order: _mentions(order, query["search"].lower()))
    return lambda order: all(test(order) for test in tests)


def _time_tests(query: Mapping[str, str], name: str) -> list[Callable[[Order], bool]]:
    tests: list[Callable[[Order], bool]] = []
    if name in query:
        moment = _seconds(query, name)
        tests.append(lambda order: bool(getattr(order, name) == moment))
    if f"{name}.gte" in query:
        since = _seconds(query, f"{name}.gte")
        tests.append(lambda order: bool(getattr(order, name) >= since))
    if f"{name}.lte" in query:
        until = _seconds(query, f"{name}.lte")
        tests.append(lambda order: bool(getattr(order, name) <= until))
    return tests


def _seconds(query: Mapping[str, str], name: str) -> int:
    if not query[name].isdecimal():
        raise invalid(name, Text("No es una fecha.", "It is no time in Unix seconds."), name)
    return int(query[name])


def _mentions(order: Order, wanted: str) -> bool:
    parts = (order.id, order.parts["customer_info"], order.parts["metadata"])
    return wanted in json.dumps(parts, ensure_ascii=False).lower()
