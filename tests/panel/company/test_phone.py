"""Test the company's pages on a phone: each right in every look, a key tried by its button."""

from __future__ import annotations

import pytest

from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert
from portal.core.database import writing
from tests.pages.site import Site
from tests.panel.browser import Operator

PAGES = {
    "empresa": "/panel/empresa",
    "aspecto": "/panel/empresa/aspecto",
    "textos": "/panel/empresa/textos",
    "llaves": "/panel/empresa/llaves",
    "otra-pasarela": "/panel/empresa/llaves/mercadopago",
    "alertas": "/panel/alertas",
    "canales": "/panel/alertas/canales",
    "plan-nuevo": "/panel/planes/nuevo",
}


@pytest.mark.parametrize("name", PAGES)
def test_each_page_is_right_in_every_look(operator: Operator, site: Site, name: str) -> None:
    with site.shop.app.app_context(), writing() as session:
        said = "El router «Patio» no responde desde hace 10 minutos."
        raise_alert(session, site.shop.company_id, AlertKind.ROUTER_AWAY, site.router_id, said)
    operator.open(PAGES[name])
    operator.look(name)


def test_a_key_is_tried_by_its_button(operator: Operator) -> None:
    operator.open("/panel/empresa/llaves")
    with operator.leaving():
        operator.page.get_by_role("button", name="Probar", exact=True).click()
    operator.await_text("La llave funciona y es de pruebas: no se cobra a nadie.")
