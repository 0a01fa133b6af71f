"""Lose answers of a gateway or a router, and have nothing else hurry because of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from flask import Flask

from portal.hotspot.deadline import Deadline
from tests.support.shop import Shop
from tests.support.wrapped_ports import wrapped_ports

# Seconds until whoever is left hanging gives up.
LITTLE_TIME = 0.7
# By which methods each kind of call is made; those that move money look the order up as well.
METHODS = {
    "open_order": ("open_order",),
    "order_with_charge": ("charge",),
    "charge": ("charge",),
    "look_up": ("look_up", "charge", "cancel", "refund"),
    "list": ("orders", "find", "open_order", "charge"),
    "refund": ("refund",),
    "cancel": ("cancel", "charge"),
    "transaction": ("charge",),
}


class Hurried:
    """A port of which some methods have little time, whatever time they are given."""

    def __init__(self, port: Any, methods: tuple[str, ...], seconds: float) -> None:
        self._port, self._methods, self._seconds = port, methods, seconds

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        return _hurried(method, self._seconds) if name in self._methods else method


def _hurried(method: Callable[..., Any], seconds: float) -> Callable[..., Any]:
    """The same, of whose arguments one is a float: the seconds that it may take."""

    @wraps(method)
    def call(*given: Any, **named: Any) -> Any:
        cut = (min(one, seconds) if isinstance(one, float) else one for one in given)
        return method(*cut, **named)

    return call


@contextmanager
def hurried(app: Flask, *methods: str, seconds: float = LITTLE_TIME) -> Iterator[None]:
    """In the block these methods of gateways and routers have little time, all else its own.

    So what does answer may take as long as it takes on a busy machine.
    """
    ports = app.extensions["ports"]
    app.extensions["ports"] = wrapped_ports(ports, lambda end: Hurried(end, methods, seconds))
    try:
        yield
    finally:
        app.extensions["ports"] = ports


@contextmanager
def hurried_at_router(app: Flask, command: str, seconds: float) -> Iterator[None]:
    """In the block this command has little time at any router, all else its own."""
    ports, runs = app.extensions["ports"], {}

    def look_at(router: Any) -> None:
        channel = router.channel
        if channel not in runs:
            runs[channel] = vars(channel).get("run")
            channel.run = _hurried_command(channel.run, command, seconds)

    app.extensions["ports"] = wrapped_ports(ports, lambda end: end, look_at)
    try:
        yield
    finally:
        app.extensions["ports"] = ports
        for channel, run in runs.items():
            del channel.run
            if run is not None:
                channel.run = run


def _hurried_command(run: Callable[..., Any], command: str, seconds: float) -> Callable[..., Any]:
    def call(order: Any, deadline: Deadline) -> Any:
        # All need a login, where none is let in.
        hangs = command in ("/login", order.command.path)
        return run(order, deadline.within(seconds) if hangs else deadline)

    return call


@contextmanager
def losing(
    shop: Shop, action: str, kind: str, *, executed: bool = False, times: int | None = 1
) -> Iterator[None]:
    """In the block the answers to such calls are lost by this action, a hang among them."""
    shop.gateway.fail(action, kind, executed=executed, times=times)
    with hurried(shop.app, *(METHODS[kind] if action == "hang" else ())):
        yield
