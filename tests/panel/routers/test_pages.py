"""Test an owner's pages of his routers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from portal.core.database import reading
from portal.models import Router
from portal.operators import api_keys, routers
from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.terminal.runner import Runner
from tests.panel.client import PanelClient
from tests.support.servers.ports import free_port
from tests.support.tenants import ACTOR, Tenant

SECRET = "device-password-planted"
NEW = {"nombre": "Azotea", "host": "127.0.0.1", "ubicacion": ""}


@pytest.fixture
def fresh() -> Iterator[RouterSandbox]:
    """A router from the factory."""
    with RouterSandbox(user="admin", tls="certificate") as sandbox:
        yield sandbox


def record(app: Flask, router_id: str) -> Router:
    with app.app_context(), reading() as session:
        return session.get_one(Router, router_id)


def begin(panel: PanelClient, port: int | None) -> str:
    """A new router's path."""
    made = panel.post("/panel/routers/nuevo", **NEW, puerto=str(port))
    assert made.status_code == 303, made.text
    found = re.search("RTR_[0-9A-F]{8}", made.headers["Location"])
    assert found is not None
    return f"/panel/routers/{found[0]}"


def run_kit(panel: PanelClient, path: str, device: RouterSandbox) -> str:
    """Download the kit's script, run it, and give it."""
    script = panel.post(f"{path}/kit", forma="descarga")
    assert "attachment" in script.headers["Content-Disposition"]
    Runner(device).run(script.text)
    return script.text


def test_a_router_goes_from_nothing_to_ready(
    app: Flask, panel: PanelClient, fresh: RouterSandbox
) -> None:
    path = begin(panel, fresh.tls_port)
    assert "Primero prepare el router" in panel.get(f"{path}/conectar").text
    script = run_kit(panel, path, fresh)
    met = panel.get(f"{path}/conectar")
    assert fresh.fingerprint in met.text
    assert "Refresh" not in met.headers
    confirmed = panel.post(f"{path}/conectar", huella=fresh.fingerprint)
    checked = panel.follow(confirmed)
    assert "El router está listo." in checked.text
    assert "Refresh" not in checked.headers
    (drawn,) = set(re.findall(r'password="([^"]+)"', script))
    for page in ("", "/editar", "/conectar", "/kit"):
        assert drawn not in panel.get(path + page).text
    assert "Preparado" in panel.get("/panel/routers").text
    # Whoever is confirmed is not taken for another at a posted form's word.
    assert panel.post(f"{path}/conectar", huella="ab" * 32).status_code == 409


def test_points_turn_green_while_one_looks(panel: PanelClient, fresh: RouterSandbox) -> None:
    path = begin(panel, fresh.tls_port)
    run_kit(panel, path, fresh)
    panel.post(f"{path}/conectar", huella=fresh.fingerprint)
    [profile] = [r for r in fresh.rows("/ip/hotspot/profile") if r["name"] == "hsprof1"]
    fresh.execute("/ip/hotspot/profile/set", numbers=profile[".id"], login_by="cookie")
    broken = panel.get(f"{path}/conectar")
    assert broken.headers["Refresh"] == "5"
    (mend,) = re.findall(r'<code class="line">(/ip hotspot profile set [^<]+)', broken.text)
    assert "login-by=" in mend
    assert "Falta 1 punto" in panel.get("/panel/routers").text
    fresh.execute(
        "/ip/hotspot/profile/set", numbers=profile[".id"], login_by="http-pap,http-chap,mac-cookie"
    )
    assert "El router está listo." in panel.get(f"{path}/conectar").text


def test_a_router_that_does_not_answer_is_waited_for(panel: PanelClient) -> None:
    path = begin(panel, free_port())
    assert panel.post(f"{path}/kit", forma="enlace").status_code == 200
    waiting = panel.get(f"{path}/conectar")
    assert "Esperando al router" in waiting.text
    assert waiting.headers["Refresh"] == "5"


def test_a_reset_router_is_trusted_again_by_its_owner_alone(
    app: Flask, panel: PanelClient, fresh: RouterSandbox
) -> None:
    path = begin(panel, fresh.tls_port)
    run_kit(panel, path, fresh)
    panel.post(f"{path}/conectar", huella="ab" * 32)
    other = panel.get(f"{path}/conectar")
    assert "otro certificado" in other.text
    shown = panel.get(f"{path}/certificado")
    assert fresh.fingerprint in shown.text
    assert panel.post(f"{path}/certificado", huella="mal").status_code == 422
    trusted = panel.post(f"{path}/certificado", huella=fresh.fingerprint)
    assert "El router está listo." in panel.follow(trusted).text


def test_the_link_is_shown_once_and_opens_once(panel: PanelClient) -> None:
    path = begin(panel, free_port())
    made = panel.post(f"{path}/kit", forma="enlace").text
    (url,) = set(re.findall(r"http://[^ ]+/api/v1/kit/kit_[0-9a-f]{32}", made))
    assert url not in panel.get(f"{path}/kit").text
    assert panel.client.get(url).status_code == 200
    assert panel.client.get(url).status_code == 410
    refused = panel.post(f"{path}/kit", forma="enlace", desde="nadie")
    assert refused.status_code == 422
    assert "«nadie» no es una dirección" in refused.text


def test_an_owner_who_was_asked_moves_a_router_with_its_password(
    app: Flask, panel: PanelClient, tenant: Tenant, fresh: RouterSandbox
) -> None:
    path = f"/panel/routers/{tenant.router_id}"
    with app.app_context():
        values = {"host": "192.0.2.1", "password": fresh.password, "username": "admin"}
        routers.update(ACTOR, tenant.company_id, tenant.router_id, **values)
    typed = {
        "nombre": "Patio",
        "ubicacion": "Planta alta",
        "host": fresh.host,
        "puerto": str(fresh.port),
        "tls": "ninguno",
        "tls_huella": "",
        "usuario": "admin",
        "password": "",
        "login_hosts": ["10.5.50.1", ""],
    }
    done = panel.post(f"{path}/editar", **typed)
    assert done.status_code == 303, done.text
    router = record(app, tenant.router_id)
    assert (router.location, router.port) == ("Planta alta", fresh.port)
    assert router.login_hosts == ["10.5.50.1"]
    assert not router.is_password_withheld
    with app.app_context():
        assert routers.test_connection(tenant.company_id, tenant.router_id).version


def test_what_is_wrong_with_a_router_is_said_beside_it(panel: PanelClient, tenant: Tenant) -> None:
    wrong = panel.post("/panel/routers/nuevo", nombre="", host="http://x", puerto="0")
    assert wrong.status_code == 422
    assert wrong.text.count('aria-invalid="true"') == 3
    path = f"/panel/routers/{tenant.router_id}/editar"
    unpinned = panel.post(path, tls="huella", tls_huella="", host="127.0.0.1", nombre="Patio")
    assert unpinned.status_code == 422
    assert "huella SHA-256" in unpinned.text


def test_a_withheld_password_is_told(app: Flask, panel: PanelClient, tenant: Tenant) -> None:
    with app.app_context():
        routers.update(ACTOR, tenant.company_id, tenant.router_id, host="192.0.2.9")
    assert "Contraseña por confirmar" in panel.get("/panel/routers").text
    shown = panel.get(f"/panel/routers/{tenant.router_id}").text
    assert "no se envía a donde nunca se escribió" in shown


def test_keys_are_replaced_and_revoked(app: Flask, panel: PanelClient, tenant: Tenant) -> None:
    path = f"/panel/routers/{tenant.router_id}/llaves"
    made = panel.post(path, gracia="24").text
    (token,) = re.findall(r'id="llave">(jwt_[^<]+)<', made)
    assert token not in panel.get(path).text
    catalogue = "/api/v1/catalogo_perfiles_venta"
    for key in (token, tenant.api_key):
        assert panel.client.get(catalogue, headers={"X-API-Key": key}).status_code == 200
    with app.app_context():
        newest = api_keys.newest(tenant.company_id, tenant.router_id)
    assert newest is not None
    assert panel.post(path, revocar=newest.id).status_code == 303
    assert panel.get(path).text.count(">Revocada<") == 1
    assert panel.post(path, revocar="key_0000000000000000").status_code == 404
    panel.post(path, gracia="0")
    assert panel.get(path).text.count(">Revocada<") == 2


def test_a_paused_router_sells_again(app: Flask, panel: PanelClient, tenant: Tenant) -> None:
    path = f"/panel/routers/{tenant.router_id}"
    for wanted in ("0", "0", "1"):
        assert panel.post(f"{path}/pausa", activo=wanted).status_code == 303
        assert record(app, tenant.router_id).active is (wanted == "1")
        assert (">En pausa<" in panel.get("/panel/routers").text) is (wanted == "0")


def test_an_outage_is_declared_by_the_companys_clocks(panel: PanelClient, tenant: Tenant) -> None:
    path = f"/panel/routers/{tenant.router_id}/interrupcion"
    assert "America/Mexico_City" in panel.get(path).text
    for began, ended, status in (
        ("", "", 422),
        ("2026-01-02T10:00", "2026-01-02T09:00", 422),
        ("2026-01-02T10:00", "2126-01-02T09:00", 422),
        ("0026-01-02T10:00", "2026-01-02T11:00", 422),
        ("2026-01-02T10:00", "2026-01-02T11:00", 303),
    ):
        assert panel.post(path, desde=began, hasta=ended).status_code == status


def test_a_cashier_looks_and_changes_nothing(cashier_panel: PanelClient, tenant: Tenant) -> None:
    path = f"/panel/routers/{tenant.router_id}"
    shown = cashier_panel.get(path).text
    assert "Patio" in shown
    for page in ("/editar", "/kit", "/llaves", "/interrupcion", "/conectar", "/certificado"):
        assert cashier_panel.get(path + page).status_code == 403
        assert f"{path}{page}" not in shown
