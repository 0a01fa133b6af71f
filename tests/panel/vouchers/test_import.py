"""Test the page that imports Mikhmon's codes, as an owner uses it on a phone."""

from __future__ import annotations

from collections.abc import Mapping

from tests.panel.browser import Operator
from tests.panel.client import PanelClient
from tests.support.tenants import Tenant, make_tenant

HEADER = ':put (",rem,20,1d,25,,Disable,"); {:local date [ /system clock get date ]}'


def furnish(operator: Operator) -> None:
    router = operator.site.shop.router
    router.add_profile("mk-1dia", on_login=HEADER)
    for name in ("mk3k9", "mk4m2", "mk5n7"):
        comment = "vc-123-01.02.26-Abarrotes Lupe"
        router.add_user(name, name, profile="mk-1dia", comment=comment)
    ends = "2099-01-02 10:00:00"
    router.add_user("mkuso", "mkuso", profile="mk-1dia", comment=ends)
    router.add_user("mkvieja", "mkvieja", profile="mk-1dia", comment="jan/02/2020 10:00:00")


def test_codes_are_looked_at_and_imported(operator: Operator) -> None:
    furnish(operator)
    router = operator.site.shop.router
    before = dict(router.users)
    operator.open("/panel/fichas/lotes")
    operator.press("Importar de Mikhmon")
    operator.look("importar-router")
    operator.page.get_by_role("button", name="Mirar el router").click()
    operator.page.get_by_text("Ver las fichas").click()
    assert "$25" in operator.text
    operator.look("importar")
    assert router.users == before
    operator.page.get_by_label("Importar 4 como").select_option(index=1)
    operator.page.get_by_role("button", name="Importar", exact=True).click()
    operator.page.wait_for_url("**/panel/fichas/lotes/lot_*")
    assert operator.site.shop.app.test_cli_runner().invoke(args=["reconcile"]).exit_code == 0
    operator.page.reload()
    assert "Importadas de Mikhmon" in operator.text
    assert "se dejaron como están" in operator.text
    operator.look("lote-importado")
    ours = {
        name for name, row in router.users.items() if row.get("comment", "").startswith("portal:")
    }
    assert {"mk3k9", "mk4m2", "mk5n7", "mkuso"} <= ours
    assert router.users["mkvieja"] == before["mkvieja"]
    undo(operator, before)


def undo(operator: Operator, before: Mapping[str, Mapping[str, str]]) -> None:
    """Take it back by one press, after a look at what that does."""
    with operator.leaving():
        operator.press("Deshacer esta importación")
    operator.look("deshacer-importacion")
    with operator.leaving():
        operator.press("Deshacer esta importación")
    assert "3 fichas vuelven a Mikhmon" in operator.text
    operator.look("lote-deshecho")
    site = operator.site
    assert site.shop.app.test_cli_runner().invoke(args=["reconcile"]).exit_code == 0
    users = site.shop.router.users
    assert [users[name] for name in ("mk3k9", "mk4m2")] == [before["mk3k9"], before["mk4m2"]]
    operator.page.reload()
    assert "son otra vez de Mikhmon" in operator.text


def test_a_router_that_is_away_is_said(panel: PanelClient, tenant: Tenant) -> None:
    answer = panel.get(f"/panel/fichas/importar?router_id={tenant.router_id}")
    assert answer.status_code == 503
    assert "No se pudo entrar al router" in answer.text


def test_another_company_s_router_is_not_found(panel: PanelClient) -> None:
    other = make_tenant(panel.app, "Ajena")
    path = "/panel/fichas/importar"
    assert panel.get(f"{path}?router_id={other.router_id}").status_code == 404
    form = {"router_id": other.router_id, "perfil-1": "x", "plan-1": "1"}
    assert panel.post(path, **form).status_code == 404
    assert panel.post(path, router_id=other.router_id).status_code == 404
