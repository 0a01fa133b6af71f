"""Test what a kit says of RADIUS: from the settings and the router's record to its script."""

from __future__ import annotations

import pytest

from portal.access.radius.keys import radius_keys
from portal.access.radius.routers import secret_for
from portal.core.errors import Invalid
from portal.models import Router
from portal.operators import routers
from portal.operators.router_kit import kit
from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.terminal.runner import Runner
from tests.operators.router_kit.test_kits import PLAIN, with_settings
from tests.support.shop import Shop
from tests.support.tenants import ACTOR


@pytest.fixture
def behind_nat(radius_shop: Shop) -> Router:
    """A router that nobody reaches, and that asks by RADIUS."""
    made, _ = routers.create(
        ACTOR, radius_shop.company_id, name="Patio", delivery="radius", coa_port=3800
    )
    return made


def test_its_script_names_the_servers(
    radius_shop: Shop, behind_nat: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers = {"radius_servers": "192.0.2.1, 192.0.2.2", "radius_port": 11812}
    with_settings(radius_shop.app, monkeypatch, **servers)
    files = kit.make_kit(ACTOR, radius_shop.company_id, behind_nat.id, PLAIN)
    with RouterSandbox() as router:
        people = router.rows("/user")
        Runner(router).run(files.script)
        first, second = router.rows("/radius")
        assert (first["address"], second["address"]) == ("192.0.2.1", "192.0.2.2")
        assert (first["authentication-port"], first["accounting-port"]) == ("11812", "1813")
        assert first["secret"] == secret_for(behind_nat.id)
        name = radius_keys().first.router_name(behind_nat.id)
        assert (first["realm"], second["realm"]) == (name, name)
        assert router.rows("/radius/incoming")[0]["port"] == "3800"
        assert router.rows("/user") == people
    assert not [said for said in (first["secret"], name) if said in files.undo]
    assert not [said for said in (first["secret"], name) if said in repr(files)]


@pytest.mark.parametrize(
    ("servers", "said"), [("", "RADIUS_SERVERS"), ("no.such.invalid", "no tiene una dirección")]
)
def test_without_a_server_there_is_no_kit(
    radius_shop: Shop, behind_nat: Router, monkeypatch: pytest.MonkeyPatch, servers: str, said: str
) -> None:
    with_settings(radius_shop.app, monkeypatch, radius_servers=servers)
    with pytest.raises(Invalid, match=said):
        kit.make_kit(ACTOR, radius_shop.company_id, behind_nat.id, PLAIN)
