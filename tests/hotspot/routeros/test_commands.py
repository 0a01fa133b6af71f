"""Test what is sent to a router: how many commands and bytes, and none that RouterOS lacks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from portal.hotspot.presence import LoggedIn
from portal.hotspot.provisioning import Known, NewHotspotUser, NewProfile
from portal.hotspot.router import HotspotRouter
from portal.hotspot.routeros.commands import Command
from portal.hotspot.routeros.menus import COMMANDS, USER_SET
from portal.sandbox.routeros import RouterSandbox
from tests.hotspot.routeros.conftest import IP, MAC, Connect

MARK = "portal:demo:1"
NAME = "AB3C9D"
VERSIONS = ("7.9.2", "7.16.2", "7.20.8", "7.24")


def sell(router: HotspotRouter, name: str = NAME, *, connects: bool) -> None:
    """All that a sale asks of a router."""
    user_id = router.provisioner.add_user(NewHotspotUser(name, "1234", "1hora", MARK, 3600), 2)
    assert router.provisioner.enable_user(name, MARK, 2, user_id=user_id)
    if connects:
        assert isinstance(router.presence.log_in(name, "1234", MAC, 2), LoggedIn)


@pytest.mark.parametrize(("connects", "commands"), [(False, 2), (True, 5)])
def test_a_sale_on_a_warm_connection(
    router: HotspotRouter, sandbox: RouterSandbox, connects: bool, commands: int
) -> None:
    router.inspector.info(2)
    sandbox.forget_commands()
    sell(router, connects=connects)
    assert sandbox.counters.commands == len(sandbox.commands) == commands
    assert sandbox.counters.connections == 0


@pytest.mark.parametrize("stale", [False, True])
def test_logging_in_after_clearing(
    router: HotspotRouter, sandbox: RouterSandbox, stale: bool
) -> None:
    sell(router, connects=False)
    if stale:
        sandbox.join("AA:BB:CC:DD:EE:00", "192.168.88.101")
        sandbox.log_in(NAME, "1234", "192.168.88.101")
    sandbox.forget_commands()
    assert isinstance(router.presence.log_in(NAME, "1234", MAC, 2, clear_stale=True), LoggedIn)
    assert len(sandbox.commands) == 4 + stale


def test_removing_a_user_with_a_good_id(router: HotspotRouter, sandbox: RouterSandbox) -> None:
    user_id = router.provisioner.add_user(NewHotspotUser(NAME, "1234", "1hora", MARK), 2)
    sandbox.forget_commands()
    assert router.provisioner.remove_user(NAME, MARK, 2, user_id=user_id)
    assert [command.path for command in sandbox.commands] == [
        "/ip/hotspot/user/remove",
        "/ip/hotspot/active/print",
        "/ip/hotspot/cookie/print",
    ]


def test_no_reply_in_a_sale_grows_with_the_router(sandbox: RouterSandbox, connect: Connect) -> None:
    router = connect(sandbox)
    router.inspector.info(2)

    def bytes_of_a_sale() -> int:
        sandbox.forget_commands()
        sell(router, connects=True)
        router.provisioner.find_user(NAME, 2)
        router.provisioner.remove_user(NAME, MARK, 2)
        return sandbox.counters.bytes_out

    few = bytes_of_a_sale()
    sandbox.add_users(1000)
    for n in range(150):
        sandbox.join(f"02:00:00:00:00:{n:02X}", f"192.168.89.{n}")
        sandbox.log_in(f"U{n:05}", "0000", f"192.168.89.{n}")
    # Ids and byte counters are a few digits longer then.
    assert bytes_of_a_sale() - few < 40


def test_everything_sent_stands_in_the_table(router: HotspotRouter, sandbox: RouterSandbox) -> None:
    sell(router, connects=True)
    router.presence.log_in(NAME, "1234", MAC, 2, clear_stale=True)
    router.provisioner.disable_user(NAME, MARK, 2)
    router.provisioner.update_user(NAME, MARK, 2, profile="1hora", limit_uptime=60, limit_bytes=1)
    router.provisioner.find_user(NAME, 2)
    router.provisioner.users_marked(MARK, 2)
    router.presence.hosts(2, mac=MAC)
    router.presence.hosts(2)
    router.presence.sessions(2)
    router.inspector.profiles(2)
    router.provisioner.add_profile(NewProfile("semana", 3, "1M/5M", 2), 2)
    router.inspector.info(2)
    router.presence.end_sessions(NAME, 2)
    router.provisioner.enable_user(NAME, MARK, 2)
    spoiled = {"comment": "", "mac_address": MAC, "limit_uptime": "0s", "limit_bytes_total": "0"}
    sandbox.execute("/ip/hotspot/user/set", numbers=sandbox.users[NAME][".id"], **spoiled)
    router.presence.log_in(NAME, "1234", MAC, 2)
    sandbox.leave(MAC)
    sandbox.clock.advance(300)
    router.provisioner.enable_user(NAME, MARK, 2, known=Known("1hora", has_several_devices=True))
    router.provisioner.remove_user(NAME, MARK, 2)
    table = {(command.path, ",".join(command.properties)): command for command in COMMANDS}
    seen = set()
    for sent in sandbox.commands:
        if sent.path == "/login":
            continue
        command = table[sent.path, sent.args.get(".proplist", "")]
        seen.add(command.path)
        assert sent.args.keys() <= {*command.arguments, ".id", ".proplist"}
        assert {query.split("=")[0] for query in sent.queries} <= {
            f"?{name}" for name in command.queries
        }
    assert seen == {command.path for command in COMMANDS}


def test_a_word_outside_the_table_cannot_be_sent() -> None:
    with pytest.raises(ValueError, match="name"):
        USER_SET.order({"name": "x"})


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.path)
@pytest.mark.parametrize("version", VERSIONS)
def test_the_command_exists_in_routeros(
    reference_data: Path, version: str, command: Command
) -> None:
    path = reference_data / "routeros" / f"hotspot-commands-{version}.json"
    commands = json.loads(path.read_text())["commands"]
    assert set(command.arguments) <= set(commands[command.path])


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.path)
def test_the_properties_exist_in_routeros(
    reference_data: Path, sandbox: RouterSandbox, command: Command
) -> None:
    path = reference_data / "routeros" / "hotspot-print-properties-7.22.3.json"
    menu = command.path.rpartition("/")[0]
    # The data names no properties of menus that hold a single item; there the sandbox has to do.
    known = json.loads(path.read_text())["properties"].get(menu) or sandbox.rows(menu)[0]
    assert {*command.properties, *command.queries} - {".id"} <= set(known)
    assert sandbox.hosts[0]["address"] == IP
