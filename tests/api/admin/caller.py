"""Call the administration with a session of its own."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.models.admin_user import Role
from tests.support.tenants import PASSWORD, make_user


class Caller:
    """A logged-in administrator; `prefix` goes before every path."""

    def __init__(self, client: FlaskClient, headers: dict[str, str], prefix: str = "") -> None:
        self.client, self.headers, self.prefix = client, headers, prefix

    def at(self, prefix: str) -> Caller:
        """The same person below another path."""
        return Caller(self.client, self.headers, prefix)

    def acting_for(self, company_id: str) -> Caller:
        """The same super_admin, acting for a company as its operator does."""
        headers = {**self.headers, "X-Empresa-ID": company_id}
        return Caller(self.client, headers, self.prefix)

    def call(self, method: str, path: str, **options: Any) -> TestResponse:
        return self.client.open(self.prefix + path, method=method, headers=self.headers, **options)

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.call("GET", path, query_string=query or None)

    def post(self, path: str, body: Any = None) -> TestResponse:
        return self._send("POST", path, body)

    def put(self, path: str, body: Any = None) -> TestResponse:
        return self._send("PUT", path, body)

    def delete(self, path: str) -> TestResponse:
        return self.call("DELETE", path)

    def _send(self, method: str, path: str, body: Any) -> TestResponse:
        return self.call(method, path) if body is None else self.call(method, path, json=body)


def log_in(app: Flask, company_id: str | None = None, role: Role | None = None) -> Caller:
    """A new operator of the company, logged in; without one, a super_admin."""
    user = make_user(app, company_id, role=role)
    client = app.test_client()
    answer = client.post("/api/v1/auth/login", json={"email": user.email, "password": PASSWORD})
    return Caller(client, {"Authorization": f"Bearer {answer.json['access_token']}"})
