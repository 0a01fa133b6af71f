"""Test the first steps one by one: refused with a sentence, resumed from what is on record."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import update

from portal.core.database import writing
from portal.models import GatewayAccount, Router
from portal.operators import companies
from portal.operators.first_run.progress import FirstStep, progress_of
from tests.panel.client import TOKEN, PanelClient
from tests.panel.first_steps.conftest import EmptySite
from tests.support.tenants import ACTOR, Tenant

ANA = {
    "nombre": "Ana",
    "empresa": "Café Ana",
    "email": "ana@cafe.mx",
    "password": "tres ranas verdes saltan",
}


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def first_form(site: EmptySite, **changes: str) -> tuple[PanelClient, dict[str, str]]:
    """Somebody who has the link open, and what its form sends."""
    somebody = PanelClient(site.app)
    shown = somebody.get(path_of(site.invitation())).text
    hidden = re.search(r'name="invitacion" value="([^"]+)"', shown)
    token = TOKEN.search(shown)
    assert hidden is not None
    assert token is not None
    return somebody, ANA | {"invitacion": hidden[1], "csrf_token": token[1]} | changes


def test_the_link_makes_an_owner_who_is_in(empty_site: EmptySite) -> None:
    somebody, fields = first_form(empty_site)
    done = somebody.client.post("/panel/inicio", data=fields)
    assert (done.status_code, done.headers["Location"]) == (303, "/panel/pasos")
    steps = somebody.get("/panel/pasos").text
    assert "Café Ana" in steps
    assert "Poner mis llaves" in steps
    somebody.email = ANA["email"]
    del fields["csrf_token"]
    again = f"/panel/inicio?invitacion={fields['invitacion']}"
    for answer in (somebody.get(again), somebody.post("/panel/inicio", **fields)):
        assert answer.status_code == 410
        assert "Este enlace ya no sirve" in answer.text


def test_a_guessed_link_makes_nobody(empty_site: EmptySite) -> None:
    somebody, fields = first_form(empty_site, invitacion="ImFueSI.aaaaaa.bbbbbb")
    assert somebody.client.post("/panel/inicio", data=fields).status_code == 410
    assert PanelClient(empty_site.app).get("/panel/inicio").headers["Location"] == "/panel/pasos"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": "cafeana2026"}, "contraseña"),
        ({"password": "corta"}, "entre 10 y"),
        ({"email": "ana"}, "correo"),
        ({"nombre": ""}, "entre 1 y"),
    ],
)
def test_what_is_wrong_is_said_beside_it(
    empty_site: EmptySite, changes: dict[str, str], words: str
) -> None:
    somebody, fields = first_form(empty_site, **changes)
    answer = somebody.client.post("/panel/inicio", data=fields)
    assert answer.status_code == 422
    wrong = " ".join(re.findall(r'class="wrong" id="[^"]+">([^<]+)', answer.text))
    assert words in wrong.lower()
    assert ANA["password"] not in answer.text
    assert somebody.client.post("/panel/inicio", data=fields | ANA).status_code == 303


def test_a_super_admin_names_a_company_and_acts_for_it(empty_site: EmptySite) -> None:
    somebody, fields = first_form(empty_site, empresa="")
    assert somebody.client.post("/panel/inicio", data=fields).status_code == 303
    somebody.email = ANA["email"]
    assert "Anotar mi empresa" in somebody.get("/panel/pasos").text
    named = {"nombre": "Café Bea", "contacto_email": "bea@cafe.mx"}
    assert somebody.post("/panel/pasos/empresa", **named).status_code == 303
    steps = somebody.get("/panel/pasos").text
    assert "Está actuando por Café Bea" in steps
    assert "Poner mis llaves" in steps


def test_each_step_opens_the_next(app: Flask, tenant: Tenant) -> None:
    def done() -> set[FirstStep]:
        with app.app_context():
            return set(progress_of(tenant.company_id).done)

    with app.app_context():
        assert progress_of(None).next is FirstStep.COMPANY
        companies.update(ACTOR, tenant.company_id, contact_email="ana@cafe.mx")
    assert done() == {FirstStep.COMPANY, FirstStep.PLANS}
    mine = GatewayAccount.company_id == tenant.company_id
    with app.app_context(), writing() as session:
        session.execute(update(GatewayAccount).where(mine).values(answers_live=True))
    assert FirstStep.KEYS not in done()
    with app.app_context(), writing() as session:
        session.execute(update(GatewayAccount).where(mine).values(answers_live=False))
    assert FirstStep.KEYS in done()
    with app.app_context(), writing() as session:
        own = update(Router).where(Router.id == tenant.router_id)
        session.execute(own.values(setup_missing=0))
    assert done() == set(FirstStep) - {FirstStep.SALE}


def test_plans_are_made_once_and_with_a_price(panel: PanelClient) -> None:
    path = "/panel/pasos/planes"
    assert "al menos un plan" in panel.post(path).text
    wrong = panel.post(path, dia="1", **{"dia-precio": "gratis"})
    assert wrong.status_code == 422
    assert 'aria-invalid="true"' in wrong.text
    cheap = panel.post(path, dia="1", **{"dia-precio": "1"})
    assert "El precio mínimo" in cheap.text
    for _ in range(2):
        assert panel.post(path, dia="1", **{"dia-precio": "45,50"}).status_code == 303
    assert panel.get(path).text.count("1 día: $45.50 MXN") == 1


def test_the_sale_waits_for_what_comes_before(panel: PanelClient) -> None:
    shown = panel.get("/panel/pasos/venta")
    assert "Todavía no" in shown.text
    assert "Refresh" not in shown.headers


def test_keys_are_asked_for_by_name(panel: PanelClient) -> None:
    asked = panel.post("/panel/pasos/llaves", public_key="", private_key="")
    assert asked.status_code == 422
    assert "Escriba la llave pública" in asked.text
    assert "key_private" not in panel.get("/panel/pasos/llaves").text
