"""Prove that an id is used where it is sure to name the same user, and nowhere else."""

from __future__ import annotations

import pytest

from portal.hotspot.provisioning import NewHotspotUser
from portal.hotspot.router import HotspotRouter
from portal.hotspot.routeros.values import Generation, ItemId
from portal.sandbox.routeros import RouterSandbox
from tests.hotspot.routeros.conftest import Connect
from tests.hotspot.routeros.crowd import Crowd
from tests.support.patience import wait_until

MARK = "portal:demo:1"
USER = NewHotspotUser("AB3C9D", "1234", "1hora", MARK)
SET = "/ip/hotspot/user/set"
PRINT = "/ip/hotspot/user/print"


def paths(sandbox: RouterSandbox) -> list[str]:
    return [command.path for command in sandbox.commands if command.path != "/login"]


def test_a_fresh_id_saves_the_lookup(router: HotspotRouter, sandbox: RouterSandbox) -> None:
    user_id = router.provisioner.add_user(USER, 2)
    sandbox.forget_commands()
    assert router.provisioner.enable_user("AB3C9D", MARK, 2, user_id=user_id)
    assert paths(sandbox) == [SET]


def test_after_a_reboot_the_user_is_looked_up(
    router: HotspotRouter, sandbox: RouterSandbox
) -> None:
    user_id = router.provisioner.add_user(USER, 2)
    before = sandbox.users["AB3C9D"][".id"]
    sandbox.reboot()
    assert sandbox.users["AB3C9D"][".id"] != before
    sandbox.forget_commands()
    assert router.provisioner.enable_user("AB3C9D", MARK, 2, user_id=user_id)
    assert paths(sandbox) == [PRINT, SET]
    assert sandbox.users["AB3C9D"]["disabled"] == "false"


def test_an_id_of_before_a_reboot_never_hits_another_user(
    router: HotspotRouter, sandbox: RouterSandbox
) -> None:
    sandbox.add_users(5)
    user_id = router.provisioner.add_user(USER, 2)
    sandbox.reboot()
    assert router.provisioner.remove_user("AB3C9D", MARK, 2, user_id=user_id)
    assert sorted(sandbox.users) == [f"U{n:05}" for n in range(5)]


def test_an_id_holds_on_a_connection_that_was_open_when_it_was_learnt(
    sandbox: RouterSandbox, connect: Connect
) -> None:
    router = connect(sandbox)
    sandbox.faults.delay(100, PRINT, times=2)
    Crowd(lambda: router.provisioner.find_user("nobody", 2), 2).wait()
    user_id = router.provisioner.add_user(USER, 2)
    sandbox.faults.delay(200, PRINT)
    busy = Crowd(lambda: router.provisioner.find_user("nobody", 2), 1)
    wait_until(lambda: paths(sandbox).count(PRINT) == 3)
    sandbox.forget_commands()
    assert router.provisioner.enable_user("AB3C9D", MARK, 2, user_id=user_id)
    assert paths(sandbox) == [SET]
    busy.wait()


def test_a_connection_opened_later_needs_a_lookup(sandbox: RouterSandbox, connect: Connect) -> None:
    router = connect(sandbox)
    user_id = router.provisioner.add_user(USER, 2)
    sandbox.drop_connections()
    router.provisioner.find_user("nobody", 2)
    sandbox.forget_commands()
    assert router.provisioner.enable_user("AB3C9D", MARK, 2, user_id=user_id)
    assert paths(sandbox) == [PRINT, SET]


def test_an_id_goes_where_it_holds_though_a_long_answer_is_on_its_way_there(
    sandbox: RouterSandbox, connect: Connect
) -> None:
    router = connect(sandbox)
    user_id = router.provisioner.add_user(USER, 2)
    sandbox.faults.delay(300, PRINT)
    busy = Crowd(lambda: router.provisioner.users_marked(MARK, 2), 1)
    wait_until(lambda: PRINT in paths(sandbox))
    router.provisioner.find_user("nobody", 2)
    assert sandbox.open_connections == 2
    sandbox.forget_commands()
    assert router.provisioner.enable_user("AB3C9D", MARK, 2, user_id=user_id)
    assert paths(sandbox) == [SET]
    busy.wait()


def test_an_id_from_elsewhere_is_looked_up(router: HotspotRouter, sandbox: RouterSandbox) -> None:
    sandbox.add_users(3)
    router.provisioner.add_user(USER, 2)
    for token in ("deadbeef.9*2", "*2", "", "garbage"):
        assert router.provisioner.disable_user("AB3C9D", MARK, 2, user_id=token)
    assert {row["disabled"] for name, row in sandbox.users.items() if name != "AB3C9D"} == {"false"}


def test_an_id_of_a_user_made_anew_falls_back_to_the_name(
    router: HotspotRouter, sandbox: RouterSandbox
) -> None:
    user_id = router.provisioner.add_user(USER, 2)
    sandbox.execute("/ip/hotspot/user/remove", **{".id": sandbox.users["AB3C9D"][".id"]})
    assert not router.provisioner.enable_user("AB3C9D", MARK, 2, user_id=user_id)
    sandbox.add_user("AB3C9D", "1", comment=MARK, disabled="yes")
    assert router.provisioner.enable_user("AB3C9D", MARK, 2, user_id=user_id)
    assert sandbox.users["AB3C9D"]["disabled"] == "false"


def test_a_token_reads_back_as_the_id_it_was() -> None:
    item = ItemId("*1F", Generation("0a1b2c3d", 7))
    assert ItemId.parse(item.token()) == item
    assert item.holds_on(Generation("0a1b2c3d", 7))
    assert item.holds_on(Generation("0a1b2c3d", 1))
    assert not item.holds_on(Generation("0a1b2c3d", 8))
    assert not item.holds_on(Generation("ffffffff", 1))


@pytest.mark.parametrize("token", [None, "", "*1F", "0a.7*", "0a.7*1F,*2", "0a.7*1F\n", "x.7*1"])
def test_what_is_no_token_is_no_id(token: str | None) -> None:
    assert ItemId.parse(token) is None
