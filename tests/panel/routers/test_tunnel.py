"""Test an owner's pages of a router that dials in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.terminal.runner import Runner
from tests.operators.dial_in.conftest import new_key, tunnel_settings
from tests.panel.client import PanelClient, panel_of
from tests.panel.routers.test_pages import record
from tests.support.servers.serving import serve
from tests.support.tenants import Tenant, make_tenant

TOKEN = re.compile(r'url="[^"]+(/api/v1/kit/tunel/tun_[0-9a-f]{32})"')


@pytest.fixture(scope="module")
def app_settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("tunnel")
    return tunnel_settings(folder) | {"wireguard_subnet": "127.77.0.0/24"}


def begin(panel: PanelClient, kind: str = "wireguard") -> str:
    """A new router's path."""
    made = panel.post("/panel/routers/nuevo", nombre="Cerro", llegada=kind, puerto="8729")
    assert made.status_code == 303, made.text
    found = re.search("RTR_[0-9A-F]{8}", made.headers["Location"])
    assert found is not None
    return f"/panel/routers/{found[0]}"


def test_a_router_without_an_address_enrols(app: Flask, panel: PanelClient) -> None:
    assert "sin IP pública: que entre él" in panel.get("/panel/routers/nuevo").text
    path = begin(panel)
    for page in ("/panel/routers", path, f"{path}/tunel"):
        assert "no ha enviado su llave" in panel.get(page).text
    with serve(app) as url, RouterSandbox(user="admin", tls="certificate") as fresh:
        script = panel.post(f"{path}/kit", forma="descarga").text
        found = TOKEN.search(script)
        assert found is not None
        terminal = Runner(fresh)
        terminal.run(re.sub(r'url="http://[^/"]+', f'url="{url}', script))
        [interface] = fresh.rows("/interface/wireguard")
    assert "El servidor recibió la llave." in terminal.said
    shown = panel.get(f"{path}/tunel")
    assert interface["public-key"].replace("+", "&#43;") in shown.text.replace("+", "&#43;")
    assert interface["private-key"] not in shown.text
    waiting = panel.get(f"{path}/conectar")
    assert "Esperando al router en el túnel" in waiting.text
    assert "Este servidor no dice" in waiting.text
    other = {"llave_publica": new_key()}
    assert panel.client.post(found[1], json=other).status_code == 409


def test_a_key_is_pasted(panel: PanelClient) -> None:
    path, key = begin(panel), new_key()
    wrong = panel.post(f"{path}/tunel", accion="llave", llave_publica="x")
    assert (wrong.status_code, "44 letras" in wrong.text) == (422, True)
    assert panel.post(f"{path}/tunel", accion="llave", llave_publica=f" {key} ").status_code == 303
    again = begin(panel)
    taken = panel.post(f"{again}/tunel", accion="llave", llave_publica=key)
    assert (taken.status_code, "ya es de otro router" in taken.text) == (409, True)


def test_how_it_is_reached_is_changed_both_ways(
    app: Flask, panel: PanelClient, tenant: Tenant
) -> None:
    path = f"/panel/routers/{tenant.router_id}"
    assert "no hay que abrir ningún puerto" in panel.get(f"{path}/tunel").text
    assert panel.post(f"{path}/tunel", accion="wireguard").status_code == 303
    router = record(app, tenant.router_id)
    assert (router.dial_in, router.is_password_withheld) == ("wireguard", False)
    assert router.host in panel.get(f"{path}/tunel").text
    edited = panel.get(f"{path}/editar").text
    assert 'name="host"' not in edited
    assert panel.post(f"{path}/tunel", accion="direccion", host="").status_code == 422
    assert panel.post(f"{path}/tunel", accion="direccion", host="127.0.0.1").status_code == 303
    assert record(app, tenant.router_id).dial_in is None


def test_another_companys_tunnel_is_nobodys(app: Flask, panel: PanelClient) -> None:
    path = begin(panel)
    stranger = panel_of(app, make_tenant(app, "Ajena").company_id)
    assert stranger.get(f"{path}/tunel").status_code == 404
    for posted in ({"accion": "llave", "llave_publica": new_key()}, {"accion": "l2tp"}):
        assert stranger.post(f"{path}/tunel", **posted).status_code == 404


def test_an_old_router_gets_its_own_kit(panel: PanelClient) -> None:
    path = begin(panel, "l2tp")
    script = panel.post(f"{path}/kit", forma="descarga").text
    assert "/interface l2tp-client add" in script
    assert "conviene WireGuard" in script
    assert "L2TP con IPsec" in panel.get(f"{path}/tunel").text
