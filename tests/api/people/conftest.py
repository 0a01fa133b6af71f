"""Give people who log in, with a second factor where a test wants one."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyotp
import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from portal.core.database import writing
from portal.models import AdminUser, SecondFactor
from portal.models.admin_user import Role
from tests.api.admin.caller import Caller
from tests.support.tenants import PASSWORD, Tenant, make_user

AUTH = "/api/v1/auth"


@dataclass
class Somebody:
    """A person with what they know: their password, and the secret that their telephone has."""

    app: Flask
    user: AdminUser
    secret: str = ""
    recovery: tuple[str, ...] = ()

    def log_in(self, code: str | None = None, password: str = PASSWORD) -> TestResponse:
        body = {"email": self.user.email, "password": password, "codigo_totp": code}
        return self.app.test_client().post(f"{AUTH}/login", json=body)

    def caller(self, code: str | None = None) -> Caller:
        """A session of theirs."""
        answer = self.log_in(code)
        assert answer.status_code == 200, answer.text
        bearer = {"Authorization": f"Bearer {answer.json['access_token']}"}
        return Caller(self.app.test_client(), bearer)

    def code(self) -> str:
        """One that is good now, as if none had been used yet."""
        mine = update(SecondFactor).where(SecondFactor.user_id == self.user.id)
        with self.app.app_context(), writing() as session:
            session.execute(mine.values(last_step=0))
        return pyotp.TOTP(self.secret).now()

    def wrong_code(self) -> str:
        """One that no step near now has."""
        near = (int(time.time()) + 30 * steps for steps in range(-3, 4))
        good = {pyotp.TOTP(self.secret).at(moment) for moment in near}
        return next(f"{n:06}" for n in range(1000) if f"{n:06}" not in good)

    def turn_on(self) -> Caller:
        """Turn the second factor on, and give the session in which it was done."""
        caller = self.caller()
        begun = totp(caller, accion="iniciar", password=PASSWORD)
        self.secret = begun.json["secreto"]
        done = totp(caller, accion="confirmar", codigo=self.code())
        assert done.status_code == 200, done.text
        self.recovery = tuple(done.json["codigos_recuperacion"])
        return caller


def totp(caller: Caller, **body: Any) -> TestResponse:
    return caller.post(f"{AUTH}/totp", body)


Make = Callable[..., Somebody]


@pytest.fixture
def person(app: Flask, tenant: Tenant) -> Make:
    """Make a person of the test's own company; an owner where nothing else is said."""

    def make(role: Role = Role.COMPANY_ADMIN) -> Somebody:
        return Somebody(app, make_user(app, tenant.company_id, role=role))

    return make
