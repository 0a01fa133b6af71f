"""Clients that send half a request and wait: the deployment that README describes outlives them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.web.request_context import ADVICE
from tests.support.processes.commands import run
from tests.support.servers.gunicorn import Server
from tests.support.servers.http import Api
from tests.support.servers.nginx import executable, nginx
from tests.support.servers.ports import free_port
from tests.support.servers.slow_clients import half_sent, is_sent_away
from tests.support.shop import SECRETS, Shop, close_app, make_app, open_shop

THREADS = 8
FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    (tmp_path / "instance").mkdir()
    with open_shop(tmp_path / "instance", None) as shop:
        yield shop


def test_two_hundred_half_sent_requests_stop_nobody_behind_nginx(
    shop: Shop, tmp_path: Path
) -> None:
    executable()
    port = free_port()
    environ = SECRETS | {
        "INSTANCE_PATH": str(tmp_path / "instance"),
        "CONEKTA_API_URL": shop.gateway.url,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "TRUSTED_PROXIES": "1",
    }
    with Server(env=environ, threads=THREADS) as server:
        site = printed(environ, f"127.0.0.1:{server.port}", tmp_path)
        with nginx(site, tmp_path) as proxy:
            proxy.wait_for_port(port)
            with half_sent(port) as lines, Api(f"http://127.0.0.1:{port}", key=shop.api_key) as api:
                for _ in range(3):
                    assert api.get("/healthz").status_code == 200
                paid = api.post("/api/v1/payments/pagar-conekta", shop.order())
                assert (paid.status_code, paid.json()["estado_pago"]) == (200, "paid")
                # Those who never go on are sent away, with a head half sent and with a body.
                assert all(map(is_sent_away, lines[:2]))
            assert api_sees_clients_address(server)


def printed(environ: dict[str, str], upstream: str, folder: Path) -> str:
    """What `flask deploy nginx` prints."""
    log = ("--access-log", str(folder / "access.log"))
    ended = run([*FLASK, "deploy", "nginx", "--upstream", upstream, *log], environ)
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout


def api_sees_clients_address(server: Server) -> bool:
    """That nobody has come without the proxy, as far as the server can tell."""
    with Api(server.url) as api:
        return ADVICE not in api.get("/readyz").json()["avisos"]


@pytest.mark.parametrize("tls", [True, False])
def test_the_printed_files_are_filled_in(tmp_path: Path, tls: bool) -> None:
    url = "https://wifi.example.com" if tls else "http://wifi.example.com:8080"
    environ = SECRETS | {"INSTANCE_PATH": str(tmp_path), "PUBLIC_URL": url}
    for kind in ("nginx", "caddy"):
        ended = run([*FLASK, "deploy", kind, "--upstream", "127.0.0.1:9000"], environ)
        assert ended.returncode == 0, ended.stderr
        assert "TRUSTED_PROXIES=1" in ended.stderr
        assert "127.0.0.1:9000" in ended.stdout
        assert "wifi.example.com" in ended.stdout
        assert ended.stdout.count("{") == ended.stdout.count("}")
        assert ("live/wifi.example.com/fullchain.pem" in ended.stdout) == (tls and kind == "nginx")


@pytest.mark.parametrize(
    ("trusted", "peer", "signed", "warned"),
    [
        (0, "198.51.100.1", False, True),
        (0, "198.51.100.1", True, True),
        (1, "198.51.100.1", False, True),
        (1, "172.17.0.2", True, False),
        (0, "127.0.0.1", False, False),
        (1, "127.0.0.1", True, False),
        (0, "", False, False),
    ],
)
def test_the_server_says_when_no_proxy_stands_in_front(
    tmp_path: Path, trusted: int, peer: str, signed: bool, warned: bool
) -> None:
    app = make_app(tmp_path, None, trusted_proxies=trusted)
    headers = {"X-Forwarded-For": "203.0.113.5"} if signed else {}
    client = app.test_client()
    client.get("/healthz", headers=headers, environ_overrides={"REMOTE_ADDR": peer})
    assert (ADVICE in client.get("/readyz").json["avisos"]) is warned
    close_app(app)


def test_it_is_said_once_in_the_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = make_app(tmp_path, None)
    for _ in range(3):
        app.test_client().get("/healthz", environ_overrides={"REMOTE_ADDR": "198.51.100.1"})
    assert capsys.readouterr().err.count("no_buffering_proxy") == 1
    close_app(app)
