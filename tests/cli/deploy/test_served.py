"""The files that `flask deploy` prints sell over https, and slow clients stop nobody."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
import requests

from tests.support.databases.admin import Databases
from tests.support.databases.migrated import copy_postgresql
from tests.support.servers.installation import Installation, installed_shop, running
from tests.support.servers.slow_clients import half_sent, is_sent_away
from tests.support.shop import SECRETS, Shop
from tests.support.tenants import make_user

BUY = "/api/v1/payments/pagar-conekta"


@pytest.fixture
def installed(tmp_path: Path, postgres: Databases) -> Iterator[tuple[Installation, Shop]]:
    with installed_shop(tmp_path, copy_postgresql(postgres, SECRETS)) as made:
        yield made


@pytest.mark.parametrize("kind", ["nginx", "caddy"])
def test_a_sale_over_https_while_slow_clients_wait(
    kind: str, installed: tuple[Installation, Shop]
) -> None:
    made, shop = installed
    web, proxy = made.web(), made.proxy(kind)
    with running([web, proxy], [made.upstream, made.port]), made.client(shop.api_key) as api:
        with half_sent(made.port, tls=made.certificate) as lines:
            for _ in range(3):
                assert api.get("/healthz").status_code == 200
            paid = api.post(BUY, shop.order())
            assert (paid.status_code, paid.json()["estado_pago"]) == (200, "paid")
            assert all(map(is_sent_away, lines[:2]))
        said = api.get("/readyz").json()["avisos"]
        assert [advice for advice in said if "proxy" in advice] == []
        page = api.get(f"/r/{shop.router_id}")
        assert page.status_code == 200
    assert shop.charged() == 2000


def test_gunicorn_forks_what_holds_nothing_yet_and_says_it_in_json(
    installed: tuple[Installation, Shop],
) -> None:
    made, shop = installed
    # Where nobody may enter yet, the server invites who starts it, in words.
    make_user(shop.app, shop.company_id)
    web = made.web("--access-logfile", "-", forked=False)
    url = f"http://127.0.0.1:{made.upstream}"

    def bought(_number: int) -> int:
        body = shop.order(mac_cliente=None, ip_cliente=None, email_cliente=f"{_number}@example.com")
        headers = {"X-API-Key": shop.api_key}
        return requests.post(url + BUY, json=body, headers=headers, timeout=90).status_code

    with running([web], [made.upstream]):
        with ThreadPoolExecutor(6) as threads:
            assert list(threads.map(bought, range(12))) == [200] * 12
        master, *workers = (psutil.Process(process.pid) for process in web.family())
        assert len(workers) == 2
        assert master.num_threads() == 1
        assert [c for c in master.net_connections() if c.status == psutil.CONN_ESTABLISHED] == []
        workers[0].kill()
        web.wait_until(lambda: "was sent SIGKILL" in web.stderr, "word of the killed one")
        assert bought(99) == 200
        web.signal(signal.SIGTERM)
        assert web.wait() == 0
    lines = [json.loads(line) for line in web.output.splitlines()]
    loggers = {line.get("logger") for line in lines}
    assert {"gunicorn.error", "gunicorn.access", None} <= loggers
    served = [line for line in lines if line.get("logger") == "gunicorn.access"]
    assert {(line["event"], line["path"], line["status"]) for line in served} == {
        ("served", BUY, 200)
    }
    assert "sale moved" in {line["event"] for line in lines}
