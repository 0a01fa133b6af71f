"""Who asks, however the server in front spells it: one caller is one, and is nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from portal.core.database import reading
from portal.models import AdminSession
from tests.support.shop import Shop, open_shop
from tests.support.tenants import PASSWORD, make_user

ALLOWED = 2
# What proxies write of 192.0.2.1, or see where they listen on [::] alone.
SPELLINGS = (
    "192.0.2.1",
    "192.0.2.1:50123",
    "192.0.2.1:50124",
    "::ffff:192.0.2.1",
    "::ffff:c000:201",
    "[::ffff:192.0.2.1]:443",
)
AGAIN = ("2001:db8::1", "[2001:db8::1]", "[2001:DB8:0::2]:50123")
LONGEST = "[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:65535"


@pytest.fixture
def shop(tmp_path: Path, database_url: str | None) -> Iterator[Shop]:
    settings: dict[str, Any] = {"trusted_proxies": 1, "address_reconnections": ALLOWED}
    with open_shop(tmp_path, database_url, metrics_allow="192.0.2.0/24", **settings) as opened:
        yield opened


def enter(shop: Shop, caller: str) -> int:
    """A code, as the proxy says from there."""
    code = {"username": "000001", "password": "000001", "current_mac": "02:00:00:00:00:09"}
    path = "/api/v1/hotspot/auto-reconnect"
    return shop.call(path, code, **{"X-Forwarded-For": caller}).status_code


@pytest.mark.parametrize("spellings", [SPELLINGS, AGAIN], ids=["ipv4", "ipv6"])
def test_who_is_spelled_anew_is_counted_on(shop: Shop, spellings: tuple[str, ...]) -> None:
    for _ in range(ALLOWED):
        assert enter(shop, spellings[0]) == 200
    assert {enter(shop, spelling) for spelling in spellings} == {429}


@pytest.mark.parametrize("spelled", ["::ffff:{}", "{}:50123"])
def test_nobody_waits_for_what_another_address_did(shop: Shop, spelled: str) -> None:
    for _ in range(ALLOWED + 1):
        said = enter(shop, spelled.format("192.0.2.1"))
    assert said == 429
    assert enter(shop, spelled.format("198.51.100.7")) == 200


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_figures_are_shown_to_whom_they_are_allowed(shop: Shop, spelled: str) -> None:
    answer = shop.app.test_client().get("/metrics", headers={"X-Forwarded-For": spelled})
    assert answer.status_code == 200


@pytest.mark.parametrize("spelled", ["::ffff:198.51.100.7", "198.51.100.7:50123", "_word", ""])
def test_figures_are_shown_to_nobody_else(shop: Shop, spelled: str) -> None:
    answer = shop.app.test_client().get("/metrics", headers={"X-Forwarded-For": spelled})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("spelled", "noted"),
    [(LONGEST, LONGEST[1:].partition("]")[0]), ("::ffff:192.0.2.1", "192.0.2.1"), ("x" * 99, None)],
)
def test_an_operator_gets_in_from_whatever_is_said(
    shop: Shop, spelled: str, noted: str | None
) -> None:
    who = {"email": make_user(shop.app, shop.company_id).email, "password": PASSWORD}
    answer = shop.app.test_client().post(
        "/api/v1/auth/login", json=who, headers={"X-Forwarded-For": spelled}
    )
    assert answer.status_code == 200
    with shop.app.app_context(), reading() as session:
        assert session.scalars(sa.select(AdminSession.ip)).all() == [noted]
