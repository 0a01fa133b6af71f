"""Prove that what an older Winbox wrote in Latin-1 is shown, checked and sold as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.hotspot.setup import State, UserProfile
from portal.hotspot.setup.quoting import quote
from portal.hotspot.setup.script import setup_script
from portal.models import Plan
from portal.operators import routers
from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.terminal.runner import Runner
from tests.hotspot.setup.conftest import make_facts, sold
from tests.hotspot.setup.hotspots import add_hotspot
from tests.hotspot.setup.test_checks import by_name, findings, inspected, set_up
from tests.hotspot.setup.test_kit_command import invoke
from tests.support.shop import Shop, open_shop

# As the simulated router spells a byte that is not UTF-8.
STORED, SHOWN = "1 D\udceda", "1 Día"
CHECKED = f"Perfil de usuario «{SHOWN}»"


@pytest.fixture(scope="module")
def open_for_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with open_shop(tmp_path_factory.mktemp("instance"), None) as shop:
        shop.change(Plan, profile_name=SHOWN)
        yield shop


@pytest.fixture
def shop(open_for_all: Shop) -> Shop:
    open_for_all.router.reset()
    open_for_all.router.add_profile(STORED)
    return open_for_all


def test_it_is_listed(shop: Shop) -> None:
    with shop.app.app_context():
        names = [profile.name for profile in routers.profiles(shop.company_id, shop.router_id)]
    assert SHOWN in names


def test_it_is_checked(shop: Shop) -> None:
    result = invoke(shop, "check", shop.router_id)
    assert f"✓ {CHECKED}: cumple" in result.output


@pytest.mark.parametrize("body", [{}, {"tipo_usuario": "pin"}])
def test_it_is_sold(shop: Shop, body: dict[str, str]) -> None:
    answer = shop.buy(**body)
    assert answer.status_code == 200, answer.json
    name = answer.json["usuario_hotspot"]["usuario"]
    assert shop.router.users[name]["profile"] == STORED


def test_the_script_makes_no_second_one(shop: Shop, tmp_path: Path) -> None:
    made = invoke(shop, "kit", shop.router_id, "--out", str(tmp_path))
    assert made.exit_code == 0, made.output
    Runner(shop.router).run((tmp_path / f"portal-{shop.router_id}.rsc").read_text())
    names = [row["name"] for row in shop.router.rows("/ip/hotspot/user/profile")]
    assert names == ["default", STORED]


def test_of_two_that_read_alike_the_one_in_utf_8_is_sold(shop: Shop) -> None:
    shop.router.add_profile(SHOWN)
    name = shop.buy().json["usuario_hotspot"]["usuario"]
    assert shop.router.users[name]["profile"] == SHOWN
    output = invoke(shop, "check", shop.router_id).output
    assert f"· {CHECKED}: está dos veces" in output
    assert f"✓ {CHECKED}: cumple" in output


def test_the_other_of_the_two_is_renamed(router: RouterSandbox) -> None:
    for name in (STORED, SHOWN):
        router.add_profile(name)
    facts = make_facts(api_user="portal", profiles=(UserProfile(SHOWN),))
    twice = [f for f in findings(router, facts) if f.name == CHECKED and f.state is State.ADVICE]
    Runner(router).run(twice[0].mend)
    names = {row["name"] for row in router.rows("/ip/hotspot/user/profile")}
    assert names == {"default", SHOWN, f"{SHOWN} (2)"}


def test_its_differences_are_mended_where_it_stands(router: RouterSandbox) -> None:
    router.add_profile(STORED, rate_limit="1M/1M")
    facts = make_facts(api_user="portal", profiles=(sold(SHOWN, rate_limit="2M/5M"),))
    Runner(router).run(by_name(findings(router, facts))[f"{CHECKED}, rate-limit"].mend)
    [row] = [r for r in router.rows("/ip/hotspot/user/profile") if r["name"] == STORED]
    assert row["rate-limit"] == "2M/5M"
    assert by_name(findings(router, facts))[CHECKED].state is State.OK


def test_a_hotspot_and_its_folder_in_latin_1(router: RouterSandbox) -> None:
    add_hotspot(router, "Caf\udce9", "perfil caf\udce9", folder="p\udce1ginas")
    facts = set_up(router, server="Café")
    found = by_name(findings(router, facts))
    assert found["Hotspot activo"].found == "Café"
    assert found["Página de entrada (perfil café)"].state is State.OK
    assert found["Formas de entrar (perfil café)"].state is State.OK
    written = [r["name"] for r in router.rows("/file") if r["name"].startswith("p\udce1ginas/")]
    assert "p\udce1ginas/login.html" in written


def test_a_line_names_the_profile_as_it_stands(router: RouterSandbox) -> None:
    add_hotspot(router, "patio", "perfil caf\udce9", folder="patio")
    facts = make_facts(api_user="portal", server="patio")
    found = by_name(findings(router, facts))["Formas de entrar (perfil café)"]
    assert found.state is State.MISSING
    Runner(router).run(found.mend)
    assert by_name(findings(router, facts))[found.name].state is State.OK


def test_the_identity_and_a_comment(router: RouterSandbox) -> None:
    [identity] = router.rows("/system/identity")
    router.execute("/system/identity/set", name="Caf\udce9 \udc80")
    assert inspected(router).info.identity == "Café €"
    assert identity["name"] != "Café €"


def test_bytes_go_into_a_script_as_they_are() -> None:
    assert quote("1 D\udceda") == '"1 D\\EDa"'
    assert quote("1 Día") == '"1 D\\C3\\ADa"'
    script = setup_script(make_facts(profiles=(UserProfile(SHOWN),)))
    assert 'name="1 D\\C3\\ADa" || name="1 D\\EDa"' in script


def test_an_api_user_in_latin_1_is_known(router: RouterSandbox) -> None:
    [user] = [row for row in router.rows("/user") if row["name"] == "portal"]
    router.execute("/user/set", numbers=user[".id"], name="jos\udce9")
    people = router.rows("/user")
    runner = Runner(router)
    runner.run(setup_script(make_facts(api_user="josé")))
    assert router.rows("/user") == people
    assert any("se deja como está" in line for line in runner.said)
