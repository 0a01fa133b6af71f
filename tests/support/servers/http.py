"""Call the JSON API as a custom portal or an operator's script does."""

from __future__ import annotations

from typing import Any, Self

import requests

from tests.support.patience import PATIENCE


class Api:
    """A client of the API at `url`, as a context manager.

    Args:
        key: a router's API key, sent as X-API-Key.
        token: a session token from login, sent as Authorization: Bearer.
    """

    def __init__(self, url: str, *, key: str | None = None, token: str | None = None) -> None:
        self.url = url.rstrip("/")
        self.session = requests.Session()
        self.session.trust_env = False
        if key is not None:
            self.session.headers["X-API-Key"] = key
        if token is not None:
            self.session.headers["Authorization"] = f"Bearer {token}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        self.session.close()

    def request(self, method: str, path: str, **arguments: Any) -> requests.Response:
        """As `requests.request`, with `path` below the API's address."""
        arguments.setdefault("timeout", PATIENCE)
        return self.session.request(method, self.url + path, **arguments)

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.request("GET", path, params=query)

    def post(self, path: str, body: Any = None, **headers: str) -> requests.Response:
        """POST `body` as JSON; `Idempotency_Key="…"` sends the header Idempotency-Key."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request("POST", path, json=body, headers=named)

    def put(self, path: str, body: Any) -> requests.Response:
        return self.request("PUT", path, json=body)

    def delete(self, path: str) -> requests.Response:
        return self.request("DELETE", path)

    def login(self, email: str, password: str) -> Self:
        """Log in; calls from now on carry the session's token."""
        answer = self.post("/api/v1/auth/login", {"email": email, "password": password})
        answer.raise_for_status()
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return self
