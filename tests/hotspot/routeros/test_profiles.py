"""Test that a user profile is made once, as the kit makes it, and none that stands is touched."""

from __future__ import annotations

import pytest

from portal.hotspot.errors import RouterRefused, RouterUnavailable
from portal.hotspot.provisioning import NewProfile
from portal.hotspot.router import HotspotRouter
from portal.sandbox.routeros import RouterSandbox

PROFILES = "/ip/hotspot/user/profile"
WEEK = NewProfile("semana", 3, rate_limit="2M/10M", shared_users=2)


def named(sandbox: RouterSandbox, name: str) -> list[dict[str, str]]:
    return [row for row in sandbox.rows(PROFILES) if row["name"] == name]


def test_it_is_made_once(router: HotspotRouter, sandbox: RouterSandbox) -> None:
    assert router.provisioner.add_profile(WEEK, 2) is True
    assert router.provisioner.add_profile(WEEK, 2) is False
    (made,) = named(sandbox, "semana")
    assert made["rate-limit"] == "2M/10M"
    assert made["shared-users"] == "2"
    assert made["add-mac-cookie"] in ("yes", "true")


def test_one_may_end_sessions_by_itself_and_give_no_cookie(
    router: HotspotRouter, sandbox: RouterSandbox
) -> None:
    short = NewProfile("corto", 0, rate_limit="256k/256k", session_timeout=600)
    assert router.provisioner.add_profile(short, 2) is True
    (made,) = named(sandbox, "corto")
    assert made["session-timeout"] == "10m"
    assert made["add-mac-cookie"] in ("no", "false")


def test_one_that_stands_stays_as_it_is(router: HotspotRouter, sandbox: RouterSandbox) -> None:
    before = named(sandbox, "1hora")
    assert router.provisioner.add_profile(NewProfile("1hora", 3, shared_users=9), 2) is False
    assert named(sandbox, "1hora") == before


def test_what_was_made_and_not_heard_of_is_found(
    router: HotspotRouter, sandbox: RouterSandbox
) -> None:
    sandbox.faults.cut_after(f"{PROFILES}/add")
    with pytest.raises(RouterUnavailable):
        router.provisioner.add_profile(WEEK, 2)
    assert router.provisioner.add_profile(WEEK, 2) is False
    assert len(named(sandbox, "semana")) == 1


def test_a_user_of_the_api_that_may_not_is_said_so(
    router: HotspotRouter, sandbox: RouterSandbox
) -> None:
    sandbox.faults.trap("not enough permissions (9)", f"{PROFILES}/add")
    with pytest.raises(RouterRefused) as refused:
        router.provisioner.add_profile(WEEK, 2)
    assert refused.value.advice.endswith(".")
    assert named(sandbox, "semana") == []
