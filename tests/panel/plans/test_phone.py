"""Test the plans on a phone: written, seen as customers will, its profile made by a button."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.pages.site import Site
from tests.panel.browser import Operator
from tests.support.browsers.chromium import new_context

PROFILES = "/ip/hotspot/user/profile"


def write(operator: Operator, name: str) -> None:
    operator.open("/panel/planes/nuevo")
    operator.page.get_by_label("Nombre", exact=True).fill(name)
    operator.page.get_by_label("Precio con IVA incluido").fill("80")
    operator.page.get_by_label("Cuánto dura").fill("3")
    operator.page.get_by_label("Unidad de tiempo").select_option(label="Días")
    operator.page.get_by_label("Velocidad").fill("5 Mbps")


def test_a_plan_from_nothing_to_the_customers_page(operator: Operator, site: Site) -> None:
    write(operator, "Fin de semana")
    card = operator.page.locator("#muestra")
    expect(card).to_contain_text("$80")
    expect(card).to_contain_text("3 días desde que pagas")
    operator.page.get_by_label("Otro perfil").fill("finde")
    with operator.leaving():
        operator.press("Guardar")
    operator.await_text("El perfil «finde» no está en: Patio")
    operator.look("plan")
    with operator.leaving():
        operator.press("Crear el perfil en el router")
    operator.await_text("Listo: el perfil está en «Patio».")
    assert "finde" in {row["name"] for row in site.shop.router.rows(PROFILES)}
    assert "no está en" not in operator.text
    options = operator.page.get_by_label("Perfil del router").locator("option")
    expect(options.filter(has_text="finde")).to_have_count(1)
    operator.open("/panel/planes")
    operator.look("planes")
    operator.press("Subir «Fin de semana»")
    operator.await_text("Fin de semana")
    shown = site.shop.app.test_client().get(site.path(site.new_phone())).text
    assert "Fin de semana" in shown


@pytest.fixture
def without_script(site: Site, browser: Browser) -> Iterator[Operator]:
    context = new_context(browser, java_script_enabled=False)
    owner = Operator(site, context)
    owner.log_in()
    yield owner
    context.close()


def test_the_card_is_seen_without_javascript(without_script: Operator) -> None:
    write(without_script, "Sin script")
    without_script.press("Vista previa")
    without_script.await_text("3 días desde que pagas")
    assert without_script.value("nombre_venta") == "Sin script"


def test_a_router_that_is_away_keeps_nobody_from_writing(operator: Operator, site: Site) -> None:
    site.shop.router.faults.hang(f"{PROFILES}/print", times=None)
    try:
        operator.open(f"/panel/planes/{site.shop.plan_id}")
        operator.await_text("«Patio» no dijo qué perfiles tiene.")
        assert operator.page.get_by_label("Perfil del router").input_value() == "1hora"
    finally:
        site.shop.router.faults.clear()
        site.bring_router_back()
