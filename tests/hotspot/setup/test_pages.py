"""Test the pages that the router serves: small, without script, and safe with any variable."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from portal.hotspot.setup import KitFacts
from portal.hotspot.setup.pages import pages
from portal.sandbox.routeros.login_pages.language import render
from tests.hotspot.setup.conftest import make_facts

# The router makes these itself, of figures and of its own address.
HARMLESS = {
    "link-login-only",
    "link-logout",
    "session-time-left",
    "session-timeout-secs",
    "remain-bytes-total",
}
HTML = ("login.html", "alogin.html", "rlogin.html", "status.html", "logout.html", "error.html")
VARIABLE = re.compile(r"\$\(((?!if |elif |else\)|endif\))[^)]*)\)")


def test_the_set_is_whole(facts: KitFacts) -> None:
    assert set(pages(facts)) == {*HTML, "api.json"}


@pytest.mark.parametrize("name", [*HTML, "api.json"])
def test_no_variable_stands_unescaped(name: str, facts: KitFacts) -> None:
    text = pages(facts)[name]
    used = VARIABLE.findall(text)
    assert used
    assert [v for v in used if not v.endswith("-esc") and v not in HARMLESS] == []


@pytest.mark.parametrize("name", HTML)
def test_it_is_small_and_needs_no_script(name: str, facts: KitFacts) -> None:
    text = pages(facts)[name]
    # What RouterOS' older versions write into a file at once.
    assert len(text.encode()) < 4096
    assert "<script" not in text
    assert "javascript:" not in text


def test_the_login_page_leads_to_us_in_three_ways(facts: KitFacts) -> None:
    values = {
        "mac": "AA:BB:CC:DD:EE:FF",
        "ip": "192.168.88.100",
        "link-login-only": "http://10.5.50.1/login",
        "link-orig": "http://example.com/?a=1&b=2",
        "error": "invalid username or password",
        "chap-id": r"\371",
        "chap-challenge": r"\357\015",
        "username": "José & <b>",
    }
    page = render(pages(facts)["login.html"], lambda name: values.get(name, ""))
    url = page.headers["Location"]
    assert page.status == 302
    assert url.startswith("https://wifi.example.com/r/RTR_0A1B2C3D?")
    assert parse_qs(urlsplit(url).query) == {name: [value] for name, value in values.items()}
    in_html = url.replace("&", "&amp;")
    assert f'content="0;url={in_html}"' in page.text
    assert f'href="{in_html}"' in page.text


def test_the_portal_may_live_below_a_path() -> None:
    text = pages(make_facts(portal_url="https://example.com/wifi/"))["login.html"]
    assert "https://example.com/wifi/r/RTR_0A1B2C3D?mac=" in text


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"logged-in": "no", "session-timeout-secs": "0"}, {"captive": True}),
        ({"logged-in": "yes", "session-timeout-secs": "0"}, {"captive": False}),
        (
            {"logged-in": "yes", "session-timeout-secs": "90", "remain-bytes-total": "5"},
            {"captive": False, "seconds-remaining": 90, "bytes-remaining": 5},
        ),
    ],
)
def test_the_status_for_phones(
    facts: KitFacts, values: dict[str, str], expected: dict[str, object]
) -> None:
    page = render(pages(facts)["api.json"], lambda name: values.get(name, ""))
    answer = json.loads(page.text)
    assert answer.pop("user-portal-url").startswith("https://wifi.example.com/r/RTR_0A1B2C3D?mac=")
    assert answer == {"can-extend-session": True, **expected}
    assert page.headers["Content-Type"] == "application/captive+json"
    assert page.headers["Cache-Control"] == "private"
