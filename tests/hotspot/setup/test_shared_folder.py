"""Prove that the pages of another hotspot are not replaced unless somebody says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.hotspot.setup import State
from portal.hotspot.setup.pages import pages
from portal.hotspot.setup.script import setup_script, undo_script
from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.terminal.runner import Runner, ScriptError
from tests.hotspot.setup.conftest import make_facts
from tests.hotspot.setup.hotspots import add_hotspot
from tests.hotspot.setup.test_checks import by_name, findings
from tests.hotspot.setup.test_kit_command import invoke
from tests.hotspot.setup.test_script_runs import contents
from tests.support.shop import Shop, open_shop

NAME = "Carpeta compartida (hsprof1)"
OTHERS = "the other hotspot's own page"


@pytest.fixture
def shared(router: RouterSandbox) -> RouterSandbox:
    add_hotspot(router, "oficina", "hsprof2")
    router.upload("hotspot/login.html", OTHERS)
    return router


def login_page(router: RouterSandbox) -> str:
    [page] = [r for r in router.rows("/file") if r["name"] == "hotspot/login.html"]
    return page["contents"]


@pytest.mark.parametrize("script", [setup_script, undo_script])
def test_the_script_refuses_before_it_changes_anything(
    shared: RouterSandbox, script: object
) -> None:
    facts = make_facts(server="hotspot1")
    before = contents(shared)
    with pytest.raises(ScriptError, match=r"oficina.*--replace-shared"):
        Runner(shared).run(script(facts))  # type: ignore[operator]
    assert contents(shared) == before


def test_the_script_does_it_where_it_is_told_to(shared: RouterSandbox) -> None:
    facts = make_facts(server="hotspot1", replace_shared=True)
    Runner(shared).run(setup_script(facts))
    assert login_page(shared) == pages(facts)["login.html"]


def test_all_hotspots_at_once_are_meant_at_once(shared: RouterSandbox) -> None:
    facts = make_facts()
    Runner(shared).run(setup_script(facts))
    assert login_page(shared) == pages(facts)["login.html"]


def test_a_hotspot_that_is_switched_off_has_pages_too(router: RouterSandbox) -> None:
    add_hotspot(router, "temporada", "hsprof2", disabled="true")
    with pytest.raises(ScriptError, match="temporada"):
        Runner(router).run(setup_script(make_facts()))


def test_a_folder_of_its_own_is_no_matter(router: RouterSandbox) -> None:
    add_hotspot(router, "oficina", "hsprof2", folder="oficina")
    facts = make_facts(server="hotspot1", api_user="portal")
    Runner(router).run(setup_script(facts))
    assert NAME not in by_name(findings(router, facts))


def test_the_check_warns_and_its_line_mends(shared: RouterSandbox) -> None:
    facts = make_facts(server="hotspot1", api_user="portal")
    found = by_name(findings(shared, facts))[NAME]
    assert found.state is State.MISSING
    assert "oficina" in found.found
    runner = Runner(shared)
    runner.run(found.mend)
    assert NAME not in by_name(findings(shared, facts))
    runner.run(setup_script(facts))
    assert login_page(shared) == OTHERS


def test_what_was_wanted_is_no_fault_any_more(shared: RouterSandbox) -> None:
    facts = make_facts(server="hotspot1", api_user="portal", replace_shared=True)
    Runner(shared).run(setup_script(facts))
    assert by_name(findings(shared, facts))[NAME].state is State.ADVICE


def test_an_override_shows_other_pages(router: RouterSandbox) -> None:
    add_hotspot(router, "oficina", "hsprof2")
    [other] = [r for r in router.rows("/ip/hotspot/profile") if r["name"] == "hsprof2"]
    override = {"html_directory_override": "oficina"}
    router.execute("/ip/hotspot/profile/set", numbers=other[".id"], **override)
    assert NAME not in by_name(findings(router, make_facts(server="hotspot1", api_user="portal")))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with open_shop(tmp_path_factory.mktemp("instance"), None) as shop:
        add_hotspot(shop.router, "oficina", "hsprof2")
        shop.router.upload("hotspot/login.html", OTHERS)
        yield shop


def kit(shop: Shop, out: Path, *options: str) -> tuple[str, str]:
    """What the command said, and the script that it wrote."""
    made = invoke(shop, "kit", shop.router_id, "--out", str(out), *options)
    assert made.exit_code == 0, made.output
    return made.output, (out / f"portal-{shop.router_id}.rsc").read_text()


def test_the_command_warns_and_its_script_refuses(shop: Shop, tmp_path: Path) -> None:
    said, script = kit(shop, tmp_path, "--hotspot", "hotspot1")
    assert "Atención. Carpeta compartida (hsprof1): también oficina" in said
    with pytest.raises(ScriptError):
        Runner(shop.router).run(script)
    assert login_page(shop.router) == OTHERS


def test_the_command_has_nothing_to_warn_of(shop: Shop, tmp_path: Path) -> None:
    said, _ = kit(shop, tmp_path)
    assert "Atención" not in said


def test_the_command_works_without_the_router(shop: Shop, tmp_path: Path) -> None:
    shop.router.faults.refuse_login(times=None)
    shop.router.drop_connections()
    said, _ = kit(shop, tmp_path, "--hotspot", "hotspot1")
    shop.router.faults.clear()
    assert "No se pudo mirar el router" in said


def test_the_command_is_told_to_replace(shop: Shop, tmp_path: Path) -> None:
    said, script = kit(shop, tmp_path, "--hotspot", "hotspot1", "--replace-shared")
    assert "Atención" in said
    Runner(shop.router).run(script)
    assert login_page(shop.router) != OTHERS
