"""Test flask create-admin, as a process would run it."""

from __future__ import annotations

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from portal.core.database import reading
from portal.models import AdminUser, AuditEntry, Company
from portal.operators import companies
from portal.operators.audit import Actor
from portal.operators.people import passwords

PASSWORD = "planted contraseña larga"


def create_admin(app: Flask, *options: str, stdin: str = PASSWORD + "\n") -> Result:
    return app.test_cli_runner().invoke(
        args=["create-admin", "--password-stdin", *options], input=stdin
    )


def emails(app: Flask) -> set[str]:
    with app.app_context(), reading() as session:
        return set(session.scalars(select(AdminUser.email)))


def stored(app: Flask, email: str) -> AdminUser:
    with app.app_context(), reading() as session:
        return session.scalars(select(AdminUser).where(AdminUser.email == email)).one()


def test_without_a_company_it_is_a_super_admin(app: Flask) -> None:
    result = create_admin(app, "--email", "Raiz@Example.com")
    assert result.exit_code == 0, result.output
    user = stored(app, "raiz@example.com")
    assert (user.role, user.company_id, user.active) == ("super_admin", None, True)
    assert passwords.fits(PASSWORD, user.password_hash)
    assert PASSWORD not in result.output


def test_a_company_is_made_once(app: Flask) -> None:
    first = create_admin(app, "--email", "a@example.com", "--empresa", "Café Ñandú")
    second = create_admin(app, "--email", "b@example.com", "--empresa", "Café Ñandú")
    assert (first.exit_code, second.exit_code) == (0, 0)
    a, b = stored(app, "a@example.com"), stored(app, "b@example.com")
    assert a.role == b.role == "cliente_admin"
    assert a.company_id == b.company_id is not None


def test_a_taken_email_leaves_no_company_behind(app: Flask) -> None:
    create_admin(app, "--email", "once@example.com")
    result = create_admin(app, "--email", "Once@example.com", "--empresa", "Nueva")
    assert result.exit_code == 1
    assert "Ya existe un usuario con ese correo." in result.output
    with app.app_context(), reading() as session:
        assert session.scalars(select(Company).where(Company.name == "Nueva")).all() == []


def test_a_name_that_several_bear_is_refused(app: Flask) -> None:
    with app.app_context():
        for _ in range(2):
            companies.create(Actor("cli:tests"), name="Doble")
    result = create_admin(app, "--email", "doble@example.com", "--empresa", "Doble")
    assert result.exit_code == 1
    assert "varias empresas" in result.output


@pytest.mark.parametrize(
    ("options", "stdin"),
    [
        (["--email", "refused@example.com"], "corta\n"),
        (["--email", "refused@example.com"], ""),
        (["--email", "nadie"], PASSWORD),
        (["--email", "refused@example.com", "--empresa", ""], PASSWORD),
        (["--email", "refused@example.com", "--empresa", "x" * 101], PASSWORD),
    ],
)
def test_what_does_not_fit_is_refused(app: Flask, options: list[str], stdin: str) -> None:
    result = create_admin(app, *options, stdin=stdin)
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert emails(app) & {"refused@example.com", "nadie"} == set()


def test_the_deed_is_recorded(app: Flask) -> None:
    create_admin(app, "--email", "recorded@example.com", "--empresa", "Anotada")
    company_id = stored(app, "recorded@example.com").company_id
    about = select(AuditEntry).where(AuditEntry.company_id == company_id)
    with app.app_context(), reading() as session:
        entries = session.scalars(about.order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == ["company.create", "user.create"]
    assert all(entry.actor.startswith("cli:") for entry in entries)
    assert "planted" not in str([entry.details for entry in entries])
