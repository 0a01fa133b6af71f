"""What an operator reaches and holds by the hosts that he names, of webhooks above all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import ip_address

import pytest
from flask import Flask

from config import load_settings
from portal.hotspot import resolver
from portal.hotspot.targets import is_private
from tests.api.admin.caller import Caller, log_in
from tests.support.shop import SECRETS, close_app, make_app
from tests.support.tenants import make_tenant

Save = Callable[[Caller, str], int]
SECRET = "una-frase-larga-y-secreta"
PRIVATE = (
    *("fec0::1", "feff:ffff::1", "fd00::1", "fe80::1", "::1", "::", "ff0e::1", "100::1"),
    # An IPv4 address within, as translators between the two read it (RFC 6052, 7915, 8215).
    *("64:ff9b:1::a00:1", "64:ff9b:1:fffe::808:808", "64:ff9b::10.0.0.1", "64:ff9b::127.0.0.1"),
    *("::ffff:0:127.0.0.1", "::ffff:0:8.8.8.8", "::ffff:10.0.0.1", "::10.0.0.1", "2002:a00:1::1"),
    # Of no network that anybody has (RFC 4291: all but 2000::/3 is not the public Internet's).
    *("1::1", "4000::1", "5f00::1", "8000::1", "f000::1"),
)
PUBLIC = ("2606:4700:4700::1111", "2a00:1450:4001::200e", "64:ff9b::8.8.8.8", "8.8.8.8")


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    """An operator of a deployment whose webhooks go to public addresses alone."""
    app = make_app(tmp_path_factory.mktemp("guarded"), None, allow_private_targets=False)
    yield operator_of(app)
    close_app(app)


def operator_of(app: Flask) -> Caller:
    company = make_tenant(app, host="router.invalid")
    return log_in(app, company.company_id).at("/api/v1/admin")


@pytest.mark.parametrize("text", PRIVATE)
def test_a_webhook_leads_into_no_private_network(guarded: Caller, text: str) -> None:
    answer = save_webhook(guarded, f"[{text}]")
    assert answer == 422


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_is_one(text: str) -> None:
    assert not is_private(ip_address(text))


@contextmanager
def names_that_hang() -> Iterator[int]:
    """As many requests as may wait for a name service; how many these are."""
    with ExitStack() as stack:
        taken = 0
        while resolver._waiting_aside.acquire(blocking=False):
            stack.callback(resolver._waiting_aside.release)
            taken += 1
        yield taken


def save_webhook(operator: Caller, host: str) -> int:
    chosen = {"webhook": {"url": f"https://{host}/", "secreto": SECRET, "eventos": ["otros"]}}
    return operator.put("/mi-empresa", {"alertas": chosen}).status_code


def save_router(operator: Caller, host: str) -> int:
    (router,) = operator.get("/mi-empresa/routers").json["routers"]
    return operator.put(f"/mi-empresa/routers/{router['id']}", {"host": host}).status_code


@pytest.mark.parametrize("save", [save_webhook, save_router])
def test_names_that_hang_hold_few_requests(guarded: Caller, save: Save) -> None:
    """His name service answers nobody, and he saves its names without end."""
    with names_that_hang() as held:
        assert held < load_settings(SECRETS).web_threads / 8
        # Looked at before it is connected to, so it need not be now.
        assert save(guarded, "localhost") == 200
        # What needs no name service waits for none.
        assert save(guarded, "127.0.0.1") == 422
    assert save(guarded, "localhost") == 422
