"""Who runs this installation may ask how a request arrives; nobody else is told."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from portal.web import arrival
from portal.web.request_context import UNTRUSTED_ADVICE
from tests.support.shop import SECRETS


def asked(client: FlaskClient, seal: str, **headers: str) -> dict[str, object]:
    answer = client.get("/readyz", headers={arrival.HEADER: seal, **headers})
    said: dict[str, object] = answer.json
    return said


def test_the_doctor_is_told(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        seal = arrival.question()
    assert asked(client, seal)["llegada"] == {
        "direccion": "127.0.0.1",
        "esquema": "http",
        "host": "localhost",
        "varios_procesos": False,
    }


@pytest.mark.parametrize("salt", ["doctor", "another"])
def test_nobody_else_is(client: FlaskClient, salt: str) -> None:
    secret = SECRETS["SECRET_KEY"] if salt == "another" else "x" * 40
    forged = str(URLSafeTimedSerializer(secret, salt=salt).dumps(arrival.QUESTION))
    for seal in ("", "nonsense", forged):
        assert "llegada" not in asked(client, seal)


@pytest.mark.parametrize(
    ("peer", "told"), [("127.0.0.1", True), ("172.17.0.2", True), ("", True), ("198.51.1.1", False)]
)
def test_a_proxy_that_nobody_trusts_is_told_of_and_hides_the_figures(
    app: Flask, peer: str, told: bool
) -> None:
    app.extensions.pop("requests_of_an_untrusted_proxy", None)
    client = app.test_client()
    came = {
        "headers": {"X-Forwarded-For": "203.0.113.9"},
        "environ_overrides": {"REMOTE_ADDR": peer},
    }
    assert client.get("/metrics", **came).status_code == 404
    assert (UNTRUSTED_ADVICE in client.get("/readyz").json["avisos"]) is told
    assert client.get("/metrics").status_code == 200
