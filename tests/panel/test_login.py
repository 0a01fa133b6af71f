"""Test the way in: password, cookie, language, and the password again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.core.database import reading, writing
from portal.models import AdminSession, AuditEntry, utc_now
from portal.operators.people.sessions import FRESH
from portal.panel.cookie import PLAIN_NAME, SECURE_NAME
from tests.panel.client import TOKEN, PanelClient, panel_of
from tests.support.shop import Shop, close_app, make_app
from tests.support.tenants import PASSWORD, Tenant, make_tenant, make_user


@contextmanager
def closing_app(app: Flask) -> Iterator[Flask]:
    yield app
    close_app(app)


def test_who_logs_in_comes_to_the_page_that_was_wanted(app: Flask, tenant: Tenant) -> None:
    nobody = PanelClient(app)
    asked = nobody.get("/panel/confirmar").headers["Location"]
    assert asked == "/panel/entrar?a=/panel/confirmar"
    email = make_user(app, tenant.company_id).email
    assert nobody.log_in(email, a="/panel/confirmar").headers["Location"] == "/panel/confirmar"


ELSEWHERE = ("https://evil.example/", "//evil.example", "/panel//evil", "/panel/../r/x", "/r/x")
NO_PAGES = ("/panel/salir", "/panel/idioma", "/panel/nada")


@pytest.mark.parametrize("wanted", [*ELSEWHERE, *NO_PAGES])
def test_nobody_is_sent_elsewhere(app: Flask, tenant: Tenant, wanted: str) -> None:
    email = make_user(app, tenant.company_id).email
    assert PanelClient(app).log_in(email, a=wanted).headers["Location"] == "/panel/"


def test_a_wrong_password_says_so_and_keeps_the_email(app: Flask, tenant: Tenant) -> None:
    email = make_user(app, tenant.company_id).email
    answer = PanelClient(app).log_in(email, "wrong password")
    assert (answer.status_code, PASSWORD in answer.text) == (401, False)
    assert "Credenciales incorrectas" in answer.text
    assert f'value="{email}"' in answer.text


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_the_cookie_is_kept_from_scripts_and_other_sites(tmp_path: Path, scheme: str) -> None:
    base = f"{scheme}://portal.example.com"
    with closing_app(make_app(tmp_path, None, public_url=base)) as app:
        email, client = make_user(app).email, app.test_client()
        token = TOKEN.search(client.get("/panel/entrar", base_url=base).text)
        assert token is not None
        fields = {"csrf_token": token[1], "email": email, "password": PASSWORD}
        answer = client.post("/panel/entrar", data=fields, base_url=base)
    cookies = [text for text in answer.headers.getlist("Set-Cookie") if "portal_panel" in text]
    assert len(cookies) == 1
    assert cookies[0].startswith(f"{SECURE_NAME if scheme == 'https' else PLAIN_NAME}=")
    for said in ("HttpOnly", "SameSite=Lax", "Path=/", *(["Secure"] if scheme == "https" else [])):
        assert said in cookies[0].split("; ")
    assert "Domain" not in cookies[0]


def test_who_logs_out_is_out_everywhere(app: Flask, tenant: Tenant) -> None:
    owner = panel_of(app, tenant.company_id)
    name = next(iter(owner.client._cookies))
    kept = owner.client._cookies[name].value
    assert owner.post("/panel/salir").headers["Location"] == "/panel/entrar"
    owner.client.set_cookie(PLAIN_NAME, kept)
    assert owner.get("/panel/mas").status_code == 303


def test_a_login_leaves_nothing_of_the_session_before(app: Flask, tenant: Tenant) -> None:
    nobody = PanelClient(app)
    before = nobody.token()
    nobody.log_in(make_user(app, tenant.company_id).email)
    nobody.email = "logged in"
    assert nobody.token() != before


def test_the_customers_pages_set_no_cookie(app: Flask, tenant: Tenant) -> None:
    answer = app.test_client().get(f"/r/{tenant.router_id}")
    assert answer.headers.getlist("Set-Cookie") == []


def test_the_chosen_language_stays(panel: PanelClient) -> None:
    assert 'lang="es"' in panel.get("/panel/mas").text
    answer = panel.post("/panel/idioma", idioma="en", a="/panel/mas")
    assert 'html lang="en"' in panel.follow(answer).text
    assert 'html lang="en"' in panel.get("/panel/mas").text


def test_the_password_again_makes_a_session_fresh(app: Flask, tenant: Tenant) -> None:
    owner = panel_of(app, tenant.company_id)
    with app.app_context(), writing() as session:
        session.execute(update(AdminSession).values(confirmed_at=utc_now() - FRESH))
    wrong = owner.post("/panel/confirmar", password="not this one", a="/panel/mas")
    assert (wrong.status_code, "La contraseña no es correcta." in wrong.text) == (422, True)
    good = owner.post("/panel/confirmar", password=PASSWORD, a="/panel/mas")
    assert good.headers["Location"] == "/panel/mas"
    with app.app_context(), reading() as session:
        newest = select(AdminSession.confirmed_at).order_by(AdminSession.confirmed_at.desc())
        confirmed = session.scalars(newest.limit(1)).one()
    assert utc_now() - confirmed < FRESH


def test_passwords_are_not_guessed_at_the_confirmation(app: Flask, tenant: Tenant) -> None:
    owner = panel_of(app, tenant.company_id)
    tries = [owner.post("/panel/confirmar", password=f"wrong one {n}") for n in range(12)]
    assert {answer.status_code for answer in tries} == {422}
    assert owner.post("/panel/confirmar", password=PASSWORD).status_code == 422


def test_the_only_company_there_is_needs_no_choice(shop: Shop) -> None:
    alone = panel_of(shop.app)
    assert "Está actuando por Café Ñandú" in alone.follow(alone.get("/panel/entrar")).text
    query = select(AuditEntry).where(AuditEntry.actor == alone.email)
    with shop.app.app_context(), reading() as session:
        [entry] = session.scalars(query)
    assert (entry.action, entry.company_id) == ("company.act_for", shop.company_id)
    # Who wants to act for nobody does.
    alone.act_for("")
    assert "Está actuando" not in alone.get("/panel/mas").text
    assert alone.get("/panel/").headers["Location"] == "/panel/empresas"
    make_tenant(shop.app, "Otra")
    assert "Está actuando" not in panel_of(shop.app).get("/panel/mas").text


def test_acting_for_a_company_is_shown_and_recorded(
    super_panel: PanelClient, tenant: Tenant
) -> None:
    assert "Está actuando" not in super_panel.get("/panel/mas").text
    super_panel.act_for(tenant.company_id)
    assert "Está actuando por Café Ñandú" in super_panel.get("/panel/mas").text
    super_panel.post("/panel/idioma", idioma="es")
    super_panel.post("/panel/confirmar", password=PASSWORD)
    query = select(AuditEntry).where(AuditEntry.actor == super_panel.email)
    with super_panel.app.app_context(), reading() as session:
        entries = session.scalars(query).all()
    assert [(e.action, e.company_id) for e in entries][-1] == ("company.act_for", tenant.company_id)
