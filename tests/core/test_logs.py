"""Test what a process says: one line of JSON an event, and no secret in it, whatever happens."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.core.scenes import ADMIN_PASSWORD, Scenes
from tests.support.databases.admin import Databases
from tests.support.databases.migrated import copy_postgresql
from tests.support.processes.commands import run
from tests.support.servers.gunicorn import Server
from tests.support.shop import SECRETS, open_shop


@dataclass
class Said:
    """What was said on both streams, and what must not have been."""

    server: list[str]
    commands: list[str]
    secrets: list[str]
    credentials: set[str]
    references: set[str]


@pytest.fixture(scope="module")
def said(postgres: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Said]:
    folder: Path = tmp_path_factory.mktemp("instance")
    with ExitStack() as stack:
        url = copy_postgresql(postgres, SECRETS)
        shop = stack.enter_context(open_shop(folder, url))
        environ = SECRETS | {
            "INSTANCE_PATH": str(folder),
            "DATABASE_URL": url,
            "CONEKTA_API_URL": shop.gateway.url,
            "LOG_LEVEL": "DEBUG",
            "GATEWAY_TIMEOUT": "2",
            "ROUTER_BREAKER_FAILURES": "1000",
        }
        quiet = ["--log-level", "error"]
        server = stack.enter_context(Server(env=environ, arguments=quiet))
        scenes = Scenes(shop, server.url)
        flask = [sys.executable, "-m", "flask"]
        shop.make_due()
        options = ["create-admin", "--email", "otra@example.com", "--password-stdin"]
        ended = [
            run([*flask, "reconcile"], environ),
            run([*flask, *options], environ, stdin=ADMIN_PASSWORD),
            run([*flask, *options], environ, stdin=ADMIN_PASSWORD),
        ]
        server.terminate()
        yield Said(
            server.output.splitlines(),
            [line for each in ended for line in (each.stdout + each.stderr).splitlines()],
            scenes.secrets,
            scenes.credentials,
            scenes.references,
        )


def events(lines: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines]


def test_every_line_of_the_server_is_an_event_of_a_request(said: Said) -> None:
    assert len(said.server) > 50
    for event in events(said.server):
        assert event["event"]
        assert re.fullmatch(r"[A-Za-z0-9._-]{8,64}|\[oculto\]", event["request_id"])
        assert event["level"] in ("debug", "info", "warning", "error")
        assert event["timestamp"].endswith("Z")


def test_the_lines_of_a_sale_name_it(said: Said) -> None:
    # A request's id of digits alone is hidden like a card number, and names no request.
    told = [event for event in events(said.server) if event["request_id"] != "[oculto]"]
    moves = [event for event in told if event["event"] == "sale moved"]
    assert {event["state"] for event in moves} >= {"prepared", "paid", "delivered", "canceled"}
    by_request = {event["request_id"]: event["sale"] for event in moves}
    answered = [event for event in told if event["event"] == "request"]
    named = {event["request_id"]: event.get("sale") for event in answered}
    assert len(by_request) > 5
    assert by_request.items() <= named.items()


def test_what_the_worker_does_is_said_in_the_same_form(said: Said) -> None:
    worked = [line for line in said.commands if line.startswith("{")]
    assert worked
    assert all(event["event"] and event["timestamp"] for event in events(worked))


def test_it_is_said_what_went_wrong(said: Said) -> None:
    found = {event["event"] for event in events(said.server)}
    assert {"sale moved", "alert", "surprise", "request"} <= found
    surprises = [event for event in events(said.server) if event["event"] == "surprise"]
    assert surprises
    assert all(event["error"] and event["where"] for event in surprises)


def test_no_secret_is_in_any_line(said: Said) -> None:
    lines = said.server + said.commands
    assert not [secret for secret in said.secrets for line in lines if secret in line]


def test_what_opens_a_customer_s_page_is_in_no_line(said: Said) -> None:
    assert len(said.references) > 10
    lines = [line for line in said.server + said.commands if line.startswith("{")]
    assert not [word for word in said.references for line in lines if word in line]
    found = " ".join(lines)
    missing = [word for word in said.references if f"{word[:12]}…" not in found]
    assert not [word for word in missing if word.startswith("sal_")]
    assert any(f"/pago/{word[:12]}…/cancelar" in found for word in said.references)


def test_no_sold_credentials_are_in_any_line(said: Said) -> None:
    assert len(said.credentials) > 4
    alone = re.compile(rf"(?<![0-9A-Za-z.])({'|'.join(said.credentials)})(?![0-9A-Za-z.])")
    texts = [
        str(value)
        for event in events(said.server)
        for name, value in event.items()
        if name not in ("timestamp", "ms", "where", "request_id")
    ]
    texts += [line for line in said.commands if not line.startswith("{")]
    assert not [text for text in texts if alone.search(text)]


NEWS = """
import logging, warnings
from config import load_settings
from portal import create_app
app = create_app(load_settings())
logging.getLogger("urllib3.connectionpool").warning("full of %s", "tok_planted_12345")
try:
    raise ValueError("planted secret")
except ValueError:
    logging.getLogger("some.library").exception("it failed")
@app.get("/broken")
def broken():
    return "fine"
@app.after_request
def fail(response):
    raise RuntimeError("planted secret")
app.test_client().get("/broken")
"""


def test_what_libraries_say_comes_out_in_the_same_form(tmp_path: Path) -> None:
    ended = run([sys.executable, "-c", NEWS], {"INSTANCE_PATH": str(tmp_path)})
    assert "planted" not in ended.stdout + ended.stderr
    full, failed, *rest = events(ended.stderr.splitlines())
    assert (full["event"], full["level"]) == ("full of [oculto]", "warning")
    assert (failed["event"], failed["error"]) == ("it failed", "ValueError")
    assert "RuntimeError" in {event.get("error") for event in rest}
