"""Test an owner's pages of a router that is served by RADIUS, and of a plan good at all sites."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from portal.core.database import reading
from portal.models import Plan, Router
from tests.panel.client import PanelClient
from tests.support.databases.admin import Databases
from tests.support.databases.migrated import copy_postgresql
from tests.support.shop import SECRETS
from tests.support.tenants import Tenant

PLAN = {
    "nombre_venta": "Un día",
    "precio": "30",
    "duracion": "24",
    "unidad_duracion": "horas",
    "perfil_nuevo": "1hora",
    "todas_las_sucursales-asked": "1",
    "todas_las_sucursales": "1",
    "activo-asked": "1",
    "activo": "1",
}


@pytest.fixture(scope="module")
def module_database_url(postgres: Databases) -> str:
    """A server of RADIUS reads no SQLite."""
    return copy_postgresql(postgres, SECRETS)


def made(app: Flask, panel: PanelClient) -> str:
    """A router that asks us, made without an address; its id."""
    sent = panel.post("/panel/routers/nuevo", nombre="Azotea", entrega="radius", host="")
    assert sent.status_code == 303, sent.text
    found = re.search("RTR_[0-9A-F]{8}", sent.headers["Location"])
    assert found is not None
    return found[0]


def test_a_router_that_asks_us_is_taken_in_without_address(app: Flask, panel: PanelClient) -> None:
    router_id = made(app, panel)
    with app.app_context(), reading() as session:
        router = session.get_one(Router, router_id)
    assert (router.delivery, router.host) == ("radius", None)
    shown = panel.get(f"/panel/routers/{router_id}").text
    assert "RADIUS" in shown
    checked = panel.get(f"/panel/routers/{router_id}/conectar").text
    assert "Nunca se ha oído nada de este router" in checked
    edited = panel.post(f"/panel/routers/{router_id}/editar", entrega="api", host="")
    assert edited.status_code == 422
    assert "sin ella solo se atiende por RADIUS" in edited.text


def test_an_api_router_needs_its_address(panel: PanelClient) -> None:
    sent = panel.post("/panel/routers/nuevo", nombre="Azotea", entrega="api", host="")
    assert sent.status_code == 422


def test_a_plan_good_at_all_sites_is_offered_where_routers_ask(
    app: Flask, panel: PanelClient, tenant: Tenant
) -> None:
    assert "Vale en todas mis sucursales" not in panel.get("/panel/planes/nuevo").text
    router_id = made(app, panel)
    assert "Vale en todas mis sucursales" in panel.get("/panel/planes/nuevo").text
    refused = panel.post("/panel/planes/nuevo", **PLAN, router_id=tenant.router_id)
    assert refused.status_code == 422
    saved = panel.post("/panel/planes/nuevo", **PLAN, router_id=router_id)
    assert saved.status_code == 303, saved.text
    with app.app_context(), reading() as session:
        assert session.query(Plan).filter_by(router_id=router_id).one().all_sites
