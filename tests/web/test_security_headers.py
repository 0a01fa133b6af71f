"""Test how little browsers may do with our answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, render_template_string

from config import load_settings
from portal import create_app
from portal.web.page_policy import allow
from tests.support.shop import SECRETS, close_app

INLINE = "<script nonce='{{ csp_nonce() }}'>1</script>"


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Flask]:
    """An application with three pages of our own making."""
    app = create_app(load_settings(SECRETS, instance_path=str(tmp_path)))
    app.add_url_rule("/plain", "plain", lambda: "<p>")
    app.add_url_rule("/inline", "inline", lambda: render_template_string(INLINE))

    def wide() -> str:
        allow("script-src", "https://cdn.conekta.io")
        allow("frame-src", "https://pay.conekta.com")
        return render_template_string(INLINE)

    app.add_url_rule("/wide", "wide", wide)
    yield app
    close_app(app)


def policy(app: Flask, path: str) -> dict[str, list[str]]:
    header = app.test_client().get(path).headers["Content-Security-Policy"]
    return {name: sources for name, *sources in map(str.split, header.split(";"))}


def test_a_page_may_use_its_own_files_only(pages: Flask) -> None:
    found = policy(pages, "/plain")
    assert found["default-src"] == ["'none'"]
    assert found["script-src"] == ["'self'"]
    assert found["frame-ancestors"] == ["'none'"]


def test_an_inline_script_is_known_by_its_nonce(pages: Flask) -> None:
    answer = pages.test_client().get("/inline")
    nonce = answer.text.split("'")[1]
    assert f"script-src 'self' 'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]
    assert pages.test_client().get("/inline").text != answer.text


def test_what_a_page_allows_itself_is_its_own(pages: Flask) -> None:
    found = policy(pages, "/wide")
    assert "https://cdn.conekta.io" in found["script-src"]
    assert found["frame-src"] == ["https://pay.conekta.com"]
    assert "https://cdn.conekta.io" not in policy(pages, "/inline")["script-src"]


def test_json_may_do_nothing(pages: Flask) -> None:
    assert policy(pages, "/healthz") == {"default-src": ["'none'"], "frame-ancestors": ["'none'"]}


def test_https_is_insisted_on_over_https_alone(pages: Flask) -> None:
    client = pages.test_client()
    assert "Strict-Transport-Security" not in client.get("/plain").headers
    secure = client.get("/plain", base_url="https://localhost").headers
    assert secure["Strict-Transport-Security"] == "max-age=31536000"
