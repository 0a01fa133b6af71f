"""Test people's ways in as they use them in the panel, without a browser."""

from __future__ import annotations

import re

import pyotp
from flask import Flask
from sqlalchemy import select, update

from portal.core.database import reading, writing
from portal.core.links import password_links
from portal.models import AdminUser, Company, PasswordRequest, SecondFactor
from portal.models.admin_user import Role
from portal.operators.people import password_reset
from portal.sandbox.smtp import SmtpSandbox
from tests.panel.client import PanelClient, panel_of
from tests.support.mail import app_settings, smtp
from tests.support.tenants import PASSWORD, Tenant, make_tenant, make_user

__all__ = ["app_settings", "smtp"]

NEW = "siete barcos de papel"
SECRET = re.compile(r'class="secret">([A-Z2-7 ]+)<')
CODES = re.compile(r"<li>((?:[A-Z2-7]{4}-){3}[A-Z2-7]{4})</li>")
# What differs between two answers to the same.
UNLIKE = re.compile(r'value="[^"]{40,}"|nonce="[^"]+"')
SIGNED_OFF = "Credenciales incorrectas"


def code_for(app: Flask, secret: str) -> str:
    """One that is good now, as if none had been used."""
    with app.app_context(), writing() as session:
        session.execute(update(SecondFactor).values(last_step=0))
    return pyotp.TOTP(secret).now()


def turn_on(panel: PanelClient) -> tuple[str, list[str]]:
    """The secret, and the recovery codes."""
    shown = panel.get("/panel/mi-cuenta/dos-pasos").text
    assert "<svg" in shown
    assert "style=" not in shown.partition("<svg")[2].partition("</svg>")[0]
    found = SECRET.search(shown)
    assert found is not None, shown
    secret = found[1].replace(" ", "")
    wrong = panel.post("/panel/mi-cuenta/dos-pasos", codigo="12")
    assert (wrong.status_code, found[1] in wrong.text) == (422, True)
    done = panel.post("/panel/mi-cuenta/dos-pasos", codigo=code_for(panel.app, secret))
    assert done.status_code == 200, done.text
    return secret, CODES.findall(done.text)


def test_two_steps_are_turned_on_used_and_turned_off(panel: PanelClient) -> None:
    app, email = panel.app, str(panel.email)
    secret, codes = turn_on(panel)
    assert len(codes) == 10
    account = panel.get("/panel/mi-cuenta").text
    assert "10 códigos de recuperación" in account
    assert codes[0] not in account
    stranger = PanelClient(app)
    assert "<details open" not in stranger.get("/panel/entrar").text
    without = stranger.log_in(email)
    wrong = PanelClient(app).log_in(email, "not this one")
    assert (without.status_code, wrong.status_code) == (401, 401)
    assert SIGNED_OFF in without.text
    assert UNLIKE.sub("", without.text) == UNLIKE.sub("", wrong.text)
    assert "<details open" in without.text
    good = stranger.log_in(email, codigo=code_for(app, secret))
    assert good.headers["Location"] == "/panel/"
    stranger.email = email
    stranger.post("/panel/salir")
    assert "<details open" in stranger.get("/panel/entrar").text
    assert PanelClient(app).log_in(email, codigo=codes[0]).status_code == 303
    off = {"password": PASSWORD, "codigo": "000", "que": "quitar"}
    assert panel.post("/panel/mi-cuenta/dos-pasos/quitar", **off).status_code == 422
    off["codigo"] = codes[1]
    assert panel.post("/panel/mi-cuenta/dos-pasos/quitar", **off).status_code == 303
    assert PanelClient(app).log_in(email).status_code == 303


def test_other_recovery_codes_are_shown_once(panel: PanelClient) -> None:
    _, codes = turn_on(panel)
    asked = {"password": PASSWORD, "codigo": codes[0], "que": "codigos"}
    shown = CODES.findall(panel.post("/panel/mi-cuenta/dos-pasos/quitar", **asked).text)
    assert (len(shown), set(shown) & set(codes)) == (10, set())


def test_an_owner_makes_changes_and_locks_out_a_cashier(
    app: Flask, panel: PanelClient, tenant: Tenant
) -> None:
    email = f"caja.{tenant.company_id.lower()}@example.com"
    fields = {"nombre": "Lucía", "email": email, "password": NEW, "rol": "cajero"}
    weak = panel.post("/panel/personas/nueva", **fields | {"password": "cafe12345"})
    assert (weak.status_code, "aria-invalid" in weak.text, 'value="Lucía"' in weak.text) == (
        422,
        True,
        True,
    )
    made = panel.post("/panel/personas/nueva", **fields)
    assert "Listo: Lucía ya puede entrar" in panel.follow(made).text
    again = panel.post("/panel/personas/nueva", **fields)
    assert (again.status_code, "Ya existe un usuario" in again.text) == (422, True)
    with app.app_context(), reading() as session:
        user = session.scalars(select(AdminUser).where(AdminUser.email == email)).one()
    assert (user.role, user.company_id) == (Role.CASHIER, tenant.company_id)
    cashier = PanelClient(app)
    assert cashier.log_in(email, NEW).status_code == 303
    cashier.email = email
    path = f"/panel/personas/{user.id}"
    assert cashier.get("/panel/personas").status_code == 403
    assert f'value="{email}"' in panel.get(path).text
    named = {"nombre": "Lucía Pérez", "email": email, "rol": "cajero", "password": ""}
    panel.post(path, **named, **{"activo-asked": "1", "activo": "1"})
    assert cashier.get("/panel/mas").status_code == 200
    panel.post(path, **named, **{"activo-asked": "1"})
    assert cashier.get("/panel/mas").status_code == 303
    assert "Lucía Pérez" in panel.get("/panel/personas").text


def test_the_last_owner_stays(app: Flask, panel: PanelClient, tenant: Tenant) -> None:
    with app.app_context(), writing() as session:
        theirs = AdminUser.company_id == tenant.company_id
        others = update(AdminUser).where(theirs, AdminUser.email != panel.email)
        session.execute(others.values(active=False))
        me = session.scalars(select(AdminUser.id).where(AdminUser.email == panel.email)).one()
    fields = {"nombre": "Ana", "email": panel.email, "rol": "cajero", "password": ""}
    answer = panel.post(f"/panel/personas/{me}", **fields)
    assert (answer.status_code, "dueño activo" in answer.text) == (422, True)


def test_an_owner_lets_in_who_lost_the_phone(
    app: Flask, panel: PanelClient, tenant: Tenant
) -> None:
    luis = panel_of(app, tenant.company_id)
    turn_on(luis)
    with app.app_context(), reading() as session:
        his = session.scalars(select(AdminUser.id).where(AdminUser.email == luis.email)).one()
    assert "Perdió su teléfono" in panel.get(f"/panel/personas/{his}").text
    assert panel.post(f"/panel/personas/{his}/sin-dos-pasos").status_code == 303
    assert PanelClient(app).log_in(str(luis.email)).status_code == 303


def test_an_open_session_is_not_enough_to_keep_it(app: Flask, panel: PanelClient) -> None:
    """Whoever finds an owner's telephone open takes neither second step nor password from him."""
    turn_on(panel)
    with app.app_context(), reading() as session:
        me = session.scalars(select(AdminUser).where(AdminUser.email == panel.email)).one()
    own = f"/panel/personas/{me.id}"
    answer = panel.post(f"{own}/sin-dos-pasos")
    assert (answer.status_code, "«Mi cuenta»" in answer.text) == (409, True)
    said = {"nombre": me.name, "email": me.email, "rol": me.role, "activo": "1"}
    answer = panel.post(own, password=NEW, **said)
    assert (answer.status_code, "«Mi cuenta»" in answer.text) == (422, True)
    shown = panel.get(own).text
    assert 'name="password"' not in shown
    assert "sin-dos-pasos" not in shown
    assert panel.post(own, **said | {"nombre": "Ana María"}).status_code == 303
    assert "Ana María" in panel.get("/panel/personas").text


def test_sessions_are_closed_one_by_one(app: Flask, panel: PanelClient, tenant: Tenant) -> None:
    cashiers = [panel_of(app, tenant.company_id, Role.CASHIER) for _ in range(2)]
    shown = cashiers[0].get("/panel/sesiones").text
    assert "Las de mis personas" not in shown
    assert "/cerrar" not in shown
    stranger = panel_of(app, make_tenant(app, "Ajena").company_id)
    listed = set(re.findall(r"/panel/sesiones/(ses_\w+)/cerrar", panel.get("/panel/sesiones").text))
    assert len(listed) == 3
    for session_id in listed:
        path = f"/panel/sesiones/{session_id}/cerrar"
        assert stranger.post(path).status_code == 404
    for session_id in listed:
        panel.post(f"/panel/sesiones/{session_id}/cerrar")
    assert [cashier.get("/panel/mas").status_code for cashier in cashiers] == [303, 303]
    assert panel.get("/panel/mas").status_code == 200


def test_a_new_password_is_chosen_and_asked_for(app: Flask, panel: PanelClient) -> None:
    fields = {"current_password": PASSWORD, "new_password": NEW, "again": "otra cosa distinta"}
    unlike = panel.post("/panel/mi-cuenta", **fields)
    assert (unlike.status_code, "Las dos no son iguales" in unlike.text) == (422, True)
    fields["again"] = NEW
    wrong = panel.post("/panel/mi-cuenta", **fields | {"current_password": "nope"})
    assert (wrong.status_code, "no es correcta" in wrong.text) == (422, True)
    done = panel.post("/panel/mi-cuenta", **fields)
    assert done.headers["Location"] == "/panel/entrar"
    assert "Listo: entre ahora" in panel.get("/panel/entrar").text
    assert PanelClient(app).log_in(str(panel.email), NEW).status_code == 303


def test_a_forgotten_password_is_replaced_by_a_link(
    app: Flask, tenant: Tenant, smtp: SmtpSandbox
) -> None:
    email = make_user(app, tenant.company_id).email
    nobody = PanelClient(app)
    told = nobody.post("/panel/olvide", email=email).text
    assert "Revise su correo" in told
    other = nobody.post("/panel/olvide", email="nadie@example.com").text
    same = (told.replace(email, ""), other.replace("nadie@example.com", ""))
    assert UNLIKE.sub("", same[0]) == UNLIKE.sub("", same[1])
    assert nobody.post("/panel/olvide", email="no es un correo").status_code == 422
    with app.app_context(), reading() as session:
        asked = set(session.scalars(select(PasswordRequest.email)))
        link = password_reset.link_for(email).partition("=")[2]
    assert {email, "nadie@example.com"} <= asked
    page = nobody.get(f"{password_links.PATH}?{password_links.NAME}={link}")
    assert (page.status_code, email in page.text) == (200, True)
    fields = {"enlace": link, "new_password": "corta", "again": "corta"}
    assert nobody.post("/panel/olvide/nueva", **fields).status_code == 422
    fields |= {"new_password": f"{email} 1", "again": f"{email} 1"}
    weak = nobody.post("/panel/olvide/nueva", **fields)
    assert (weak.status_code, "se adivinan pronto" in weak.text) == (422, True)
    fields |= {"new_password": NEW, "again": NEW}
    assert nobody.post("/panel/olvide/nueva", **fields).headers["Location"] == "/panel/entrar"
    assert nobody.log_in(email, NEW).status_code == 303
    used = PanelClient(app).post("/panel/olvide/nueva", **fields)
    assert (used.status_code, "ya no sirve" in used.text) == (422, True)


def test_the_history_is_read_and_exported(app: Flask, panel: PanelClient, tenant: Tenant) -> None:
    panel.post("/panel/personas/nueva", nombre="Lucía", email="x", password=NEW, rol="cajero")
    email = f"rastro.{tenant.company_id.lower()}@example.com"
    panel.post("/panel/personas/nueva", nombre="Lucía", email=email, password=NEW, rol="cajero")
    shown = panel.get("/panel/historial?accion=user").text
    assert "Dio de alta a una persona" in shown
    assert "(secreto)" in shown
    assert NEW not in shown
    assert email in shown
    assert "Creó un plan" not in shown
    assert "Nada de lo registrado" in panel.get("/panel/historial?desde=2099-01-01").text
    assert "Dio de alta" in panel.get("/panel/historial?desde=mañana&quien=").text
    table = panel.get("/panel/historial.csv?accion=user")
    assert (table.mimetype, email in table.text) == ("text/csv", True)
    panel.post("/panel/idioma", idioma="en", a="/panel/historial")
    assert "Added a person" in panel.get("/panel/historial").text


def test_a_super_admin_looks_after_companies(
    app: Flask, super_panel: PanelClient, tenant: Tenant
) -> None:
    assert f"/panel/empresas/{tenant.company_id}" in super_panel.get("/panel/empresas").text
    path = f"/panel/empresas/{tenant.company_id}"
    assert "Activa" in super_panel.get(path).text
    told = super_panel.follow(super_panel.post(path, activa="0")).text
    assert "está suspendida" in told

    def active() -> bool:
        with app.app_context(), reading() as session:
            return session.get_one(Company, tenant.company_id).active

    assert not active()
    super_panel.post(path, activa="1")
    assert active()
    email = f"dueña.{tenant.company_id.lower()}@example.com".replace("ñ", "n")
    fields = {"nombre": "Ana", "email": email, "password": NEW, "rol": "cliente_admin"}
    made = super_panel.post(f"{path}/personas", **fields)
    assert email in super_panel.follow(made).text
    assert PanelClient(app).log_in(email, NEW).status_code == 303
    assert super_panel.get("/panel/empresas/EMP_0000000000").status_code == 404
    assert super_panel.get("/panel/empresas/EMP_0000000000/personas").status_code == 404
