"""Test who may call, and with which headers."""

from __future__ import annotations

import pytest
import requests

from portal.sandbox.conekta import ConektaSandbox
from tests.sandbox.conekta.client import KEY, VENDOR
from tests.support.patience import PATIENCE


def status(gateway, **headers):
    named = {"Accept": VENDOR, **{name.capitalize(): value for name, value in headers.items()}}
    return requests.get(f"{gateway.url}/orders", headers=named, timeout=PATIENCE).status_code


def test_a_key_comes_as_bearer_or_as_the_user_of_basic(gateway):
    assert status(gateway, authorization=f"Bearer {KEY}") == 200
    basic = requests.get(
        f"{gateway.url}/orders",
        headers={"Accept": VENDOR},
        auth=(KEY, ""),
        timeout=PATIENCE,
    )
    assert basic.status_code == 200


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer sk_1", "Basic !", "Basic /w==", "Digest key_1", KEY]
)
def test_anything_else_is_refused(gateway, authorization):
    assert status(gateway, authorization=authorization) == 401


@pytest.mark.parametrize(
    "accept", ["*/*", "application/json", "application/vnd.conekta-v2.2.0+json"]
)
def test_the_version_must_be_asked_for(gateway, accept):
    assert status(gateway, accept=accept, authorization=f"Bearer {KEY}") == 406


def test_named_keys_alone_are_good_and_share_accounts_as_told(connect):
    keys = ["key_old=shop", "key_new=shop", "key_other"]
    with ConektaSandbox(keys=keys, live_keys=["key_live=shop_live"]) as gateway:
        order = connect(gateway.url, "key_old").open()
        assert connect(gateway.url, "key_new").look_up(order) == order
        assert connect(gateway.url, "key_other").get("/orders")["data"] == []
        assert connect(gateway.url, "key_live").open()["livemode"] is True
        assert status(gateway, authorization="Bearer key_stranger") == 401
