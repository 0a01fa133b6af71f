"""Test the API's documentation: a page of our own host's, and a document without loose ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient


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
