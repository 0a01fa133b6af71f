"""Count for Prometheus: requests, calls to gateways and routers, and sales by state.

With PROMETHEUS_MULTIPROC_DIR set, the processes that share that folder are counted together.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from functools import cache

from flask import Flask, Response, current_app, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

NO_ROUTE = "none"
WORKERS_DUE = "workers_due"
WORKERS_SECONDS = 60.0
OUTSIDE_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30)

REQUESTS = Counter("portal_http_requests_total", "Requests answered", ("method", "route", "status"))
REQUEST_SECONDS = Histogram(
    "portal_http_request_seconds",
    "From a request's arrival to its answer",
    ("route",),
    buckets=(0.001, 0.0025, 0.005, *OUTSIDE_SECONDS),
)
GATEWAY_SECONDS = Histogram(
    "portal_gateway_call_seconds",
    "Calls to a payment gateway",
    ("operation", "outcome"),
    buckets=OUTSIDE_SECONDS,
)
ROUTER_SECONDS = Histogram(
    "portal_router_command_seconds",
    "Commands to a router",
    ("command", "outcome"),
    buckets=OUTSIDE_SECONDS,
)
SALE_MOVES = Counter("portal_sale_moves_total", "Sales that reached a state", ("state",))
WORKERS = Gauge(
    "portal_workers",
    "Workers that showed themselves in the last 2 minutes",
    multiprocess_mode="mostrecent",
)
ALERTS = Gauge(
    "portal_alerts", "Alerts that are open, by kind", ("kind",), multiprocess_mode="mostrecent"
)


# What was counted once is found again without its labels being checked again.
_requests = cache(REQUESTS.labels)
_request_seconds = cache(REQUEST_SECONDS.labels)
_gateway_seconds = cache(GATEWAY_SECONDS.labels)
_router_seconds = cache(ROUTER_SECONDS.labels)
_sale_moves = cache(SALE_MOVES.labels)


def register(app: Flask) -> None:
    """Count the application's requests."""
    app.after_request(_count_request)


def count_move(state: str) -> None:
    """Count a sale that has reached this state."""
    _sale_moves(state).inc()


def workers_are_stale() -> bool:
    """Say, once in a while in each process, that its workers should be counted again."""
    now = time.monotonic()
    due: float = current_app.extensions.get(WORKERS_DUE, 0.0)
    if now < due:
        return False
    current_app.extensions[WORKERS_DUE] = now + WORKERS_SECONDS
    return True


def show_workers(count: int) -> None:
    """Show how many workers showed themselves lately."""
    WORKERS.set(count)


def show_alerts(counts: Mapping[str, int]) -> None:
    """Show how many alerts of each kind are open."""
    for kind, count in counts.items():
        ALERTS.labels(kind).set(count)


def observe_gateway(operation: str, seconds: float, outcome: str) -> None:
    """Note that a call to a gateway ended, with an HTTP status or the reason why no answer came."""
    _gateway_seconds(operation, outcome).observe(seconds)


def observe_router(command: str, seconds: float, outcome: str) -> None:
    """Note that a command to a router ended: `/ip/hotspot/user/add` with `ok`, say."""
    _router_seconds(command, outcome).observe(seconds)


def exposition() -> tuple[bytes, str]:
    """Write all figures in Prometheus' text format; return its content type too."""
    return generate_latest(_registry()), CONTENT_TYPE_LATEST


def _registry() -> CollectorRegistry:
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry


def _count_request(response: Response) -> Response:
    route = request.url_rule.rule if request.url_rule else NO_ROUTE
    count_request(request.method, route, response.status_code, g.get("began"))
    return response


def count_request(method: str, route: str, status: int, began: float | None) -> None:
    """Count a request, and how long it took since `began` of the performance counter."""
    _requests(method, route, status).inc()
    if began is not None:
        _request_seconds(route).observe(time.perf_counter() - began)
