"""Test administrators: one role or the other, and never nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete

from portal.core.database import reading, writing
from portal.core.errors import Conflict, Invalid, NotFound
from portal.models import AdminSession, AdminUser, Company, utc_now
from portal.operators.audit import Actor
from portal.operators.people import passwords, users
from portal.operators.people.users import UserValues
from tests.operators.conftest import Meanwhile, waits

ROOT = UserValues(
    email="Root@Example.com", password="una clave larga", name="Raíz", role="super_admin"
)


@pytest.fixture
def root(app: Flask, actor: Actor) -> AdminUser:
    """The only administrator."""
    with writing() as session:
        session.execute(delete(AdminSession))
        session.execute(delete(AdminUser))
    return users.create(actor, **ROOT)


def log_in(user: AdminUser) -> str:
    with writing() as session:
        row = AdminSession(user_id=user.id, expires_at=utc_now() + timedelta(hours=1))
        session.add(row)
    return row.id


def stands(session_id: str) -> bool:
    with reading() as session:
        return session.get_one(AdminSession, session_id).ended_at is None


def test_the_email_is_kept_in_lower_case(root: AdminUser) -> None:
    assert root.email == "root@example.com"


def test_the_password_is_kept_as_a_hash(root: AdminUser) -> None:
    assert "clave" not in root.password_hash
    assert passwords.fits("una clave larga", root.password_hash)
    assert not passwords.fits("otra clave larga", root.password_hash)
    assert not passwords.fits("una clave larga", "no hash at all")


@pytest.mark.usefixtures("real_passwords")
def test_a_hash_costs_whoever_guesses_three_rounds_over_32_mib() -> None:
    assert passwords.hash_now("una clave larga").startswith("$argon2id$v=19$m=32768,t=3,p=1$")


def test_an_email_is_used_once(actor: Actor, root: AdminUser) -> None:
    with pytest.raises(Conflict):
        users.create(actor, **{**ROOT, "email": "ROOT@example.COM"})
    second = users.create(actor, **{**ROOT, "email": "second@example.com"})
    with pytest.raises(Conflict):
        users.update(actor, second.id, email="root@example.com")
    assert users.get(second.id).email == "second@example.com"


def test_a_role_and_its_company_go_together(
    actor: Actor, company: Company, root: AdminUser
) -> None:
    for role, company_id in (("super_admin", company.id), ("cliente_admin", None)):
        with pytest.raises(Invalid):
            users.create(
                actor, **{**ROOT, "email": "b@example.com", "role": role, "company_id": company_id}
            )
    with pytest.raises(NotFound):
        users.update(actor, root.id, role="cliente_admin", company_id="EMP_0000000000")
    assert users.listing(50, 0).total == 1


def test_the_last_super_admin_stays(actor: Actor, company: Company, root: AdminUser) -> None:
    with pytest.raises(Conflict):
        users.toggle(actor, root.id)
    with pytest.raises(Conflict):
        users.update(actor, root.id, role="cliente_admin", company_id=company.id)
    assert users.get(root.id).active


def test_two_who_lock_each_other_out_leave_one(
    app: Flask, actor: Actor, root: AdminUser, meanwhile: Meanwhile
) -> None:
    second = users.create(actor, **{**ROOT, "email": "second@example.com"})
    with writing() as session:
        session.get_one(AdminUser, second.id).active = False
        session.flush()
        locked_out = meanwhile(lambda: users.toggle(actor, root.id))
        assert waits(locked_out)
    with pytest.raises(Conflict):
        locked_out.result()
    assert users.get(root.id).active


def test_who_is_changed_logs_in_anew(actor: Actor, root: AdminUser) -> None:
    users.create(actor, **{**ROOT, "email": "second@example.com"})
    session_id = log_in(root)
    users.update(actor, root.id, name="Otro nombre")
    assert stands(session_id)
    users.update(actor, root.id, password="otra clave larga")
    assert not stands(session_id)
    session_id = log_in(root)
    users.toggle(actor, root.id)
    assert not stands(session_id)


def test_an_unknown_user_is_not_found(app: Flask, actor: Actor) -> None:
    for user_id in (0, 2**31 - 1, 10**30):
        with pytest.raises(NotFound):
            users.update(actor, user_id, name="Nadie")
