"""Test how much an address may ask for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from limits import RateLimitItemPerMinute
from werkzeug.test import TestResponse

from config import SettingsError
from portal.web import protection
from tests.support.patience import within
from tests.support.servers.ports import free_port
from tests.support.shop import close_app, make_app
from tests.web.redis_peer import RedisPeer, redis_peer

PAY = "/api/v1/payments/pagar-conekta"
RECONNECT = "/api/v1/hotspot/auto-reconnect"
LOGIN = "/api/v1/auth/login"
HERE, ELSEWHERE = "10.0.0.1", "10.0.0.2"
MakeApp = Callable[..., Flask]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[MakeApp]:
    """Makes applications that share a database."""
    with ExitStack() as stack:

        def make_one(**settings: Any) -> Flask:
            app = make_app(tmp_path, None, **settings)
            stack.callback(close_app, app)
            return app

        yield make_one


def post(app: Flask, path: str, address: str = HERE, **headers: str) -> TestResponse:
    """What the caller may do with it is not looked at: counting comes first."""
    return app.test_client().post(
        path, json={}, headers=headers, environ_overrides={"REMOTE_ADDR": address}
    )


def statuses(app: Flask, path: str, times: int, address: str = HERE, **headers: str) -> list[int]:
    return [post(app, path, address, **headers).status_code for _ in range(times)]


@pytest.mark.parametrize(
    ("path", "name", "status"),
    [
        (PAY, "address_sales", 401),
        (RECONNECT, "address_reconnections", 401),
        (LOGIN, "address_logins", 422),
    ],
)
def test_an_address_that_asks_too_often_waits(
    make: MakeApp, path: str, name: str, status: int
) -> None:
    app = make(**{name: 3})
    assert statuses(app, path, 5) == [status] * 3 + [429] * 2
    answer = post(app, path)
    assert answer.json == {"detail": "Demasiados intentos. Espere un momento e intente de nuevo."}
    assert answer.headers["Retry-After"] == "60"
    assert answer.headers["X-Request-ID"]
    assert statuses(app, path, 1, ELSEWHERE) == [status]


def test_looking_is_not_limited(make: MakeApp) -> None:
    app = make(address_sales=1)
    assert statuses(app, PAY, 2) == [401, 429]
    client = app.test_client()
    answers = [client.get("/api/v1/payments/sal_1").status_code for _ in range(5)]
    assert answers == [401] * 5


def test_a_window_that_is_over_begins_anew_and_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0
    monkeypatch.setattr(protection, "monotonic", lambda: now)
    windows, limit = protection.MemoryWindows(), RateLimitItemPerMinute(1)
    assert [windows.hit(limit, HERE), windows.hit(limit, HERE)] == [True, False]
    now = 61.0
    assert windows.hit(limit, ELSEWHERE)
    assert windows.names == {(ELSEWHERE,)}
    assert windows.hit(limit, HERE)


def test_counting_starts_no_thread(make: MakeApp) -> None:
    app = make()
    before = set(threading.enumerate())
    statuses(app, PAY, 2)
    assert set(threading.enumerate()) <= before


def test_nothing_is_limited_where_the_setting_is_zero(make: MakeApp) -> None:
    app = make(address_sales=0)
    assert set(statuses(app, PAY, 20)) == {401}


def test_a_crowd_behind_one_address_is_let_through_by_default(make: MakeApp) -> None:
    assert set(statuses(make(), PAY, 700)) == {401}


def test_pages_and_api_are_counted_together(make: MakeApp) -> None:
    app = make(address_sales=2)
    statuses(app, PAY, 2)
    page = post(app, "/r/RTR_00000000/pagar")
    assert page.status_code == 429
    assert page.mimetype == "text/html"


def test_only_trusted_proxies_say_who_asks(make: MakeApp) -> None:
    behind = make(address_sales=1, trusted_proxies=1)
    for address in (HERE, ELSEWHERE):
        assert statuses(behind, PAY, 2, X_Forwarded_For=f"1.1.1.1, {address}") == [401, 429]
    alone = make(address_sales=1)
    assert statuses(alone, PAY, 1, X_Forwarded_For=HERE) == [401]
    assert statuses(alone, PAY, 1, X_Forwarded_For=ELSEWHERE) == [429]


def test_an_ipv6_network_is_one_caller(make: MakeApp) -> None:
    app = make(address_sales=1)
    assert statuses(app, PAY, 1, "2001:db8:0:1::1") == [401]
    assert statuses(app, PAY, 1, "2001:db8:0:1:ffff::9") == [429]
    assert statuses(app, PAY, 1, "2001:db8:0:2::1") == [401]


@pytest.fixture
def redis() -> Iterator[RedisPeer]:
    with redis_peer() as peer:
        yield peer


def test_processes_that_share_a_redis_count_together(make: MakeApp, redis: RedisPeer) -> None:
    first, second = (make(address_sales=3, ratelimit_storage_uri=redis.url) for _ in range(2))
    assert statuses(first, PAY, 2) + statuses(second, PAY, 2) == [401, 401, 401, 429]
    [key] = [key for key in redis.counts if "sales" in key]
    assert HERE in key


def test_without_redis_each_process_counts_for_itself(make: MakeApp) -> None:
    url = f"redis://127.0.0.1:{free_port()}/0"
    app = make(address_sales=3, ratelimit_storage_uri=url)
    assert statuses(app, PAY, 4) == [401, 401, 401, 429]


@within(2.0)
def test_a_redis_that_hangs_keeps_nobody_waiting(make: MakeApp, redis: RedisPeer) -> None:
    redis.silent.set()
    app = make(address_sales=3, ratelimit_storage_uri=redis.url)
    assert statuses(app, PAY, 4) == [401, 401, 401, 429]


@pytest.mark.parametrize("uri", ["nowhere", "postgresql://127.0.0.1/x", "redis://127.0.0.1:port"])
def test_a_storage_that_is_none_stops_the_start(make: MakeApp, uri: str) -> None:
    with pytest.raises(SettingsError, match="RATELIMIT_STORAGE_URI"):
        make(ratelimit_storage_uri=uri)


def test_declines_count_for_some_time(make: MakeApp) -> None:
    with pytest.raises(SettingsError, match="DECLINE_MINUTES"):
        make(decline_minutes=0)
