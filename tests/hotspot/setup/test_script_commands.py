"""Test every menu and argument in the scripts, held against those read off real routers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from portal.hotspot.setup import KitFacts
from portal.hotspot.setup.script import setup_script, undo_script
from portal.sandbox.routeros.terminal.reader import Binary, Command, read
from tests.hotspot.setup.conftest import L2TP, WIREGUARD, make_facts, make_radius
from tests.hotspot.setup.walking import commands
from tests.support import reference

VERSIONS = {"7.9.2": 709, "7.16.2": 716, "7.20.8": 720, "7.24": 724}
OLD = 649
VARIANTS = {
    "usual": make_facts(),
    "plain": make_facts(api_ssl=False, allowed_from=(), profiles=()),
    "dials in": make_facts(tunnel=WIREGUARD),
    "dials in by l2tp": make_facts(tunnel=L2TP),
    "chosen": make_facts(server="hotspot1", certificate="wildcard", hosts=("192.0.2.7",)),
    "radius": make_facts(radius=make_radius(), has_api=False),
    "radsec": make_facts(radius=make_radius(radsec=True, certificate="own")),
}
SCRIPTS: dict[str, Callable[[KitFacts], str]] = {"setup": setup_script, "undo": undo_script}

# Unverified: written from memory of RouterOS 6, of which no data is at hand. It keeps the scripts
# from using there what is known to be newer.
ROUTEROS_6_49 = {
    "/certificate": {"add", "find", "get", "remove", "sign"},
    "/file": {"find", "get", "set"},
    "/interface/l2tp-client": {"add", "find", "remove", "set"},
    "/ip/address": {"add", "find", "remove"},
    "/ip/firewall/filter": {"add", "find", "remove", "set"},
    "/ip/hotspot": {"find", "get", "reset-html"},
    "/ip/hotspot/profile": {"find", "get", "set"},
    "/ip/hotspot/user/profile": {"add", "find"},
    "/ip/hotspot/walled-garden": {"add", "find", "remove"},
    "/ip/hotspot/walled-garden/ip": {"add", "find", "remove"},
    "/ip/service": {"get", "set"},
    "/radius": {"add", "find", "remove", "set"},
    "/radius/incoming": {"set"},
    "/system/resource": {"get"},
    "/system/scheduler": {"add", "find", "remove", "set"},
    "/tool": {"fetch"},
    "/user": {"add", "find", "remove", "set"},
    "/user/group": {"add", "find", "remove", "set"},
}
# What a row may be told by besides.
# What a router makes by itself.
READ_ONLY = {"fingerprint", "public-key", "hotspot"}
FLAGS = {"dynamic"}
NEWER_THAN_6_49 = {"max-sessions", "html-directory-override", "inactivity-policy", "trust-store"}
NEWER_OF_RADIUS = {"protocol", "radsec-timeout", "require-message-auth"}


@cache
def known(folder: Path, version: str) -> dict[str, dict[str, Any]]:
    text = (folder / "routeros" / f"hotspot-commands-{version}.json").read_text()
    loaded: dict[str, dict[str, Any]] = json.loads(text)["commands"]
    more = reference.more_menus()["commands"][version]
    return loaded | {path: dict.fromkeys(arguments, "") for path, arguments in more.items()}


def properties(where: Any) -> Iterator[str]:
    """The properties that a `where` names."""
    if isinstance(where, Binary) and where.operator in ("&&", "||"):
        yield from properties(where.left)
        yield from properties(where.right)
    elif isinstance(where, Binary):
        yield where.left


def mistakes(script: str, real: dict[str, dict[str, Any]], number: int) -> list[str]:
    """What a router that knows these commands would not understand."""
    wrong = []
    for path, command in commands(read(script), number):
        if path not in real:
            wrong.append(path)
            continue
        menu = path.rpartition("/")[0]
        wrong += [f"{path} {name}" for name in command.named if name not in real[path]]
        if command.positional and not real[path].keys() & {"numbers", "number", "value-name"}:
            wrong.append(f"{path} takes no item")
        # A row's properties are what it was made with; built-in menus can only be set.
        made = real.get(f"{menu}/add", {}).keys() | real.get(f"{menu}/set", {}).keys() | FLAGS
        wrong += [f"{menu} {name}" for name in properties(command.where) if name not in made]
        wrong += [f"{menu} {name}" for name in asked(command) if name not in made | READ_ONLY]
    return wrong


def asked(command: Command) -> list[str]:
    """The property that a `get` reads."""
    is_get = command.verb == "get" and len(command.positional) > 1
    return [command.positional[1]] if is_get else []


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("version", VERSIONS)
def test_all_of_it_exists(reference_data: Path, version: str, variant: str, script: str) -> None:
    text = SCRIPTS[script](VARIANTS[variant])
    assert mistakes(text, known(reference_data, version), VERSIONS[version]) == []


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_an_old_router_meets_nothing_new(variant: str, script: str) -> None:
    for path, command in commands(read(SCRIPTS[script](VARIANTS[variant])), OLD):
        menu, _, verb = path.rpartition("/")
        assert verb in ROUTEROS_6_49[menu], path
        assert not command.named.keys() & NEWER_THAN_6_49
        assert menu != "/radius" or not command.named.keys() & NEWER_OF_RADIUS


@pytest.mark.parametrize(
    ("script", "wrong"),
    [
        ("/ip service set api max-sessions=9", ["/ip/service/set max-sessions"]),
        (
            ":local version 716\n:if ($version >= 716) do={ /ip service set api max-sessions=9 }",
            ["/ip/service/set max-sessions"],
        ),
        (':if ($version >= 716) do={ [:parse "/ip service set api max-sessions=9"] }', []),
        (
            ':if ($version >= 700) do={ [:parse "/ip service set api max-sessions=9"] }',
            ["/ip/service/set max-sessions"],
        ),
        ("/ip hotspot dance add name=x", ["/ip/hotspot/dance/add"]),
        ("/user remove [find where shoe=43]", ["/user shoe"]),
        (":put [/user get [find where name=x] shoe]", ["/user shoe"]),
        ("/file add [find]", ["/file/add takes no item"]),
    ],
)
def test_what_does_not_exist_is_seen(reference_data: Path, script: str, wrong: list[str]) -> None:
    assert mistakes(script, known(reference_data, "7.9.2"), 709) == wrong


def test_only_later_versions_get_more_sessions() -> None:
    script = read(setup_script(make_facts()))

    def sets_sessions(version: int) -> bool:
        return any("max-sessions" in command.named for _, command in commands(script, version))

    assert [sets_sessions(v) for v in (OLD, 709, 715, 716, 724)] == [False] * 3 + [True] * 2
