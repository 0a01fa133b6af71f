"""Use a phone to let a cashier in, and to log in with a second step: look at each page of it."""

from __future__ import annotations

import pyotp
from sqlalchemy import update

from portal.core.database import writing
from portal.models import SecondFactor
from portal.models.admin_user import Role
from tests.panel.browser import Operator
from tests.support.tenants import PASSWORD, make_user

NEW = "siete barcos de papel"


def code_now(operator: Operator, secret: str) -> str:
    """One that is good now, as if none had been used."""
    with operator.site.shop.app.app_context(), writing() as session:
        session.execute(update(SecondFactor).values(last_step=0))
    return pyotp.TOTP(secret).now()


def test_a_cashier_is_let_in_and_sells(operator: Operator) -> None:
    operator.open("/panel/mas")
    operator.press("Personas")
    operator.await_title("Personas")
    operator.look("personas")
    operator.press("Nueva persona")
    operator.await_title("Nueva persona")
    operator.look("persona-nueva")
    operator.enter("nombre", "Lucía, la del mostrador")
    operator.enter("email", "lucia.mostrador@example.com")
    operator.enter("password", NEW)
    with operator.leaving():
        operator.press("Dar acceso")
    operator.await_title("Personas")
    assert "Listo: Lucía" in operator.page.locator("main").inner_text()
    operator.page.get_by_role("link", name="Cambiar a Lucía").click()
    operator.await_title("Lucía, la del mostrador")
    operator.look("persona")
    operator.open("/panel/historial")
    operator.page.get_by_text("Qué cambió").first.click()
    operator.look("historial")
    operator.open("/panel/sesiones")
    operator.look("sesiones")
    operator.context.clear_cookies()
    operator.open("/panel/entrar")
    operator.enter("email", "lucia.mostrador@example.com")
    operator.enter("password", NEW)
    with operator.leaving():
        operator.press("Entrar")
    assert operator.page.get_by_role("link", name="Personas").count() == 0


def test_a_second_step_is_turned_on_and_asked_for(operator: Operator) -> None:
    operator.open("/panel/mi-cuenta")
    operator.look("mi-cuenta")
    operator.press("Activarla")
    operator.await_title("Activar la verificación en dos pasos")
    operator.look("dos-pasos")
    secret = operator.page.locator(".secret").inner_text().replace(" ", "")
    operator.enter("codigo", code_now(operator, secret))
    with operator.leaving():
        operator.press("Activar")
    operator.await_title("Códigos de recuperación")
    assert operator.page.locator(".codes li").count() == 10
    operator.look("codigos")
    operator.press("Ya los guardé")
    operator.await_title("Mi cuenta")
    email = operator.page.locator("main .card .quiet").first.inner_text()
    operator.context.clear_cookies()
    operator.open("/panel/entrar")
    operator.enter("email", email)
    operator.enter("password", PASSWORD)
    with operator.leaving():
        operator.press("Entrar")
    assert "Credenciales incorrectas" in operator.page.locator("main").inner_text()
    operator.look("entrar-con-codigo")
    operator.complaints.clear()
    operator.enter("password", PASSWORD)
    operator.enter("codigo", code_now(operator, secret))
    with operator.leaving():
        operator.press("Entrar")
    operator.open("/panel/mi-cuenta/dos-pasos/quitar")
    operator.look("dos-pasos-quitar")


def test_a_forgotten_password_is_told_of(operator: Operator) -> None:
    operator.context.clear_cookies()
    operator.open("/panel/entrar")
    operator.press("Olvidé mi contraseña")
    operator.await_title("Olvidé mi contraseña")
    operator.look("olvide")


def test_a_super_admins_pages_are_right_in_every_look(operator: Operator) -> None:
    operator.context.clear_cookies()
    email = make_user(operator.site.shop.app, role=Role.SUPER_ADMIN).email
    operator.open("/panel/entrar")
    operator.enter("email", email)
    operator.enter("password", PASSWORD)
    with operator.leaving():
        operator.press("Entrar")
    company = f"/panel/empresas/{operator.site.shop.company_id}"
    for name, path in (
        ("empresas", "/panel/empresas"),
        ("empresa", company),
        ("empresa-personas", f"{company}/personas"),
    ):
        operator.open(path)
        operator.look(name)
