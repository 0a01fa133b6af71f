"""Passwords that everybody tries first are refused wherever one is set, with a sentence."""

from __future__ import annotations

import secrets

import pytest
from flask import Flask

from portal.core.errors import Invalid
from portal.models import utc_now
from portal.models.admin_user import Role
from portal.operators import companies
from portal.operators.audit import Actor
from portal.operators.people import users
from portal.operators.people.own_password import change_password
from portal.operators.people.password_rules import WEAK, is_weak
from portal.operators.people.sessions import Administrator
from portal.operators.people.users import UserValues

COMMON = (
    *("1234567890", "qwertyuiop", "Password123", "password2026!", "P@ssw0rd123", "contraseña1"),
    *(
        "Contrasena2026",
        "iloveyou123",
        "tequieromucho",
        "administrador",
        "admin12345",
        "aaaaaaaaaa",
    ),
    *("abcabcabcabc", "1212121212", "0987654321", "5512345678", "bienvenido1", "Guadalajara1"),
    *("mikrotik2026", "internet123!", "1q2w3e4r5t", "futbol2026!", "Mexico1990!"),
    *("superadmin1", "abcdefghijk", "secretsecret", "DanielDaniel1", "qazwsxedc1", "wifi-portal-1"),
    *("hola hola hola", "aaaaaaaaaa"),
)
GOOD = (
    *("correct horse battery", "una clave larga", "planted password", "tres tristes tigres comen"),
    *("x7!9$2#4k1vQ", "lluvia sobre adobe", "Ñandúes-en-la-azotea", "el agua hierve a noventa"),
)
OWN = ("ana.torres@cafenube.mx", "Ana Torres", "Café Nube")
OWN_WORDS = ("ana.torres1", "cafenube2026", "CafeNube#1", "torres torres", "ana.torres@cafenube.mx")


@pytest.mark.parametrize("password", COMMON)
def test_a_common_one_is_weak(password: str) -> None:
    assert len(password) >= 10
    assert is_weak(password)


@pytest.mark.parametrize("password", GOOD)
def test_a_good_one_is_not(password: str) -> None:
    assert not is_weak(password)
    assert not is_weak(password, OWN)


@pytest.mark.parametrize("password", OWN_WORDS)
def test_what_is_one_s_own_is_weak(password: str) -> None:
    assert is_weak(password, OWN)


def test_what_a_program_draws_is_good() -> None:
    drawn = [secrets.token_urlsafe(12) for _ in range(1000)]
    assert [password for password in drawn if is_weak(password)] == []


@pytest.mark.parametrize("password", ["", " ", "ﬁ", "\u0301" * 12, "🙂" * 12])
def test_whatever_is_typed_is_looked_at(password: str) -> None:
    assert is_weak(password)


def test_it_is_refused_wherever_one_is_set(app: Flask, actor: Actor) -> None:
    company = companies.create(actor, name="Café Nube")
    values = UserValues(email=OWN[0], name=OWN[1], role=Role.COMPANY_ADMIN, company_id=company.id)
    for weak in ("password123", "cafenube2026"):
        with pytest.raises(Invalid, match="se adivinan pronto"):
            users.create(actor, password=weak, **values)
    user = users.create(actor, password=GOOD[0], **values)
    with pytest.raises(Invalid) as caught:
        users.update(actor, user.id, password="ana.torres1")
    assert caught.value.extra == {"errores": {"password": [WEAK]}}
    who = Administrator(user.id, user.email, user.name, user.role, company.id, "ses_1", utc_now())
    for weak in ("password123", "cafenube2026"):
        with pytest.raises(Invalid) as caught:
            change_password(who, actor, GOOD[0], weak)
        assert caught.value.extra == {"errores": {"new_password": [WEAK]}}
    for name in (None, "Café Nube Segundo"):
        with pytest.raises(Invalid):
            users.create_with_company(actor, "otra@example.com", "Password123", name)
