"""Test the API's documentation as a person sees it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.support.browsers.chromium import page_of
from tests.support.servers.serving import serve
from tests.support.shop import close_app, make_app


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = make_app(tmp_path, None)
    yield app
    close_app(app)


def test_a_browser_draws_the_page_and_leaves_the_machine_alone(
    app: Flask, browser: Browser
) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    with serve(app) as url, page_of(browser) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{url}/api/docs")
        page.locator("#operations-pagos-post_api_v1_payments_pagar_conekta").click()
        page.get_by_text("token_tarjeta").first.wait_for()
        for button in ("Schema", "Try it out", "Authorize", "Close"):
            page.get_by_role("button", name=button).first.click()
    assert f"{url}/api/openapi.json" in asked
    assert [address for address in asked if not address.startswith((url, "data:"))] == []
    assert complaints == []
