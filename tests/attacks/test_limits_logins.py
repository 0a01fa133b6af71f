"""Whoever knows an operator's e-mail, or has many addresses, keeps nobody out and fills nothing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event

import psutil
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.core.database import reading
from portal.models import AdminUser, Alert, LoginFailure
from portal.operators.people import passwords
from tests.support.servers.gunicorn import Server
from tests.support.servers.http import Api
from tests.support.shop import SECRETS, close_app, make_app
from tests.support.tenants import PASSWORD, make_tenant, make_user

STRANGER, OWNER = "198.51.100.1", "203.0.113.1"
WRONG = "a wrong password"
MANY = 110
MIB = 2**20


@pytest.fixture
def app(tmp_path: Path, database_url: str | None) -> Iterator[Flask]:
    app = make_app(tmp_path, database_url)
    yield app
    close_app(app)


def log_in(
    client: FlaskClient, email: str, password: str = PASSWORD, address: str = OWNER
) -> TestResponse:
    return client.post(
        "/api/v1/auth/login",
        json={"email": email, "password": password},
        environ_overrides={"REMOTE_ADDR": address},
    )


def guess(app: Flask, email: str, times: int, address: str = STRANGER) -> None:
    client = app.test_client()
    for _ in range(times):
        assert log_in(client, email, WRONG, address).status_code == 401


@pytest.mark.parametrize("times", [5, 12])
def test_a_stranger_s_tries_lock_the_stranger_alone(app: Flask, times: int) -> None:
    boss = make_user(app)
    guess(app, boss.email, times)
    stranger = app.test_client()
    assert log_in(stranger, boss.email, PASSWORD, STRANGER).status_code == 401
    assert log_in(app.test_client(), boss.email).status_code == 200


def test_a_stranger_has_an_ipv6_network_and_not_each_of_its_addresses(app: Flask) -> None:
    boss = make_user(app)
    for number in range(5):
        guess(app, boss.email, 1, f"2001:db8:1:2::{number}")
    stranger = app.test_client()
    assert log_in(stranger, boss.email, PASSWORD, "2001:db8:1:2::ffff").status_code == 401
    assert log_in(stranger, boss.email, PASSWORD, "2001:db8:1:3::1").status_code == 200


def test_who_shares_the_owner_s_network_does_not_lock_a_browser_that_was_here(app: Flask) -> None:
    """A café's customers and its operator come from one address."""
    owner = make_user(app, make_tenant(app).company_id)
    browser = app.test_client()
    assert log_in(browser, owner.email).status_code == 200
    guess(app, owner.email, 8, OWNER)
    assert log_in(app.test_client(), owner.email).status_code == 401
    assert log_in(browser, owner.email).status_code == 200


def test_the_cookie_of_a_browser_is_a_place_to_try_from_and_no_more(app: Flask) -> None:
    mine, theirs = make_user(app), make_user(app)
    browser = app.test_client()
    answer = log_in(browser, mine.email)
    cookie = answer.headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Path=/api/v1/auth"))
    for _ in range(5):
        assert log_in(browser, mine.email, WRONG).status_code == 401
    assert log_in(browser, mine.email).status_code == 401
    guess(app, theirs.email, 5, OWNER)
    assert log_in(browser, theirs.email).status_code == 401


@pytest.mark.parametrize("cookie", ["", "x", "WzEsIngiXQ.aaaaaa.bbbbbb"])
def test_a_cookie_of_somebody_s_own_making_is_none(app: Flask, cookie: str) -> None:
    boss = make_user(app)
    guess(app, boss.email, 5)
    stranger = app.test_client()
    stranger.set_cookie("portal_known_browser", cookie, path="/api/v1/auth")
    assert log_in(stranger, boss.email, PASSWORD, STRANGER).status_code == 401


def test_who_is_kept_out_may_change_the_password_while_logged_in(app: Flask) -> None:
    boss = make_user(app)
    client = app.test_client()
    token = log_in(client, boss.email).json["access_token"]
    guess(app, boss.email, 5, OWNER)
    for _ in range(5):
        assert log_in(client, boss.email, WRONG).status_code == 401
    answer = client.post(
        "/api/v1/auth/change-password",
        json={"current_password": PASSWORD, "new_password": "another long phrase"},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 200, answer.text


def test_who_stole_a_session_cannot_go_on_guessing_the_password(app: Flask) -> None:
    boss = make_user(app)
    client = app.test_client()
    headers = {"Authorization": f"Bearer {log_in(client, boss.email).json['access_token']}"}
    body = {"current_password": WRONG, "new_password": "another long phrase"}
    path = "/api/v1/auth/change-password"
    for _ in range(5):
        assert client.post(path, json=body, headers=headers).status_code == 422
    body["current_password"] = PASSWORD
    assert client.post(path, json=body, headers=headers).status_code == 422
    assert log_in(client, boss.email).status_code == 200


def test_many_networks_have_one_try_each_once_it_is_an_attack(app: Flask) -> None:
    owner = make_user(app, make_tenant(app).company_id)
    for number in range(61):
        guess(app, owner.email, 1, f"198.51.100.{number}")
    [alert] = alerts(app)
    assert (alert.kind, alert.times) == ("password_guessing", 1)
    assert owner.email in alert.message
    # The first try of a network is looked at, so that the owner gets in from anywhere.
    assert log_in(app.test_client(), owner.email, PASSWORD, "192.0.2.1").status_code == 200
    guess(app, owner.email, 1, "192.0.2.2")
    assert log_in(app.test_client(), owner.email, PASSWORD, "192.0.2.2").status_code == 401
    assert alerts(app)[0].times == 1


@pytest.mark.usefixtures("real_passwords")
def test_a_hash_of_other_cost_is_renewed_at_login(app: Flask) -> None:
    boss = make_user(app)
    assert log_in(app.test_client(), boss.email).status_code == 200
    with app.app_context(), reading() as session:
        hashed = session.get_one(AdminUser, boss.id).password_hash
    assert not passwords.is_outdated(hashed)
    assert passwords.is_outdated(boss.password_hash)
    assert log_in(app.test_client(), boss.email).status_code == 200


def test_unknown_e_mails_leave_nothing_behind(app: Flask) -> None:
    guess(app, "nobody@example.com", 3)
    with app.app_context(), reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(LoginFailure)) == 0


def test_who_finds_no_turn_waits_and_is_not_counted(app: Flask) -> None:
    boss = make_user(app)
    taken, over = Barrier(passwords.AT_ONCE + 1), Event()

    def occupy() -> None:
        with passwords.turn():
            taken.wait()
            over.wait()

    with ThreadPoolExecutor(passwords.AT_ONCE) as pool:
        holders = [pool.submit(occupy) for _ in range(passwords.AT_ONCE)]
        try:
            taken.wait()
            with ThreadPoolExecutor(passwords.WAITING) as crowd:
                waiting = [
                    crowd.submit(log_in, app.test_client(), boss.email, WRONG)
                    for _ in range(passwords.WAITING)
                ]
                answers = [answer.result() for answer in waiting]
        finally:
            over.set()
        for holder in holders:
            holder.result()
    assert {answer.status_code for answer in answers} == {429}
    assert {answer.headers["Retry-After"] for answer in answers} == {"2"}
    assert list(answers[0].json) == ["detail"]
    assert log_in(app.test_client(), boss.email).status_code == 200


def alerts(app: Flask) -> list[Alert]:
    with app.app_context(), reading() as session:
        return list(session.scalars(sa.select(Alert)))


def test_a_hundred_logins_at_once_take_little_memory(tmp_path: Path) -> None:
    close_app(make_app(tmp_path, None))
    environ = SECRETS | {"INSTANCE_PATH": str(tmp_path), "LOG_LEVEL": "ERROR"}
    with Server(env=environ, threads=64) as server, ThreadPoolExecutor(MANY) as pool:
        before, peak, over = memory_of(server), [0], Event()

        def watch() -> None:
            while not over.wait(0.01):
                peak[0] = max(peak[0], memory_of(server))

        watching = pool.submit(watch)
        with ThreadPoolExecutor(MANY) as crowd:
            answers = list(crowd.map(lambda number: ask(server.url, number), range(MANY)))
        over.set()
        watching.result()
    # Each Argon2 at once takes its memory; what else grows is threads and their stacks.
    bound = passwords.AT_ONCE * passwords.MEMORY_KIB * 1024 + 150 * MIB
    assert peak[0] - before < bound, (before // MIB, peak[0] // MIB)
    assert set(answers) <= {401, 429}
    assert 401 in answers


def memory_of(server: Server) -> int:
    """Bytes that the server's processes hold."""
    total = 0
    for process in server.family():
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def ask(url: str, number: int) -> int:
    body = {"email": f"nobody{number}@example.com", "password": WRONG}
    with Api(url) as api:
        answer = api.post("/api/v1/auth/login", body)
    assert answer.status_code == 401 or int(answer.headers["Retry-After"]) > 0
    return answer.status_code
