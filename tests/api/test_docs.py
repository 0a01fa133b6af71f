"""The API's documentation: a page of our own host's, and a document without loose ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.browser import open_page
from tests.support.serving import serve

ANSWER_MILLISECONDS = 10_000


def test_the_page_uses_no_outside_host(client: FlaskClient) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert "http:" not in page.text
    assert "https:" not in page.text
    sources = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(sources) == 3
    for source in sources:
        answer = client.get(source)
        assert answer.status_code == 200, source
        assert answer.headers["Cache-Control"] == "public, max-age=86400"
        answer.close()


def test_the_pages_script_is_known_by_its_nonce(client: FlaskClient) -> None:
    page = client.get("/api/docs")
    nonce = re.search(r'<script nonce="([^"]+)">', page.text)
    assert nonce is not None
    policy = page.headers["Content-Security-Policy"]
    assert f"script-src 'self' 'nonce-{nonce[1]}';" in policy
    assert '"/api/openapi.json"' in page.text


@pytest.mark.parametrize(
    "name", ["../__init__.py", "%2e%2e/__init__.py", "nada.js", "..%2f__init__.py"]
)
def test_only_the_pages_own_files_are_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/api/docs/assets/{name}").status_code == 404


def test_every_reference_of_the_document_leads_somewhere(client: FlaskClient) -> None:
    document = client.get("/api/openapi.json").json
    references = set(references_in(document))
    assert len(references) > 10
    for reference in references:
        found: Any = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]


def references_in(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for inner in node.values():
            yield from references_in(inner)
    if isinstance(node, list):
        for inner in node:
            yield from references_in(inner)


def test_a_browser_draws_the_page_and_leaves_the_machine_alone(app: Flask) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    with serve(app) as url, open_page() as page:
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{url}/api/docs")
        page.locator("#operations-pagos-post_api_v1_payments_pagar_conekta").click()
        page.get_by_text("token_tarjeta").first.wait_for(timeout=ANSWER_MILLISECONDS)
    assert f"{url}/api/openapi.json" in asked
    assert [address for address in asked if not address.startswith((url, "data:"))] == []
    assert complaints == []
