"""Test that another tool's users become ours, and that nobody else's do."""

from __future__ import annotations

from datetime import UTC

import pytest

from portal.hotspot.adoption import Adoption, LeftKind
from portal.hotspot.router import HotspotRouter
from portal.sandbox.routeros import RouterSandbox

HEADER = ':put (",rem,20,1d,25,,Disable,")'
COMMENT, MARK = "vc-123-01.02.26-Lupe", "portal:d1:acc_1"


@pytest.fixture
def left(sandbox: RouterSandbox) -> RouterSandbox:
    sandbox.add_profile("1dia", on_login=HEADER)
    sandbox.add_user("ab3k9", "ab3k9", profile="1dia", comment=COMMENT)
    sandbox.add_user("juan", "4711", profile="1dia", comment="up-123-01.02.26-")
    sandbox.add_user("vecino", "secreto", comment="de otro")
    return sandbox


def test_what_is_left_is_read(left: RouterSandbox, router: HotspotRouter) -> None:
    found = router.adopter.left_over(UTC, 2)
    assert [(user.name, user.password) for user in found.users] == [
        ("ab3k9", "ab3k9"),
        ("juan", "4711"),
    ]
    assert found.others == 1
    assert found.profiles["1dia"].price == 2500


def test_a_login_that_may_not_see_passwords_hides_them(
    left: RouterSandbox, router: HotspotRouter
) -> None:
    [group] = [row for row in left.rows("/user/group") if row["name"] == "full"]
    left.execute("/user/group/set", numbers=group[".id"], policy="read,write,api")
    found = {user.name: user for user in router.adopter.left_over(UTC, 2).users}
    assert (found["ab3k9"].kind, found["ab3k9"].password) == (LeftKind.UNUSED, "ab3k9")
    assert (found["juan"].kind, found["juan"].password) == (LeftKind.HIDDEN, "")


def test_a_user_becomes_ours_once(left: RouterSandbox, router: HotspotRouter) -> None:
    before = dict(left.users["ab3k9"])
    assert router.adopter.adopt("ab3k9", COMMENT, MARK, 2) == Adoption.ADOPTED
    assert router.provisioner.enable_user("ab3k9", MARK, 2)
    assert router.adopter.adopt("ab3k9", COMMENT, MARK, 2) == Adoption.ADOPTED
    after = left.users["ab3k9"]
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"comment", "email"}


def test_what_was_changed_meanwhile_stays(left: RouterSandbox, router: HotspotRouter) -> None:
    used = left.users["ab3k9"][".id"]
    left.execute("/ip/hotspot/user/set", numbers=used, comment="2026-01-02 10:00:00")
    before = dict(left.users)
    assert router.adopter.adopt("ab3k9", COMMENT, MARK, 2) == Adoption.CHANGED
    assert router.adopter.adopt("vecino", COMMENT, MARK, 2) == Adoption.CHANGED
    assert router.adopter.adopt("nadie", COMMENT, MARK, 2) == Adoption.GONE
    assert left.users == before
