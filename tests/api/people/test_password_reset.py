"""Test forgotten passwords: by a link in a mail, or from the server's shell."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from itsdangerous import TimestampSigner
from sqlalchemy import delete, select, update

from portal.core.database import reading, writing
from portal.core.errors import Invalid, TooManyRequests, Unavailable
from portal.core.links import password_links, sealing
from portal.models import AuditEntry, PasswordRequest, utc_now
from portal.operators.audit import Actor
from portal.operators.people import password_reset, users
from portal.operators.people.password_reset import (
    NETWORK_AN_HOUR,
    WAITING_OF_AN_ADDRESS,
    ask,
    person_of,
    reset,
)
from portal.sandbox.smtp import SmtpSandbox
from portal.worker.password_mail import MOST_AN_HOUR, send_password_links
from tests.api.people.conftest import AUTH, Make, Somebody
from tests.support.databases.queries import recorded_queries
from tests.support.mail import app_settings, link_in, smtp
from tests.support.tenants import ACTOR, PASSWORD

__all__ = ["app_settings", "smtp"]

NEW = "siete barcos de papel"
NETWORK = "192.0.2.1"


@pytest.fixture(autouse=True)
def nobody_asked_yet(app: Flask, smtp: SmtpSandbox) -> None:
    smtp.messages.clear()
    with app.app_context(), writing() as session:
        session.execute(delete(PasswordRequest))


@pytest.fixture
def ana(person: Make) -> Somebody:
    return person()


def asked_for(app: Flask, email: str, network: str = NETWORK) -> None:
    with app.app_context():
        ask(email, network)


def sent(app: Flask) -> int:
    with app.app_context():
        return send_password_links()


def link_for(app: Flask, who: Somebody) -> str:
    with app.app_context():
        return password_reset.link_for(who.user.email).partition("=")[2]


def set_by(app: Flask, link: str, password: str = NEW) -> None:
    with app.app_context():
        reset(link, password, NETWORK, "request-1")


def is_dead(app: Flask, link: str) -> bool:
    try:
        with app.app_context():
            person_of(link)
    except Invalid:
        return True
    return False


def test_the_link_in_the_mail_sets_a_password_once(
    app: Flask, smtp: SmtpSandbox, ana: Somebody
) -> None:
    session = ana.caller()
    asked_for(app, ana.user.email.upper())
    assert (sent(app), sent(app)) == (1, 0)
    assert smtp.recipients[-1] == [ana.user.email]
    link = link_in(smtp, password_links.PATH, password_links.NAME)
    set_by(app, link)
    assert session.get(f"{AUTH}/me").status_code == 401
    assert (ana.log_in().status_code, ana.log_in(password=NEW).status_code) == (401, 200)
    with pytest.raises(Invalid, match="ya no sirve"):
        set_by(app, link, "ocho barcos de papel")
    with app.app_context(), reading() as rows:
        about = select(AuditEntry).where(AuditEntry.action == "user.reset_password")
        entry = rows.scalars(about.where(AuditEntry.target == str(ana.user.id))).one()
    assert (entry.actor, entry.ip, entry.details) == (ana.user.email, NETWORK, {"how": "link"})
    assert entry.after == {"password": "********"}


def test_the_second_factor_stays(app: Flask, ana: Somebody) -> None:
    ana.turn_on()
    set_by(app, link_for(app, ana))
    assert ana.log_in(password=NEW).status_code == 401
    assert ana.log_in(ana.code(), NEW).status_code == 200


def test_who_was_locked_out_comes_in_again(app: Flask, ana: Somebody) -> None:
    for _ in range(5):
        ana.log_in(password="wrong password")
    assert ana.log_in().status_code == 401
    set_by(app, link_for(app, ana))
    assert ana.log_in(password=NEW).status_code == 200


@pytest.mark.parametrize("change", ["password", "email", "active", "time", "other", "forged"])
def test_a_link_dies(
    app: Flask, ana: Somebody, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    link = link_for(app, ana)
    assert not is_dead(app, link)
    values: dict[str, Any] = {
        "password": {"password": "ocho barcos de papel"},
        "email": {"email": f"otra.{ana.user.email}"},
        "active": {"active": False},
    }.get(change, {})
    if values:
        with app.app_context():
            users.update(ACTOR, ana.user.id, **values)
    elif change == "time":
        ago = int(time.time()) - sealing.SECONDS - 1
        with monkeypatch.context() as patched:
            patched.setattr(TimestampSigner, "get_timestamp", lambda _self: ago)
            link = link_for(app, ana)
    elif change == "other":
        with app.app_context():
            sealed = password_links.seal_link("another-secret", ana.user.id, "", "")
        link = sealed
    else:
        link = link[:-3] + "AAA"
    assert is_dead(app, link)
    with pytest.raises(Invalid):
        set_by(app, link)


def test_a_weak_password_is_refused_and_the_link_is_still_good(app: Flask, ana: Somebody) -> None:
    link = link_for(app, ana)
    with pytest.raises(Invalid) as refused:
        set_by(app, link, "contraseña1")
    assert list(refused.value.extra["errores"]) == ["password"]
    set_by(app, link)


def test_asking_is_the_same_whosever_address_it_is(
    app: Flask, smtp: SmtpSandbox, ana: Somebody
) -> None:
    statements = []
    for email in (ana.user.email, "nadie@example.com"):
        with app.app_context(), recorded_queries(app) as queries:
            ask(email, NETWORK)
        statements.append(list(queries))
    assert statements[0] == statements[1]
    assert not [text for text in statements[0] if "admin_user" in text]
    assert sent(app) == 1
    with app.app_context(), reading() as session:
        done = session.scalars(select(PasswordRequest.done_at)).all()
    assert None not in done


def test_a_network_asks_so_often_an_hour(app: Flask) -> None:
    for number in range(NETWORK_AN_HOUR):
        asked_for(app, f"nadie{number}@example.com")
    with pytest.raises(TooManyRequests):
        asked_for(app, "otra@example.com")
    asked_for(app, "otra@example.com", "198.51.100.1")


def test_an_address_is_sent_so_many_mails_an_hour(
    app: Flask, smtp: SmtpSandbox, ana: Somebody
) -> None:
    for number in range(WAITING_OF_AN_ADDRESS + 3):
        asked_for(app, ana.user.email, f"192.0.2.{number}")
        sent(app)
    assert len(smtp.messages) == MOST_AN_HOUR
    earlier = update(PasswordRequest).values(asked_at=utc_now() - timedelta(hours=2))
    with app.app_context(), writing() as session:
        session.execute(earlier)
    asked_for(app, ana.user.email)
    assert sent(app) == 0
    with app.app_context(), writing() as session:
        session.execute(update(PasswordRequest).values(sent_at=utc_now() - timedelta(hours=2)))
    asked_for(app, ana.user.email)
    assert sent(app) == 1


def test_many_requests_are_one_mail(app: Flask, smtp: SmtpSandbox, ana: Somebody) -> None:
    for _ in range(3):
        asked_for(app, ana.user.email)
    assert (sent(app), len(smtp.messages)) == (1, 1)


def test_what_comes_too_late_is_not_sent(app: Flask, smtp: SmtpSandbox, ana: Somebody) -> None:
    asked_for(app, ana.user.email)
    late = update(PasswordRequest).values(asked_at=utc_now() - timedelta(minutes=31))
    with app.app_context(), writing() as session:
        session.execute(late)
    assert sent(app) == 0
    asked_for(app, ana.user.email)
    assert sent(app) == 1


def test_a_server_that_asks_for_patience_is_asked_again(
    app: Flask, smtp: SmtpSandbox, ana: Somebody
) -> None:
    smtp.refusals.append("451 later")
    asked_for(app, ana.user.email)
    assert (sent(app), sent(app)) == (0, 1)
    smtp.refusals.append("550 no such person")
    asked_for(app, ana.user.email)
    assert (sent(app), sent(app)) == (0, 0)


def test_the_shell_sets_a_password_or_gives_a_link(app: Flask, ana: Somebody) -> None:
    def run(*options: str, stdin: str | None = None) -> Any:
        args = ["reset-password", "--email", ana.user.email, *options]
        return app.test_cli_runner().invoke(args=args, input=stdin)

    ana.turn_on()
    told = run("--password-stdin", stdin=f"{NEW}\n")
    assert (told.exit_code, NEW in told.output) == (0, False)
    assert ana.log_in(ana.code(), NEW).status_code == 200
    told = run("--link", "--without-totp")
    assert "ya no tiene verificación" in told.output
    set_by(app, told.output.strip().partition("=")[2], PASSWORD)
    assert ana.log_in().status_code == 200
    ana.user.email = "nadie@example.com"
    assert (run("--link").exit_code, "Usuario no encontrado" in run("--link").output) == (1, True)


def test_without_a_mail_server_it_says_so(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = app.extensions["settings"]
    monkeypatch.setitem(app.extensions, "settings", replace(settings, smtp_host=""))
    with pytest.raises(Unavailable, match="flask reset-password"):
        asked_for(app, "ana@example.com")


def test_a_link_is_for_nobody_who_is_locked_out(app: Flask, ana: Somebody) -> None:
    with app.app_context():
        users.update(Actor("cli:tests"), ana.user.id, active=False)
    asked_for(app, ana.user.email)
    assert sent(app) == 0
