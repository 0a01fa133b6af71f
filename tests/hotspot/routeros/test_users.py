"""Test how users are made, enabled, limited and removed."""

from __future__ import annotations

import pytest

from portal.hotspot.errors import NameTaken, ProfileMissing, RouterRefused
from portal.hotspot.provisioning import HotspotUser, Known, NewHotspotUser, UserFound
from portal.hotspot.router import HotspotRouter
from portal.sandbox.routeros import RouterSandbox
from tests.hotspot.routeros.conftest import IP, MAC

MARK = "portal:demo:1"


def user(name: str = "AB3C9D", **changes: object) -> NewHotspotUser:
    values = {"password": "1234", "profile": "1hora", "mark": MARK} | changes
    return NewHotspotUser(name, **values)


def test_an_added_user_is_disabled_until_it_is_enabled(
    router: HotspotRouter, sandbox: RouterSandbox
) -> None:
    user_id = router.provisioner.add_user(user(limit_uptime=3600, limit_bytes=5_000_000_000), 2)
    row = sandbox.users["AB3C9D"]
    assert (row["disabled"], row["profile"], row["comment"]) == ("true", "1hora", MARK)
    assert router.provisioner.enable_user("AB3C9D", MARK, 2, user_id=user_id)
    found = router.provisioner.find_user("AB3C9D", 2)
    assert found is not None
    assert found == HotspotUser(
        id=found.id,
        name="AB3C9D",
        mark=MARK,
        disabled=False,
        profile="1hora",
        uptime=0,
        bytes_in=0,
        bytes_out=0,
        limit_uptime=3600,
        limit_bytes=5_000_000_000,
        spare_mark=MARK,
    )


def test_a_user_without_limits_has_none(router: HotspotRouter) -> None:
    router.provisioner.add_user(user(), 2, disabled=False)
    found = router.provisioner.find_user("AB3C9D", 2)
    assert found is not None
    assert (found.disabled, found.limit_uptime, found.limit_bytes) == (False, None, None)


@pytest.mark.parametrize("name", ["123456", "000123", "true", "yes", "no", "1e5"])
def test_names_and_passwords_stay_text(
    router: HotspotRouter, sandbox: RouterSandbox, name: str
) -> None:
    router.provisioner.add_user(user(name, password=name, mark=name), 2)
    found = router.provisioner.find_user(name, 2)
    assert found is not None
    assert (found.name, found.mark) == (name, name)
    assert router.provisioner.enable_user(name, name, 2)
    assert sandbox.users[name]["disabled"] == "false"


def test_a_taken_name_comes_with_the_user_who_has_it(
    router: HotspotRouter, sandbox: RouterSandbox
) -> None:
    sandbox.add_user("AB3C9D", "x", comment="somebody else's")
    with pytest.raises(NameTaken) as caught:
        router.provisioner.add_user(user(), 2)
    assert caught.value.executed is False
    assert caught.value.user is not None
    assert caught.value.user.mark == "somebody else's"


def test_a_missing_profile_is_named_as_such(router: HotspotRouter, sandbox: RouterSandbox) -> None:
    with pytest.raises(ProfileMissing) as caught:
        router.provisioner.add_user(user(profile="24horas"), 2)
    assert caught.value.executed is False
    assert "perfil" in caught.value.advice
    assert sandbox.users == {}


def test_another_marks_user_is_never_touched(router: HotspotRouter, sandbox: RouterSandbox) -> None:
    sandbox.add_user("AB3C9D", "x", comment="somebody else's")
    sandbox.log_in("AB3C9D", "x", IP)
    before = sandbox.users
    assert not router.provisioner.enable_user("AB3C9D", MARK, 2)
    assert not router.provisioner.disable_user("AB3C9D", MARK, 2)
    assert not router.provisioner.update_user("AB3C9D", MARK, 2, limit_uptime=1)
    assert not router.provisioner.remove_user("AB3C9D", MARK, 2)
    assert sandbox.users == before
    assert len(sandbox.active) == 1


COMMENTS = pytest.mark.parametrize("comment", ["", "2026-11-28", "mi primo"])


def spoil(sandbox: RouterSandbox, **values: str) -> None:
    """Change our user, as an on-login script does."""
    sandbox.execute("/ip/hotspot/user/set", numbers=sandbox.users["AB3C9D"][".id"], **values)


@COMMENTS
def test_a_user_whose_comment_was_changed_is_still_ours(
    router: HotspotRouter, sandbox: RouterSandbox, comment: str
) -> None:
    router.provisioner.add_user(user(), 2, disabled=False)
    sandbox.log_in("AB3C9D", "1234", IP)
    spoil(sandbox, comment=comment)
    assert router.provisioner.disable_user("AB3C9D", MARK, 2) == UserFound(True, mark_changed=True)
    assert sandbox.users["AB3C9D"]["comment"] == MARK
    spoil(sandbox, comment=comment)
    [marked] = router.provisioner.users_marked("portal:demo:", 2)
    assert (marked.mark, marked.spare_mark) == (comment, MARK)
    assert router.provisioner.remove_user("AB3C9D", MARK, 2) == UserFound(True, mark_changed=True)
    assert (sandbox.users, sandbox.active, sandbox.cookies) == ({}, [], [])


@COMMENTS
def test_without_any_mark_a_user_is_ours_by_what_it_has_used(
    router: HotspotRouter, sandbox: RouterSandbox, comment: str
) -> None:
    router.provisioner.add_user(user(), 2, disabled=False)
    sandbox.log_in("AB3C9D", "1234", IP)
    sandbox.clock.advance(60)
    spoil(sandbox, comment=comment, email="")
    assert not router.provisioner.disable_user("AB3C9D", MARK, 2)
    for less in (Known("otro", 60), Known("1hora", 61), Known("1hora", 60, 10**9), Known("1hora")):
        assert not router.provisioner.disable_user("AB3C9D", MARK, 2, known=less)
    assert [
        found.name for found in router.provisioner.users_marked("portal:demo:", 2, names={"AB3C9D"})
    ]
    assert router.provisioner.disable_user("AB3C9D", MARK, 2, known=Known("1hora", 60, 1_000))
    row = sandbox.users["AB3C9D"]
    assert (row["comment"], row["disabled"]) == (MARK, "true")
    assert router.provisioner.users_marked("portal:demo:", 2)[0].spare_mark == MARK


@pytest.mark.parametrize("other", ["portal:other:1", "portal:demo:2"])
def test_a_user_with_another_mark_is_not_ours_whatever_it_has_used(
    router: HotspotRouter, sandbox: RouterSandbox, other: str
) -> None:
    sandbox.add_user("AB3C9D", "x", comment=other, profile="1hora")
    sandbox.log_in("AB3C9D", "x", IP)
    sandbox.clock.advance(60)
    assert not router.provisioner.remove_user("AB3C9D", MARK, 2, known=Known("1hora", 10))
    assert "AB3C9D" in sandbox.users


def test_the_cookies_of_a_removed_user_go_with_it(
    router: HotspotRouter, sandbox: RouterSandbox
) -> None:
    router.provisioner.add_user(user(), 2, disabled=False)
    sandbox.log_in("AB3C9D", "1234", IP)
    sandbox.leave(MAC)
    sandbox.clock.advance(300)
    assert (len(sandbox.active), len(sandbox.cookies)) == (0, 1)
    assert router.provisioner.remove_user("AB3C9D", MARK, 2)
    assert sandbox.cookies == []


def test_removing_a_user_ends_its_sessions(router: HotspotRouter, sandbox: RouterSandbox) -> None:
    user_id = router.provisioner.add_user(user(), 2, disabled=False)
    sandbox.log_in("AB3C9D", "1234", IP)
    assert router.provisioner.remove_user("AB3C9D", MARK, 2, user_id=user_id)
    assert (sandbox.users, sandbox.active) == ({}, [])


def test_sessions_of_a_half_finished_removal_are_ended_later(
    router: HotspotRouter, sandbox: RouterSandbox
) -> None:
    router.provisioner.add_user(user(), 2, disabled=False)
    sandbox.log_in("AB3C9D", "1234", IP)
    sandbox.execute("/ip/hotspot/user/remove", **{".id": sandbox.users["AB3C9D"][".id"]})
    assert not router.provisioner.remove_user("AB3C9D", MARK, 2)
    assert sandbox.active == []


def test_only_given_values_are_updated(router: HotspotRouter, sandbox: RouterSandbox) -> None:
    sandbox.add_profile("24horas")
    router.provisioner.add_user(user(limit_uptime=60), 2)
    assert router.provisioner.update_user("AB3C9D", MARK, 2, profile="24horas", limit_bytes=10**12)
    found = router.provisioner.find_user("AB3C9D", 2)
    assert found is not None
    assert (found.profile, found.limit_uptime, found.limit_bytes) == ("24horas", 60, 10**12)
    assert not router.provisioner.update_user("nobody", MARK, 2, limit_uptime=1)


def test_disabling_is_undone_by_enabling(router: HotspotRouter, sandbox: RouterSandbox) -> None:
    router.provisioner.add_user(user(), 2, disabled=False)
    assert router.provisioner.disable_user("AB3C9D", MARK, 2)
    assert sandbox.users["AB3C9D"]["disabled"] == "true"
    assert router.provisioner.enable_user("AB3C9D", MARK, 2)
    assert sandbox.users["AB3C9D"]["disabled"] == "false"


@pytest.mark.parametrize("comment", [MARK, "", "vence mañana"])
def test_one_that_was_enabled_and_that_somebody_disabled_is_left_so(
    router: HotspotRouter, sandbox: RouterSandbox, comment: str
) -> None:
    router.provisioner.add_user(user(), 2, disabled=False)
    spoil(sandbox, comment=comment, disabled="yes")
    found = router.provisioner.enable_user("AB3C9D", MARK, 2, was_enabled=True)
    assert found == UserFound(True, mark_changed=comment != MARK, left_disabled=True)
    row = sandbox.users["AB3C9D"]
    assert (row["disabled"], row["comment"]) == ("true", MARK)
    spoil(sandbox, disabled="no")
    found = router.provisioner.enable_user("AB3C9D", MARK, 2, was_enabled=True)
    assert found == UserFound(True)
    assert not router.provisioner.enable_user("nobody", MARK, 2, was_enabled=True)


def test_marked_users_are_told_from_the_others(
    router: HotspotRouter, sandbox: RouterSandbox
) -> None:
    sandbox.add_users(40)
    sandbox.add_user("other", "x", comment="portal:other:1")
    for number in range(3):
        router.provisioner.add_user(user(f"N{number}", mark=f"portal:demo:{number}"), 2)
    marked = router.provisioner.users_marked("portal:demo:", 2)
    assert {found.name for found in marked} == {"N0", "N1", "N2"}
    assert router.provisioner.enable_user("N1", "portal:demo:1", 2, user_id=marked[1].id)


def test_reads_what_the_operator_is_shown(router: HotspotRouter, sandbox: RouterSandbox) -> None:
    assert "1hora" in {profile.name for profile in router.inspector.profiles(2)}
    info = router.inspector.info(2)
    assert info.version.startswith("7.20.8")
    assert info.identity
    assert info.board
    [host] = router.presence.hosts(2)
    assert (host.mac, host.address, host.authorized, host.bypassed) == (MAC, IP, False, False)
    assert router.presence.hosts(2, mac=MAC.lower()) == (host,)
    assert router.presence.hosts(2, mac="AA:BB:CC:DD:EE:00") == ()


def test_sessions_are_listed_and_ended_by_user(
    router: HotspotRouter, sandbox: RouterSandbox
) -> None:
    router.provisioner.add_user(user(), 2, disabled=False)
    sandbox.log_in("AB3C9D", "1234", IP)
    [session] = router.presence.sessions(2, user="AB3C9D")
    assert (session.user, session.mac, session.address) == ("AB3C9D", MAC, IP)
    assert router.presence.sessions(2) == (session,)
    assert router.presence.sessions(2, user="nobody") == ()
    assert router.presence.end_sessions("AB3C9D", 2) == 1
    assert router.presence.end_sessions("AB3C9D", 2) == 0
    assert sandbox.active == []


@pytest.mark.parametrize("bad", ["a\nb", "a\x00b", "\x7f", "a\x85b", "\ud83d", "a\tb"])
def test_control_characters_are_refused_before_anything_is_sent(
    router: HotspotRouter, sandbox: RouterSandbox, bad: str
) -> None:
    with pytest.raises(RouterRefused) as caught:
        router.provisioner.add_user(user(bad), 2)
    assert caught.value.executed is False
    with pytest.raises(RouterRefused):
        router.provisioner.find_user(bad, 2)
    assert sandbox.commands == []


@pytest.mark.parametrize(
    "hostile",
    ["=disabled=no", "?name=x", ".tag=1", "/system/reboot", "!done", '"; /system reboot', "$(x)"],
)
def test_hostile_text_stays_a_value(
    router: HotspotRouter, sandbox: RouterSandbox, hostile: str
) -> None:
    router.provisioner.add_user(user(hostile, password=hostile, mark=hostile), 2)
    row = sandbox.users[hostile]
    assert (row["comment"], row["disabled"]) == (hostile, "true")
    assert router.provisioner.remove_user(hostile, hostile, 2)
    assert {command.path for command in sandbox.commands} == {
        "/login",
        "/ip/hotspot/user/add",
        "/ip/hotspot/user/print",
        "/ip/hotspot/user/remove",
        "/ip/hotspot/active/print",
        "/ip/hotspot/cookie/print",
    }


@pytest.mark.parametrize(
    "mac", ["AABBCCDDEEFF", "AA:BB:CC:DD:EE", "AA:BB:CC:DD:EE:FF\n", "AA:BB:CC:DD:EE:GG", ""]
)
def test_a_mac_is_checked_strictly(router: HotspotRouter, sandbox: RouterSandbox, mac: str) -> None:
    with pytest.raises(RouterRefused):
        router.presence.hosts(2, mac=mac)
    with pytest.raises(RouterRefused):
        router.presence.log_in("AB3C9D", "1234", mac, 2)
    assert sandbox.commands == []
