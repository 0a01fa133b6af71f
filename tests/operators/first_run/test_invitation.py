"""Test the link by which an empty deployment gets its first administrator."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from portal.core.database import reading, writing
from portal.core.errors import Gone, Invalid
from portal.models import AdminUser, Company, Deployment
from portal.operators.audit import Actor
from portal.operators.first_run import announcement, invitation
from portal.operators.first_run.invitation import FirstPerson
from portal.operators.people import users
from tests.support.shop import close_app, make_app

ANA = FirstPerson(
    email="Ana@cafe.mx", password="tres ranas verdes saltan", name="Ana", company_name="Café Ana"
)
ACTOR = Actor("invitación", ip="192.0.2.9")


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application that nobody has a user of."""
    app = make_app(tmp_path, database_url)
    with app.app_context():
        yield app
    close_app(app)


def token_of(address: str | None) -> str:
    assert address is not None
    return parse_qs(urlsplit(address).query)[invitation.PARAMETER][0]


def test_it_makes_an_owner_with_a_company_and_dies(app: Flask) -> None:
    address = invitation.invitation()
    assert address is not None
    assert address.startswith("http://127.0.0.1:8000/panel/inicio?")
    token = token_of(address)
    invitation.check(token)
    owner = invitation.accept(ACTOR, token, ANA)
    assert (owner.email, owner.role) == ("ana@cafe.mx", "cliente_admin")
    with reading() as session:
        company = session.get_one(Company, owner.company_id)
    assert (company.name, company.contact_email) == ("Café Ana", "Ana@cafe.mx")
    assert invitation.invitation() is None
    for use in (invitation.check, lambda token: invitation.accept(ACTOR, token, ANA)):
        with pytest.raises(Gone):
            use(token)


def test_without_a_company_it_makes_a_super_admin(app: Flask) -> None:
    token = token_of(invitation.invitation())
    person = FirstPerson(**{**ANA, "company_name": None})
    assert invitation.accept(ACTOR, token, person).role == "super_admin"


def test_it_dies_when_somebody_is_made_otherwise(app: Flask) -> None:
    token = token_of(invitation.invitation())
    made = users.create_with_company(ACTOR, "bea@cafe.mx", "dos patos nadan lejos", None)
    users.create_with_company(ACTOR, "caro@cafe.mx", "dos patos nadan lejos", None)
    users.toggle(ACTOR, made.id)
    with pytest.raises(Gone):
        invitation.check(token)


def test_it_is_no_other_deployments(app: Flask) -> None:
    token = token_of(invitation.invitation())
    with writing() as session:
        session.execute(update(Deployment).values(name="another"))
    with pytest.raises(Gone):
        invitation.check(token)


@pytest.mark.parametrize("guess", ["", None, "x", "ImFueSI.aaaaaa.bbbbbb", "'; drop"])
def test_it_cannot_be_guessed(app: Flask, guess: str | None) -> None:
    with pytest.raises(Gone):
        invitation.check(guess)


def test_it_does_not_live_for_ever(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    token = token_of(invitation.invitation())
    monkeypatch.setattr(invitation, "LIVES_SECONDS", -1)
    with pytest.raises(Gone):
        invitation.check(token)


def test_a_weak_password_uses_it_not_up(app: Flask) -> None:
    token = token_of(invitation.invitation())
    with pytest.raises(Invalid):
        invitation.accept(ACTOR, token, FirstPerson(**{**ANA, "password": "cafeana2026"}))
    assert invitation.accept(ACTOR, token, ANA)


def test_of_two_who_accept_at_once_one_is_made(app: Flask) -> None:
    token = token_of(invitation.invitation())

    def accept(name: str) -> bool:
        person = FirstPerson(**{**ANA, "email": f"{name}@cafe.mx"})
        with app.app_context():
            try:
                return invitation.accept(ACTOR, token, person) is not None
            except Gone:
                return False

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(accept, "abcd")) == 1
    with reading() as session:
        assert len(session.scalars(select(AdminUser)).all()) == 1
        assert len(session.scalars(select(Company)).all()) == 1


def test_it_is_told_at_the_start_until_there_is_a_user(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    announcement.announce()
    said = capsys.readouterr().err
    (line,) = [line.strip() for line in said.splitlines() if invitation.PATH in line]
    assert invitation.accept(ACTOR, token_of(line), ANA)
    announcement.announce()
    assert capsys.readouterr().err == ""


def test_a_database_that_is_not_migrated_is_no_reason_to_fail(app: Flask) -> None:
    with writing() as session:
        session.execute(delete(Deployment))
        session.connection().exec_driver_sql("ALTER TABLE admin_user RENAME TO gone")
    announcement.announce()
