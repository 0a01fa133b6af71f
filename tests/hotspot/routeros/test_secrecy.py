"""Prove that neither logs nor errors tell what nobody should read."""

from __future__ import annotations

import logging
import traceback

import pytest

from portal.hotspot.errors import RouterError
from portal.hotspot.provisioning import NewHotspotUser
from portal.hotspot.router import HotspotRouter, RouterAddress
from portal.sandbox.routeros import RouterSandbox
from tests.hotspot.routeros.conftest import Connect

SECRETS = ("planted-router-password", "planted-user-password", "planted-name")
USER = NewHotspotUser(SECRETS[2], SECRETS[1], "1hora", "portal:demo:1")


@pytest.fixture
def guarded() -> RouterSandbox:
    with RouterSandbox(password=SECRETS[0]) as box:
        box.add_profile("1hora")
        yield box


def test_nothing_sent_is_ever_logged(
    guarded: RouterSandbox, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "librouteros"):
        router = connect(guarded)
        router.provisioner.add_user(USER, 2)
        router.provisioner.find_user(USER.name, 2)
    assert guarded.users.keys() == {SECRETS[2]}
    assert not any(secret in caplog.text for secret in SECRETS)
    assert not [record for record in caplog.records if record.name == "librouteros"]


@pytest.mark.parametrize(
    "message",
    [
        f"failure: already have user with this name for this server {SECRETS[2]}",
        f"no more sessions are allowed for user {SECRETS[2]}",
        f"invalid value {SECRETS[1]} for argument password",
    ],
)
def test_errors_do_not_repeat_the_routers_words(
    guarded: RouterSandbox, connect: Connect, caplog: pytest.LogCaptureFixture, message: str
) -> None:
    router: HotspotRouter = connect(guarded)
    guarded.faults.trap(message, "/ip/hotspot/user/add")
    caplog.set_level(logging.DEBUG)
    with pytest.raises(RouterError) as caught:
        router.provisioner.add_user(USER, 2)
    printed = "".join(traceback.format_exception(caught.value))
    assert not any(secret in printed for secret in SECRETS)
    assert "127.0.0.1" not in printed
    assert message.split()[0] in caplog.text
    assert not any(secret in caplog.text for secret in SECRETS)


def test_reprs_hide_passwords() -> None:
    address = RouterAddress("10.0.0.1", 8728, "portal", SECRETS[0])
    assert not any(secret in f"{address!r}{USER!r}" for secret in SECRETS[:2])
