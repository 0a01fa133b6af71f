"""Test `flask router kit` and `flask router check`, as a shell would run them."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result

from portal.core.database import writing
from portal.models import Plan, Router
from portal.sandbox.routeros.terminal.runner import Runner
from tests.support.shop import ROUTER_PASSWORD, Shop, open_shop


@pytest.fixture(scope="module")
def open_for_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with open_shop(tmp_path_factory.mktemp("instance"), None) as shop:
        shop.change(Router, login_hosts=["10.5.50.1"])
        yield shop


@pytest.fixture
def shop(open_for_all: Shop) -> Iterator[Shop]:
    yield open_for_all
    open_for_all.router.faults.clear()
    open_for_all.router.reset()
    open_for_all.change(Router, host=open_for_all.router.host, tls="none")


def invoke(shop: Shop, *args: str) -> Result:
    return shop.app.test_cli_runner().invoke(args=["router", *args])


def modes(folder: Path) -> set[int]:
    return {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()}


def test_the_kit_sets_the_router_up(shop: Shop, tmp_path: Path) -> None:
    before = invoke(shop, "check", shop.router_id)
    assert before.exit_code == 1
    assert "✗ Jardín IP: pay.conekta.com: cerrado" in before.output
    assert '/ip hotspot walled-garden ip add action=accept dst-host="pay.conekta.com"' in (
        before.output
    )
    made = invoke(shop, "kit", shop.router_id, "--out", str(tmp_path / "kit"))
    assert made.exit_code == 0, made.output
    script = tmp_path / "kit" / f"portal-{shop.router_id}.rsc"
    Runner(shop.router).run(script.read_text())
    after = invoke(shop, "check", shop.router_id)
    assert after.exit_code == 0, after.output
    assert "El router está listo." in after.output
    assert "✗" not in after.output
    assert "· Cifrado: la contraseña del router viaja sin cifrar" in after.output
    assert "· es lo que funciona así" in after.output


def test_what_it_writes_is_its_owners(shop: Shop, tmp_path: Path) -> None:
    folder = tmp_path / "kit"
    folder.mkdir()
    stale = folder / f"portal-{shop.router_id}.rsc"
    stale.write_text("of last year")
    stale.chmod(0o644)
    made = invoke(shop, "kit", shop.router_id, "--out", str(folder))
    assert made.exit_code == 0, made.output
    assert ROUTER_PASSWORD in stale.read_text()
    assert ROUTER_PASSWORD not in made.output
    assert modes(folder) == {0o600}
    names = {path.name for path in (folder / "hotspot").iterdir()}
    assert {"login.html", "api.json"} < names
    assert "http://127.0.0.1:8000/r/" in (folder / "hotspot" / "login.html").read_text()


def test_undo_is_written_alone(shop: Shop, tmp_path: Path) -> None:
    made = invoke(shop, "kit", shop.router_id, "--undo", "--out", str(tmp_path / "kit"))
    assert made.exit_code == 0, made.output
    [written] = (tmp_path / "kit").iterdir()
    assert written.name == f"portal-{shop.router_id}-deshacer.rsc"
    assert ROUTER_PASSWORD not in written.read_text()


def test_it_says_where_the_api_may_be_used_from(shop: Shop, tmp_path: Path) -> None:
    def script(*options: str) -> str:
        out = tmp_path / "-".join(("kit", *options)).replace("/", "_")
        made = invoke(shop, "kit", shop.router_id, "--out", str(out), *options)
        assert made.exit_code == 0, made.output
        return (out / f"portal-{shop.router_id}.rsc").read_text()

    assert 'address="127.0.0.1/32"' in script()
    named = script("--from", "203.0.113.9", "--from", "198.51.100.0/24")
    assert 'address="203.0.113.9/32,198.51.100.0/24"' in named
    # This machine may be seen there by another address.
    shop.change(Router, host="8.8.8.8")
    refused = invoke(shop, "kit", shop.router_id, "--out", str(tmp_path / "no"))
    assert refused.exit_code == 1
    assert "a través de Internet" in refused.output
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize("address", ["everywhere", "::1/129", "10.0.0.1/99", '1.2.3.4" ; /user'])
def test_a_bad_address_is_refused(shop: Shop, address: str) -> None:
    made = invoke(shop, "kit", shop.router_id, "--from", address)
    assert made.exit_code == 1
    assert made.output.startswith("Error: La dirección")


@pytest.mark.parametrize("command", ["kit", "check"])
@pytest.mark.parametrize("router_id", ["RTR_FFFFFFFF", "'; drop", "x" * 500])
def test_an_unknown_router(shop: Shop, command: str, router_id: str) -> None:
    result = invoke(shop, command, router_id)
    assert result.exit_code == 1
    assert "Router no encontrado" in result.output


def test_a_router_that_does_not_answer(shop: Shop) -> None:
    shop.router.faults.refuse_login(times=None)
    result = invoke(shop, "check", shop.router_id)
    assert result.exit_code == 1
    assert "rechazó el usuario o la contraseña" in result.output
    assert ROUTER_PASSWORD not in result.output


def test_an_account_without_a_secret_is_not_made(shop: Shop) -> None:
    def give(password: str) -> None:
        with shop.app.app_context(), writing() as session:
            session.get_one(Router, shop.router_id).password = password

    give("")
    result = invoke(shop, "kit", shop.router_id)
    give(ROUTER_PASSWORD)
    assert result.exit_code == 1
    assert "Registre primero una contraseña" in result.output


def test_profiles_come_from_the_plans(shop: Shop, tmp_path: Path) -> None:
    def script() -> str:
        made = invoke(shop, "kit", shop.router_id, "--out", str(tmp_path / "kit"))
        assert made.exit_code == 0, made.output
        return (tmp_path / "kit" / f"portal-{shop.router_id}.rsc").read_text()

    shop.change(Plan, speed="10/2 Mbps", max_devices=4)
    assert 'name="1hora"' in script()
    assert 'rate-limit="2M/10M" shared-users=4' in script()
    shop.change(Plan, speed="lo normal", max_devices=None)
    assert "rate-limit=" not in script()
    shop.change(Plan, active=False)
    assert "1hora" not in script()
    shop.change(Plan, active=True)


@pytest.mark.parametrize("url", ["https://wifi.example.com", "http://192.0.2.1:1"])
def test_no_kit_leads_customers_nowhere(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str
) -> None:
    monkeypatch.setattr("portal.operators.public_address.LOOK_SECONDS", (0.2, 0.2))
    changed = replace(shop.app.extensions["settings"], public_url=url)
    monkeypatch.setitem(shop.app.extensions, "settings", changed)
    made = invoke(shop, "kit", shop.router_id, "--out", str(tmp_path / "no"))
    assert made.exit_code == 1
    assert url in made.output
    assert not (tmp_path / "no").exists()


def test_a_guessed_password_is_given_to_no_router(shop: Shop, tmp_path: Path) -> None:
    def give(password: str) -> None:
        with shop.app.app_context(), writing() as session:
            session.get_one(Router, shop.router_id).password = password

    give("password1234")
    made = invoke(shop, "kit", shop.router_id, "--out", str(tmp_path / "no"))
    give(ROUTER_PASSWORD)
    assert made.exit_code == 1
    assert "de las que se adivinan" in made.output
