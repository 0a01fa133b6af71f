"""Test that people change their own e-mail, and that nobody else changes it for himself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from portal.core.database import reading, writing
from portal.core.links import email_links, sealing
from portal.models import AdminSession, AdminUser, AuditEntry, EmailChange, utc_now
from portal.operators.people import email_change
from portal.operators.people.sessions import FRESH
from portal.sandbox.smtp import SmtpSandbox
from portal.worker.email_change_mail import send_email_changes
from tests.panel.client import PanelClient, panel_of
from tests.support.mail import app_settings, link_in, smtp
from tests.support.shop import close_app, make_app
from tests.support.tenants import PASSWORD, Tenant, make_user

__all__ = ["app_settings", "smtp"]

ASK, LINK = "/panel/mi-cuenta/correo", email_links.PATH
NEW_PASSWORD = "siete barcos de papel"


@pytest.fixture(autouse=True)
def _nobody_asked_yet(app: Flask, smtp: SmtpSandbox) -> None:
    smtp.messages.clear()
    with app.app_context(), writing() as session:
        session.execute(delete(EmailChange))


def new_address(panel: PanelClient) -> str:
    return f"nueva.{panel.email}"


def send(app: Flask) -> int:
    with app.app_context():
        return send_email_changes()


def ask_for_link(panel: PanelClient, smtp: SmtpSandbox) -> str:
    assert panel.post(ASK, email=new_address(panel)).status_code == 303
    send(panel.app)
    return link_in(smtp, LINK, email_links.NAME)


def press(panel: PanelClient, link: str) -> Any:
    return panel.post(LINK, enlace=link)


def user_of(panel: PanelClient) -> AdminUser:
    with panel.app.app_context(), reading() as session:
        emails = (panel.email, new_address(panel))
        return session.scalars(select(AdminUser).where(AdminUser.email.in_(emails))).one()


def test_the_new_address_answers_and_the_old_one_is_told(
    app: Flask, panel: PanelClient, smtp: SmtpSandbox
) -> None:
    new, other = new_address(panel), panel_of(app)
    assert new.upper() != new
    done = panel.follow(panel.post(ASK, email=new.upper()))
    assert "Enviamos un enlace" in done.text
    assert (send(app), send(app)) == (2, 0)
    assert [to for [to] in smtp.recipients[-2:]] == [new, panel.email]
    notice = str(smtp.messages[-1].get_content())
    assert new in notice
    assert "https://" not in notice
    link = link_in(smtp, LINK, email_links.NAME)
    # Programs that look into mail open what they find.
    shown = PanelClient(app).get(f"{LINK}?enlace={link}")
    assert (shown.status_code, new in shown.text) == (200, True)
    assert user_of(panel).email == panel.email
    assert press(other, link).headers["Location"] == "/panel/entrar"
    assert panel.get("/panel/mas").status_code == 303
    assert PanelClient(app).log_in(str(panel.email)).status_code == 401
    assert PanelClient(app).log_in(new).status_code == 303
    with app.app_context(), reading() as session:
        about = select(AuditEntry).where(AuditEntry.target == str(user_of(panel).id))
        entries = {entry.action: entry for entry in session.scalars(about)}
    assert entries["user.ask_email"].details == {"email": new}
    assert entries["user.update"].after == {"email": new}
    assert entries["user.update"].details == {"how": "link"}


@pytest.mark.parametrize("change", ["used", "password", "other", "reset_link", "forged", "time"])
def test_a_link_dies(
    app: Flask,
    panel: PanelClient,
    smtp: SmtpSandbox,
    monkeypatch: pytest.MonkeyPatch,
    change: str,
) -> None:
    link = ask_for_link(panel, smtp)
    with dying(panel, monkeypatch, change, link) as tried:
        answer = press(PanelClient(app), tried)
    assert (answer.status_code, "ya no sirve" in answer.text) == (422, True)
    expected = new_address(panel) if change == "used" else panel.email
    assert user_of(panel).email == expected


@contextmanager
def dying(
    panel: PanelClient, monkeypatch: pytest.MonkeyPatch, change: str, link: str
) -> Iterator[str]:
    match change:
        case "used":
            assert press(panel, link).status_code == 303
        case "password":
            fields = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
            panel.post("/panel/mi-cuenta", **fields, again=NEW_PASSWORD)
        case "other":
            stranger = make_user(panel.app, user_of(panel).company_id)
            bound = (stranger.id, new_address(panel), str(panel.email), stranger.password_hash)
            with panel.app.app_context():
                link = email_links.seal_link(panel.app.secret_key, *bound)  # type: ignore[arg-type]
        case "reset_link":
            # Sealed by us, for something else.
            said = [user_of(panel).id, "x"]
            link = sealing.seal(str(panel.app.secret_key), "portal.core.password_links", said)
        case "forged":
            link = link[:-2] + ("AA" if link[-2:] != "AA" else "BB")
        case "time":
            monkeypatch.setattr(sealing, "SECONDS", -1)
    yield link


def test_an_owner_who_saw_the_notice_in_time_keeps_the_account(
    app: Flask, panel: PanelClient, smtp: SmtpSandbox
) -> None:
    """Also where the link to the thief's address has not left yet."""
    panel.post(ASK, email=new_address(panel))
    fields = {"current_password": PASSWORD, "new_password": NEW_PASSWORD, "again": NEW_PASSWORD}
    panel.post("/panel/mi-cuenta", **fields)
    assert send(app) == 0
    assert smtp.messages == []


def test_a_session_that_is_found_open_is_not_enough(
    app: Flask, panel: PanelClient, tenant: Tenant
) -> None:
    me = user_of(panel)
    said = {"nombre": me.name, "email": "ladron@example.com", "rol": me.role, "activo": "1"}
    answer = panel.post(f"/panel/personas/{me.id}", **said)
    assert (answer.status_code, "«Mi cuenta»" in answer.text) == (422, True)
    assert 'name="email"' not in panel.get(f"/panel/personas/{me.id}").text
    with app.app_context(), writing() as session:
        session.execute(update(AdminSession).values(confirmed_at=utc_now() - FRESH))
    for answer in (panel.get(ASK), panel.post(ASK, email="ladron@example.com")):
        assert answer.headers["Location"] == f"/panel/confirmar?a={ASK}"
    with app.app_context(), reading() as session:
        assert session.scalars(select(EmailChange)).all() == []
    assert tenant.company_id == me.company_id


def test_what_is_no_address_or_somebody_s_is_said(
    app: Flask, panel: PanelClient, tenant: Tenant, smtp: SmtpSandbox
) -> None:
    taken = make_user(app, tenant.company_id).email
    for typed, said in (
        ("no es", "Escriba un correo"),
        (str(panel.email), "ya es su correo"),
        (taken, "Ya existe un usuario"),
    ):
        answer = panel.post(ASK, email=typed)
        assert (answer.status_code, said in answer.text) == (422, True), typed
    english = panel.post(f"{ASK}?lang=en", email=str(panel.email)).text
    assert "That is your e-mail already." in english
    # Taken by somebody else between mail and press.
    link = ask_for_link(panel, smtp)
    with app.app_context(), writing() as session:
        other = update(AdminUser).where(AdminUser.email == taken)
        session.execute(other.values(email=new_address(panel)))
    answer = press(PanelClient(app), link)
    assert (answer.status_code, "Ya existe un usuario" in answer.text) == (409, True)


def test_nobody_fills_mailboxes_with_it(panel: PanelClient) -> None:
    asked = [panel.post(ASK, email=f"{n}{new_address(panel)}").status_code for n in range(4)]
    assert asked == [303] * email_change.MOST_AN_HOUR + [429]


def test_without_mail_the_server_s_shell_does_it(tmp_path: Any) -> None:
    app = make_app(tmp_path, None)
    somebody = panel_of(app)
    answer = somebody.post(ASK, email="nueva@example.com")
    assert (answer.status_code, "flask change-email" in answer.text) == (503, True)
    run = app.test_cli_runner().invoke
    done = run(args=["change-email", "--email", str(somebody.email), "--to", "Nueva@example.com"])
    assert (done.exit_code, "nueva@example.com" in done.output) == (0, True)
    assert PanelClient(app).log_in("nueva@example.com").status_code == 303
    assert run(args=["change-email", "--email", "no@x.mx", "--to", "b@x.mx"]).exit_code == 1
    close_app(app)
