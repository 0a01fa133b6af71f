"""Test what every page of the panel has: its look, its size, its style sheet, its errors."""

from __future__ import annotations

import gzip

import pytest

from portal.models.admin_user import Role
from tests.pages.site import Site
from tests.panel.browser import Operator
from tests.panel.client import PanelClient

MOST_BYTES = 20 * 1024


@pytest.mark.parametrize("path", ["/panel/mas", "/panel/confirmar"])
def test_the_frame_is_right_in_every_look(operator: Operator, path: str) -> None:
    operator.open(path)
    operator.look(path.rpartition("/")[2])


def test_the_login_is_right_in_every_look(operator: Operator) -> None:
    operator.open("/panel/mas")
    with operator.leaving():
        operator.press("Cerrar sesión")
    operator.look("entrar")


def test_a_cashier_logs_in_too(operator: Operator) -> None:
    operator.context.clear_cookies()
    operator.log_in(Role.CASHIER)
    operator.await_title("Hoy")


def test_the_style_sheet_is_kept_by_browsers(panel: PanelClient) -> None:
    page = panel.get("/panel/mas").text
    address = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    sheet = panel.get(address, headers={"Accept-Encoding": "gzip"})
    assert sheet.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert b".bar{" in gzip.decompress(sheet.data)
    assert len(sheet.data) < MOST_BYTES / 2
    old = panel.get("/panel/estilo-000000000000.css")
    assert (old.status_code, old.headers["Cache-Control"]) == (200, "no-store")


def test_a_page_that_is_nowhere_says_so_in_the_panels_look(panel: PanelClient) -> None:
    answer = panel.get("/panel/no-existe")
    assert (answer.status_code, "No se encontró lo que busca." in answer.text) == (404, True)
    assert "estilo-" in answer.text


def test_pages_are_private(panel: PanelClient, site: Site) -> None:
    answer = panel.get("/panel/mas")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cookie" in answer.headers["Vary"]
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
