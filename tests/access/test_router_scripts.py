"""Test what operators' own scripts do to what was sold: rows 1 and 2 of the reports, and their
kind.
"""

from __future__ import annotations

import pytest

from portal.access.orphaned_users import remove_orphaned_users
from portal.access.provisioning import mark_of, mark_prefix
from portal.access.usage_sync import UsageSync, sync_usage
from portal.models import Access, Plan, utc_now
from portal.sales.operator_refund import refund_sale
from tests.access.test_reconnection import CONNECTED, NOT_CONNECTED, ask, said
from tests.support.shop import IP, MAC, Shop

USER = "[find name=$user]"
SPOILERS = pytest.mark.parametrize(
    "script",
    [
        f'/ip hotspot user set {USER} comment=""',
        f"/ip hotspot user set {USER} comment=[/system clock get date]",
        f':local exp "vence mañana"; /ip hotspot user set comment="$exp" {USER}',
        '/ip hotspot user set $user comment="" mac-address=$"mac-address"',
    ],
)
WIPE = SPOILERS.args[1][0]
WIPE_BOTH = f'/ip hotspot user set {USER} comment="" email=""'
BIND = f'/ip hotspot user set {USER} mac-address=$"mac-address"'
SECOND, THIRD = ("02:00:00:00:00:01", "192.168.88.101"), ("02:00:00:00:00:02", "192.168.88.102")


def use_script(shop: Shop, script: str, devices: int = 1, event: str = "on-login") -> None:
    """The plan's profile runs this script."""
    shop.router.add_profile("cajas", **{event: script, "shared-users": str(devices)})
    shop.change(Plan, profile_name="cajas", max_devices=devices)


def sell(shop: Shop, **changes: object) -> dict[str, str]:
    shop.change(Plan, duration_seconds=3600, duration_from="purchase")
    answer = shop.buy(conexion_automatica=True, **changes)
    assert answer.status_code == 200, answer.text
    user: dict[str, str] = answer.json["usuario_hotspot"]
    return user


def expire(shop: Shop) -> None:
    shop.change(Access, expires_at=utc_now())
    shop.reconcile()


def refund(shop: Shop) -> None:
    with shop.app.app_context():
        assert refund_sale(shop.sales()[-1].id, "asked").sale.state == "refunded"
    shop.reconcile()


def go_round(shop: Shop) -> UsageSync:
    with shop.app.app_context():
        return sync_usage(shop.router_id)


def is_gone(shop: Shop, name: str) -> bool:
    mine = [row for row in shop.router.active + shop.router.cookies if row["user"] == name]
    return name not in shop.router.users and not mine


def told(shop: Shop) -> dict[str, str]:
    return {alert.kind: alert.message for alert in shop.alerts()}


def spoil(shop: Shop, name: str, **values: str) -> None:
    row = shop.router.users[name]
    shop.router.execute("/ip/hotspot/user/set", numbers=row[".id"], **values)


@SPOILERS
@pytest.mark.parametrize("end", [expire, refund])
def test_row_1_what_a_script_unmarked_is_still_taken_away(
    shop: Shop, script: str, end: object
) -> None:
    use_script(shop, script)
    user = sell(shop)["usuario"]
    end(shop)  # type: ignore[operator]
    assert is_gone(shop, user)
    assert "name_lost" not in told(shop)
    assert "on-login del perfil «cajas»" in told(shop)["mark_changed"]


@SPOILERS
def test_the_mark_comes_back_while_it_is_used(shop: Shop, script: str) -> None:
    use_script(shop, script)
    user = sell(shop)["usuario"]
    with shop.app.app_context():
        mark = mark_of(shop.accesses()[0].id)
    assert shop.router.users[user].get("comment") != mark
    assert go_round(shop).lost == 0
    shop.reconcile()
    assert shop.router.users[user]["comment"] == mark
    assert len(shop.router.active) == 1
    assert "on-login del perfil «cajas»" in told(shop)["mark_changed"]
    assert go_round(shop).lost == 0
    shop.reconcile()
    assert [alert.times for alert in shop.alerts()] == [2]


def test_a_user_without_any_mark_is_ours_by_what_it_has_used(shop: Shop) -> None:
    use_script(shop, "")
    user = sell(shop)["usuario"]
    shop.router.clock.advance(120)
    go_round(shop)
    spoil(shop, user, comment="2026", email="")
    expire(shop)
    assert is_gone(shop, user)
    assert "mark_changed" in told(shop)


def test_nobody_s_script_is_blamed_where_there_is_none(shop: Shop) -> None:
    user = sell(shop)["usuario"]
    spoil(shop, user, comment="hola")
    expire(shop)
    assert is_gone(shop, user)
    assert "revise /system script" in told(shop)["mark_changed"]


@pytest.mark.parametrize("comment", ["", "mi primo", "portal:0123456789ab:acc_1"])
@pytest.mark.parametrize("profile", ["1hora", "default"])
@pytest.mark.parametrize("end", [expire, refund])
def test_what_others_made_under_our_name_is_not_touched(
    shop: Shop, comment: str, profile: str, end: object
) -> None:
    user = sell(shop)["usuario"]
    shop.router.clock.advance(120)
    go_round(shop)
    row = shop.router.users[user]
    shop.router.execute("/ip/hotspot/user/remove", numbers=row[".id"])
    for session in shop.router.active:
        shop.router.execute("/ip/hotspot/active/remove", numbers=session[".id"])
    shop.router.add_user(user, "theirs", comment=comment, profile=profile)
    shop.router.log_in(user, "theirs", IP)
    theirs = shop.router.users[user]
    end(shop)  # type: ignore[operator]
    assert shop.router.users[user].items() >= {
        "comment": theirs.get("comment", ""),
        "profile": profile,
    }.items() - {("comment", "")}
    assert len(shop.router.active) == 1


@pytest.mark.parametrize("end", [expire, refund])
def test_what_cannot_be_known_as_ours_any_more_is_left_and_told(shop: Shop, end: object) -> None:
    use_script(shop, WIPE_BOTH)
    user = sell(shop)["usuario"]
    end(shop)  # type: ignore[operator]
    assert user in shop.router.users
    assert "on-login del perfil «cajas»" in told(shop)["user_left"]


def test_a_name_that_others_took_is_told_of_once_and_left(shop: Shop) -> None:
    use_script(shop, WIPE_BOTH)
    user = sell(shop)["usuario"]
    go_round(shop)
    shop.reconcile()
    assert user in shop.router.users
    assert "on-login del perfil «cajas»" in told(shop)["name_lost"]


def test_a_sweep_knows_what_a_script_unmarked(shop: Shop) -> None:
    kept = sell(shop)["usuario"]
    spoil(shop, kept, comment="")
    with shop.app.app_context():
        owner = mark_prefix().split(":")[1]
        shop.router.add_user("LEFTOVER", "1", comment="2026", email=f"acc_gone@{owner}.portal")
        shop.router.add_user("OTHERS", "1", email="acc_gone@otherdeploy.portal")
        shop.router.add_user("FRIEND", "1", comment="", email="primo@example.com")
        assert remove_orphaned_users(shop.router_id).removed == 1
    assert {kept, "OTHERS", "FRIEND"} <= set(shop.router.users)
    assert "LEFTOVER" not in shop.router.users


@pytest.mark.parametrize("script", [BIND, f"{WIPE}; {BIND}"])
def test_row_2_the_other_devices_of_a_plan_for_three_come_in(shop: Shop, script: str) -> None:
    use_script(shop, script, devices=3)
    user = sell(shop)
    assert shop.router.users[user["usuario"]]["mac-address"] == MAC
    for device in (SECOND, THIRD):
        shop.router.join(*device)
        answer = ask(shop, user["usuario"], user["contrasena"], device[0], current_ip=device[1])
        assert said(answer) == CONNECTED
    assert {row["mac-address"] for row in shop.router.active} == {MAC, SECOND[0], THIRD[0]}
    assert "on-login del perfil «cajas»" in told(shop)["user_bound"]


def test_a_round_frees_a_user_for_whom_several_devices_were_bought(shop: Shop) -> None:
    use_script(shop, BIND, devices=3)
    user = sell(shop)["usuario"]
    go_round(shop)
    shop.reconcile()
    assert "mac-address" not in shop.router.users[user]
    assert "user_bound" in told(shop)


def test_a_plan_for_one_device_stays_bound_and_the_operator_is_told(shop: Shop) -> None:
    use_script(shop, BIND)
    user = sell(shop)
    shop.router.join(*SECOND)
    answer = ask(shop, user["usuario"], user["contrasena"], SECOND[0], current_ip=SECOND[1])
    assert said(answer) == NOT_CONNECTED
    assert [row["mac-address"] for row in shop.router.active] == [MAC]
    assert "on-login del perfil «cajas»" in told(shop)["user_bound"]


@pytest.mark.parametrize(
    ("text", "kind", "advice"),
    [
        ("session limit reached (license allows 200)", "license_limit", "licencia"),
        ("no more free addresses from pool", "no_free_address", "/ip pool"),
        ("no more sessions are allowed for user X", "shared_users", "shared-users"),
        ("nadie entra hoy", "login_refused", "/log"),
        ("not enough permissions (9)", "login_refused", "/log"),
    ],
)
@pytest.mark.parametrize("way", ["sale", "code"])
def test_a_login_that_only_the_operator_can_mend_is_told(
    shop: Shop, text: str, kind: str, advice: str, way: str
) -> None:
    if way == "code":
        user = shop.buy().json["usuario_hotspot"]
        shop.router.faults.trap(text, "/ip/hotspot/active/login")
        assert said(ask(shop, user["usuario"], user["contrasena"], MAC)) == NOT_CONNECTED
    else:
        shop.router.faults.trap(text, "/ip/hotspot/active/login")
        assert shop.buy(conexion_automatica=True).status_code == 200
    assert advice in told(shop)[kind]


def test_a_profile_that_went_is_told_while_what_was_lost_is_put_back(shop: Shop) -> None:
    sell(shop)
    shop.router.reset()
    go_round(shop)
    shop.reconcile()
    assert "perfil" in told(shop)["profile_missing"]
