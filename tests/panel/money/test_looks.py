"""Test how the pages about money look, and that their tasks are done on a phone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.database import writing
from portal.models import Sale, utc_now
from tests.pages.site import Site
from tests.panel.browser import Operator


@pytest.fixture
def sale(site: Site) -> Sale:
    """A sale on the site, with what else an operator may see."""
    assert site.shop.buy().status_code == 200
    return site.shop.sales()[-1]


def test_today_is_right_in_every_look(operator: Operator, site: Site, sale: Sale) -> None:
    with site.shop.app.app_context(), writing() as session:
        session.get_one(Sale, sale.id).parked_reason = "stuck"
    operator.open("/panel/")
    operator.look("hoy")
    with operator.leaving():
        operator.press("Seguir")
    assert operator.page.locator("text=el sistema sigue").count() == 1


def test_sales_are_right_in_every_look(operator: Operator, sale: Sale) -> None:
    operator.open("/panel/ventas")
    operator.enter("q", "maria 4242")
    with operator.leaving():
        operator.press("Buscar")
    operator.look("ventas")
    with operator.leaving():
        operator.page.locator(f"a[href='/panel/ventas/{sale.id}']").click()
    operator.look("venta")
    with operator.leaving():
        operator.page.locator("text=Devolver el dinero").click()
    operator.enter("motivo", "No pudo conectarse")
    operator.look("reembolso")
    with operator.leaving():
        operator.page.locator("button.danger").click()
    assert operator.page.locator("text=se cerró el acceso").count() == 1


def test_the_books_are_right_in_every_look(operator: Operator, sale: Sale) -> None:
    assert sale.created_at > utc_now() - timedelta(days=1)
    operator.open("/panel/contabilidad")
    operator.look("contabilidad")
