"""Test the sandbox's menus, held against those read off real routers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any

import pytest

from portal.sandbox.routeros.menus.kinds import Mismatch
from portal.sandbox.routeros.menus.paths import FILE, IDENTITY, RESOURCE
from portal.sandbox.routeros.menus.schema import Menu
from portal.sandbox.routeros.menus.tables import MENUS
from portal.sandbox.routeros.menus.versions import parse_version
from tests.support import reference

VERSIONS = ["7.9.2", "7.16.2", "7.20.8", "7.24"]
DEEP = "7.22.3"
# The data names no properties for these.
WITHOUT_PROPERTIES = {IDENTITY, RESOURCE, FILE}
# The data of this version has no files.
DEEP_MENUS = [(path, DEEP) for path in MENUS if path != FILE]


@cache
def data(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((reference.require() / "routeros" / name).read_text())
    return loaded


def commands(version: str) -> dict[str, dict[str, Any]]:
    kind = "commands-deep" if version == DEEP else "commands"
    found: dict[str, dict[str, Any]] = data(f"hotspot-{kind}-{version}.json")["commands"]
    return {**reference.more_menus()["commands"][version], **found}


def known_commands(menu: Menu, version: str) -> Iterator[str]:
    numbers = parse_version(version)
    return (command for command in sorted(menu.commands) if menu.has(command, numbers))


@pytest.mark.parametrize(("path", "version"), [*product(MENUS, VERSIONS), *DEEP_MENUS])
def test_commands_and_arguments_exist_on_real_routers(path: str, version: str) -> None:
    menu = MENUS[path]
    for command in known_commands(menu, version):
        real = commands(version)[f"{path}/{command}"]
        assert menu.arguments(command, parse_version(version)) <= set(real)
        # `.id` is the API's spelling of the console's `numbers`.
        if ".id" in menu.own_arguments(command) and path != "/ip/service":
            assert "numbers" in real


@pytest.mark.parametrize("path", sorted(MENUS.keys() - WITHOUT_PROPERTIES))
def test_properties_exist_on_real_routers(path: str) -> None:
    known = data(f"hotspot-print-properties-{DEEP}.json")["properties"]
    real = (known | reference.more_menus()["properties"])[path]
    assert {prop.name for prop in MENUS[path].shown(parse_version(DEEP))} <= set(real)


@pytest.mark.parametrize("path", MENUS)
def test_words_that_real_routers_offer_are_taken(path: str) -> None:
    menu = MENUS[path]
    for command in ("add", "set"):
        if not menu.has(command, parse_version(DEEP)):
            continue
        real = commands(DEEP)[f"{path}/{command}"]
        for name, prop in menu.writable(parse_version(DEEP)).items():
            for word in legal_words(real[name]):
                try:
                    prop.kind(word)
                except Mismatch:
                    pytest.fail(f"{path} {command} {name}={word} is legal")


def legal_words(argument: dict[str, Any] | list[str]) -> list[str]:
    if isinstance(argument, list):
        return argument
    offered = argument.get("_completion", {})
    return [word for word, about in offered.items() if about.get("style") != "syntax-meta"]


def test_the_data_tells_the_versions_apart() -> None:
    active = "/ip/hotspot/active"
    assert [f"{active}/set" in commands(version) for version in VERSIONS] == [True] * 3 + [False]
    assert MENUS[active].has("set", (7, 20, 8))
    assert not MENUS[active].has("set", (7, 24))
