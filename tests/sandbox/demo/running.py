"""Start a demo as a visitor does, and make the calls that a visitor pastes."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import librouteros
import requests

from tests.support.databases.migrated import copy_sqlite
from tests.support.patience import PATIENCE
from tests.support.processes.commands import run
from tests.support.processes.process import Process
from tests.support.servers.http import Api
from tests.support.shop import SECRETS

# A production's settings in the environment, none of which the demo may touch.
PRODUCTION = {
    "DATABASE_URL": "postgresql://portal:secret@127.0.0.1:1/production",
    "SECRET_KEY": "production-secret-0123456789-abcdefghij",
    "JWT_APIKEY_SECRET": "production-apikey-0123456789-abcdefghij",
    "JWT_SESSION_SECRET": "production-session-0123456789-abcdefghi",
    "ENCRYPTION_KEYS": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "CONEKTA_API_URL": "http://127.0.0.1:1",
}
PURCHASE = {
    "producto_id": 1,
    "token_tarjeta": "tok_test_visa_4242",
    "nombre_cliente": "María García",
    "email_cliente": "maria@example.com",
    "mac_cliente": "02:00:5E:10:00:01",
    "ip_cliente": "192.168.88.101",
}


def demo(instance: Path, *options: str, forked: bool = True, **env: str) -> Process:
    """The command, not started yet, on a free port.

    With `forked` its children are as well, and its database is migrated already.
    """
    if forked:
        copy_sqlite(instance, SECRETS)
    command = [sys.executable, "-m", "flask", "demo", "--port", "0", "--instance", str(instance)]
    return Process(
        [*command, *options], PRODUCTION | {"INSTANCE_PATH": str(instance)} | env, forked=forked
    )


def customer(facts: dict[str, Any]) -> Api:
    """Who holds the router's key."""
    return Api(facts["api_url"], key=facts["api_key"])


def buy(facts: dict[str, Any], **changes: Any) -> requests.Response:
    """A purchase of a device of its own."""
    with customer(facts) as api:
        return api.post("/api/v1/payments/pagar-conekta", PURCHASE | changes)


@contextmanager
def router_of(facts: dict[str, Any]) -> Iterator[librouteros.api.Api]:
    """A session on the demo's router."""
    router = facts["router"]
    who = (router["host"], router["user"], router["password"])
    with closing(librouteros.connect(*who, port=router["port"], encoding="utf-8")) as api:
        yield api


def rows(facts: dict[str, Any], *menu: str) -> list[dict[str, Any]]:
    """What a menu of the hotspot holds."""
    with router_of(facts) as api:
        return list(api.path("ip", "hotspot", *menu))


def names(facts: dict[str, Any]) -> set[str]:
    """The hotspot users' names."""
    return {str(row["name"]) for row in rows(facts, "user")}


def pasted(command: str) -> requests.Response:
    """Do what a shell would make of a curl line."""
    words = iter(shlex.split(command.replace("\\\n", ""))[1:])
    method, url, headers, data = "GET", "", {}, None
    for word in words:
        match word:
            case "-s":
                pass
            case "-X":
                method = next(words)
            case "-H":
                name, _, value = next(words).partition(": ")
                headers[name] = value
            case "-d":
                data = next(words).encode()
            case _:
                url = word
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, url, headers=headers, data=data, timeout=PATIENCE)


def typed(instance: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command of ours in a second terminal, where nothing but the folder is known."""
    return run([sys.executable, "-m", "flask", *words], {"INSTANCE_PATH": str(instance)})


def curl_lines(text: str) -> list[str]:
    """The commands in the text, each with its continued lines."""
    blocks = text.split("\n\n")
    return [block[block.index("curl ") :] for block in blocks if "curl " in block]


def facts_in(text: str) -> list[dict[str, Any]]:
    """The lines of standard output, each of which has to be JSON."""
    return [json.loads(line) for line in text.splitlines()]
