"""Prove that a worker that dies while it ends a session leaves nobody online who was refunded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count

import pytest

from portal.sales.operator_refund import refund_sale
from tests.crash.crash_points import crash_points
from tests.crash.forker import Forker
from tests.support.databases.admin import Databases
from tests.support.databases.migrated import copy_postgresql
from tests.support.environment import PATIENT
from tests.support.radius.shop import RadiusShop, open_radius_shop
from tests.support.shop import SECRETS

pytestmark = pytest.mark.long

_numbers = count(1)


@pytest.fixture(scope="module")
def table(
    postgres: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[RadiusShop, Forker]]:
    folder, url = tmp_path_factory.mktemp("shop"), copy_postgresql(postgres, SECRETS)
    with ExitStack() as stack:
        shop = stack.enter_context(open_radius_shop(folder, url))
        about = {"conekta_api_url": shop.gateway.url, "instance_path": str(folder / "instance")}
        forker = Forker(SECRETS | {"DATABASE_URL": url}, PATIENT | about, folder / "log")
        yield shop, stack.enter_context(forker)


def online(shop: RadiusShop) -> str:
    """Somebody who has bought and is in; the device."""
    number = next(_numbers)
    mac, address = f"02:00:5E:30:00:{number:02X}", f"192.168.88.{number + 20}"
    shop.router.join(mac, address)
    said = shop.buy(mac_cliente=mac, ip_cliente=address, email_cliente=f"c{number}@example.com")
    shop.let_in(said.json["usuario_hotspot"], address)
    return mac


def refunded_online(shop: RadiusShop) -> str:
    """Somebody who is in, and whose money was given back a moment ago; the device."""
    mac = online(shop)
    with shop.app.app_context():
        refund_sale(shop.sales()[-1].id, "no navega")
    shop.make_due()
    shop.make_jobs_due()
    return mac


def test_whoever_dies_over_a_disconnect(table: tuple[RadiusShop, Forker]) -> None:
    shop, forker = table
    bystander = online(shop)
    refunded_online(shop)
    rehearsed = forker.rehearse("work", {}, {})
    shop.finish(shop.router)
    ways = crash_points(rehearsed.points)
    assert {"before disconnect 1", "after disconnect 1"} <= {way.at for way in ways}
    for way in ways:
        mac = refunded_online(shop)
        assert forker.run("work", {}, {}, way.checkpoints).killed, way
        shop.finish(shop.router)
        there = {row["mac-address"] for row in shop.router.active}
        assert (mac in there, bystander in there) == (False, True), way
        assert shop.accesses()[-1].actual == "absent", way
        assert shop.jobs("session_changes") == [], way
        assert shop.sales()[-1].state == "refunded", way
