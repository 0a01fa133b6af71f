"""A device of somebody's, connected by a stranger, so that his others have to go for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count

import pytest
import sqlalchemy as sa

from portal.access.usage_sync import sync_usage
from portal.core.database import writing
from portal.models import Access
from portal.operators import plans
from tests.attacks.pages import Person, Victim
from tests.pages.site import ACTOR, Phone, Site, open_site

_numbers = count(1)
VISIT = re.compile(r'[?;]v=([^&"]+)')


@pytest.fixture(scope="module")
def site(
    module_database_url: str | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Its profile lets in more devices than are sold, as operators leave it."""
    with open_site(tmp_path_factory.mktemp("wide"), module_database_url) as opened:
        opened.shop.router.add_profile("premium", **{"shared-users": "9"})
        yield opened


def use_elsewhere(victim: Victim, devices: int) -> list[Phone]:
    """The one it was bought with is idle in the WiFi; as many others as were bought are online."""
    site, access = victim.site, victim.access
    sold = sa.update(Access).where(Access.id == access.id).values(max_devices=devices)
    with site.shop.app.app_context(), writing() as session:
        session.execute(sold)
        name, password = access.name, access.password
    others = [site.new_phone() for _ in range(devices)]
    for other in others:
        site.shop.router.log_in(name, password, other.ip)
        site.shop.router.clock.advance(60)
    return others


def online(victim: Victim) -> list[str]:
    """What is online by the victim's code, after the worker's next round."""
    shop = victim.site.shop
    with shop.app.app_context():
        sync_usage(shop.router_id)
    name = shop.name_of(victim.access)
    return [row["mac-address"] for row in shop.router.active if row["user"] == name]


@pytest.mark.parametrize("devices", [1, 2])
def test_nobody_s_devices_go_for_one_that_a_stranger_connects(site: Site, devices: int) -> None:
    """Knows MAC and address of the one that is idle."""
    victim = Victim(site, "offline")
    others = use_elsewhere(victim, devices)
    attacker = Person(site, victim.device)
    attacker.post("/reconectar", v=attacker.enter())
    assert online(victim) == [other.mac for other in others]


def test_one_for_which_there_is_room_is_connected(site: Site) -> None:
    """Else the test above would see nothing."""
    victim = Victim(site, "offline")
    first, second = use_elsewhere(victim, 2)
    site.disconnect(first)
    owner = Person(site, victim.device)
    owner.post("/reconectar", v=owner.enter())
    assert online(victim) == [second.mac, victim.device.mac]


def test_its_owner_connects_it_in_place_of_another(site: Site) -> None:
    """In the visit in which it was bought: that is proof, as a code is."""
    victim = Victim(site, "offline")
    use_elsewhere(victim, 1)
    page = victim.get(f"/pago/{victim.sale.id}", v=victim.enter())
    # Sealed anew for each link, so a second that goes by makes two of it.
    visit = VISIT.findall(page.text)[-1]
    victim.post("/reconectar", v=visit)
    assert online(victim) == [victim.device.mac]


@pytest.mark.parametrize("gift", ["full", "blocked", "for later"])
def test_a_dearer_access_in_its_name_keeps_nobody_s_device_offline(site: Site, gift: str) -> None:
    """Knows MAC and address; buys for it what then lets it in no more."""
    victim, giver = Victim(site, "offline"), Person(site, site.new_phone())
    shop = site.shop
    bought = shop.buy(
        producto_id=dearest(site, gift == "for later"),
        mac_cliente=victim.device.mac,
        email_cliente=giver.email,
    )
    code = bought.json["usuario_hotspot"]
    if gift == "full":
        shop.router.log_in(code["usuario"], code["contrasena"], giver.device.ip)
    elif gift == "blocked":
        row = shop.router.users[code["usuario"]]
        shop.router.execute("/ip/hotspot/user/disable", numbers=row[".id"])
    owner = Person(site, victim.device)
    owner.post("/reconectar", v=owner.enter())
    assert online(victim) == [victim.device.mac]


def dearest(site: Site, for_later: bool) -> int:
    """A plan that costs more than the victim's; its id. `for_later`: it runs while it is used."""
    company_id, number = site.shop.company_id, next(_numbers)
    clock = "connected" if for_later else "purchase"
    limits = {"duration_seconds": 3600, "duration_from": clock, "profile_name": "premium"}
    with site.shop.app.app_context():
        where = {"router_id": site.router_id, "name": f"Oro {number}"}
        return plans.create(ACTOR, company_id, amount=90000, **where, **limits).id
