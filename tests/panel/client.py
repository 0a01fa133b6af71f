"""Use the panel as a browser does, without one: cookies, forms with their token, redirects."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from werkzeug.test import Cookie, TestResponse

from portal.models.admin_user import Role
from portal.panel.cookie import PLAIN_NAME, SECURE_NAME
from tests.support.tenants import PASSWORD, make_user

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class PanelClient:
    """Somebody who is logged in to the panel; `email` None: nobody yet."""

    def __init__(self, app: Flask, email: str | None = None) -> None:
        self.app, self.email = app, email
        self.client = app.test_client()
        self._tokens: dict[str | None, str] = {}
        if email is not None:
            assert self.log_in(email).status_code == 303

    def log_in(self, email: str, password: str = PASSWORD, **more: str) -> TestResponse:
        """Fill the login form in."""
        return self.post("/panel/entrar", email=email, password=password, **more)

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open a page."""
        answer = self.client.get(path, **options)
        is_text = answer.mimetype == "text/html" and not answer.content_encoding
        if is_text and (found := TOKEN.search(answer.text)):
            self._tokens[self._session()] = found[1]
        return answer

    def post(
        self, path: str, /, files: dict[str, Any] | None = None, **fields: Any
    ) -> TestResponse:
        """Send a form of ours, with the token that every page's forms carry."""
        data = {"csrf_token": self.token()} | fields | (files or {})
        kind = "multipart/form-data" if files else "application/x-www-form-urlencoded"
        return self.client.post(path, data=data, content_type=kind)

    def follow(self, answer: TestResponse) -> TestResponse:
        """Open the page that an answer leads to."""
        assert answer.status_code == 303, answer.text
        return self.get(answer.headers["Location"])

    def token(self) -> str:
        """The token of this browser's forms, as the page that it saw last or another says it."""
        if self._session() not in self._tokens:
            path = "/panel/mas" if self.email and self.cookie else "/panel/entrar"
            shown = self.get(path, follow_redirects=True)
            assert self._session() in self._tokens, shown.text
        return self._tokens[self._session()]

    @property
    def cookie(self) -> Cookie | None:
        """What the browser keeps of the session."""
        cookies = map(self.client.get_cookie, (PLAIN_NAME, SECURE_NAME))
        return next(filter(None, cookies), None)

    def _session(self) -> str | None:
        """What the browser's cookie says, which holds the forms' secret."""
        return self.cookie.value if self.cookie else None

    def act_for(self, company_id: str) -> None:
        """Choose the company that a super_admin acts for; "": none."""
        assert self.post("/panel/empresas/actuar", empresa=company_id).status_code == 303


def panel_of(app: Flask, company_id: str | None = None, role: Role | None = None) -> PanelClient:
    """A new person of the company, logged in; a super_admin without one."""
    return PanelClient(app, make_user(app, company_id, role=role).email)
