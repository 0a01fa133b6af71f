"""Test what profiles' scripts do to users, and what becomes of a phone under a new address."""

from __future__ import annotations

import pytest

from portal.sandbox.routeros import Refusal, RouterSandbox

MAC, IP, NEW_IP = "AA:BB:CC:DD:EE:FF", "192.168.88.100", "192.168.88.200"
TARGET = "[find name=$user]"


def logged_in(box: RouterSandbox, script: str, when: str = "on-login", **user: str) -> None:
    box.add_profile("caja", **{when: script, "shared-users": "3"})
    box.add_user("A", "1", profile="caja", comment="ours", **user)
    box.join(MAC, IP)
    box.log_in("A", "1", IP)


@pytest.mark.parametrize(
    ("script", "comment"),
    [
        (f'/ip hotspot user set {TARGET} comment=""', None),
        ('/ip hotspot user set comment="" $user;', None),
        (f"/ip/hotspot/user/set {TARGET} comment=[/system clock get date]", "2026-11-28"),
        (f':local exp "mañana"; /ip hotspot user set comment="$exp" {TARGET}', "mañana"),
        (":if ($x) do={ /ip hotspot user set $user comment=used }", "used"),
        (':log info "comment=no"', "ours"),
    ],
)
def test_a_script_changes_the_comment(script: str, comment: str | None) -> None:
    from portal.sandbox.routeros import Clock

    with RouterSandbox(clock=Clock(frozen_at=1795860000)) as box:
        logged_in(box, script)
        assert box.users["A"].get("comment") == comment


@pytest.mark.parametrize(
    "script",
    [
        f'/ip hotspot user set {TARGET} mac-address=$"mac-address"',
        f':local mac $"mac-address"; /ip hotspot user set mac-address=$mac {TARGET}',
    ],
)
def test_a_script_binds_the_user_to_its_first_device(script: str) -> None:
    with RouterSandbox() as box:
        logged_in(box, script)
        assert box.users["A"]["mac-address"] == MAC
        box.join("AA:BB:CC:DD:EE:00", NEW_IP)
        with pytest.raises(Refusal, match="from this MAC address"):
            box.log_in("A", "1", NEW_IP)


def test_a_script_runs_at_the_end_of_a_session() -> None:
    with RouterSandbox() as box:
        logged_in(box, "/ip hotspot user set $user comment=bye", "on-logout")
        assert box.users["A"]["comment"] == "ours"
        box.execute("/ip/hotspot/active/remove", numbers=box.active[0][".id"])
        assert box.users["A"]["comment"] == "bye"


def test_a_phone_with_a_new_address_may_leave_its_old_session_behind() -> None:
    with RouterSandbox() as box:
        logged_in(box, "")
        box.join(MAC, NEW_IP, keeps_old=True)
        assert {row["address"]: row["authorized"] for row in box.hosts} == {
            IP: "true",
            NEW_IP: "false",
        }
        assert [row["address"] for row in box.active] == [IP]
        box.log_in("A", "1", NEW_IP)
        assert {row["address"] for row in box.active} == {IP, NEW_IP}


@pytest.mark.parametrize(("at_logout", "while_online"), [(False, "1m"), (True, "0s")])
def test_counters_may_grow_at_logout_only(at_logout: bool, while_online: str) -> None:
    with RouterSandbox() as box:
        box.book_at_logout(at_logout)
        logged_in(box, "")
        box.clock.advance(60)
        assert (box.users["A"]["uptime"], box.active[0]["uptime"]) == (while_online, "1m")
        box.execute("/ip/hotspot/active/remove", numbers=box.active[0][".id"])
        assert box.users["A"]["uptime"] == "1m"


def test_a_power_cut_loses_the_sessions_under_way() -> None:
    with RouterSandbox() as box:
        box.book_at_logout()
        logged_in(box, "")
        box.clock.advance(60)
        box.reboot(power_cut=True)
        assert (box.active, box.users["A"]["uptime"]) == ([], "0s")
