"""Test the language of hotspot pages, as RouterOS' documentation has it."""

from __future__ import annotations

import pytest

from portal.sandbox.routeros.login_pages.language import Page, render

VALUES = {
    "username": "dizzy",
    "ip": "10.1.2.3",
    "mac": "00:01:02:03:04:05",
    "tricky": '123&456=1 2"<',
}
DOCUMENTED = """\
$(if username == john)
Hey, your username is john
$(elif username == dizzy)
Hello, Dizzy! How are you? Your administrator.
$(elif ip == 10.1.2.3)
You are sitting at that old computer, which is so slow...
$(else)
I don't know who you are, so lets live in peace.
$(endif)
always"""


def filled(source: str, **values: str) -> Page:
    return render(source, lambda name: (VALUES | values).get(name, ""))


@pytest.mark.parametrize(
    ("name", "said"),
    [("john", "Hey"), ("dizzy", "Hello"), ("ana", "You are sitting"), ("", "You are sitting")],
)
def test_one_branch_is_shown(name: str, said: str) -> None:
    lines = filled(DOCUMENTED, username=name).text.split()
    assert " ".join(lines).startswith(said)
    assert lines[-1] == "always"


def test_the_last_branch_is_for_all_others() -> None:
    assert "live in peace" in filled(DOCUMENTED, username="ana", ip="10.9.9.9").text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("$(mac)", "00:01:02:03:04:05"),
        ("$(mac-esc)", "00%3A01%3A02%3A03%3A04%3A05"),
        ("$(tricky)", '123&456=1 2"<'),
        ("$(tricky-esc)", "123%26456%3D1+2%22%3C"),
        ("$(nothing)|$(nothing-esc)", "|"),
        ("a$(if ip)b$(endif)c", "abc"),
        ("a$(if nothing)b$(else)d$(endif)c", "adc"),
        ('$(if nothing == "")b$(endif)', "b"),
        ('$(if nothing != "")b$(endif)', ""),
        ("$(if username == 'dizzy')b$(endif)", "b"),
        ("$(if username != dizzy)b$(else)d$(endif)", "d"),
        ("$(if ip)1$(if nothing)2$(else)3$(endif)4$(endif)", "134"),
        ("$(if nothing)1$(if ip)2$(else)3$(endif)4$(endif)5", "5"),
        ("$(if ip)never closed", "never closed"),
        ("$(endif)$(else)", ""),
        ("cost: $5 (five)", "cost: $5 (five)"),
    ],
)
def test_small_pieces(source: str, expected: str) -> None:
    assert filled(source).text == expected


def test_status_and_headers_are_set_not_asked() -> None:
    source = (
        '$(if http-status == 302)Go$(endif)$(if http-header == "Location")http://x/$(ip)$(endif)'
        '$(if http-header == "X-One")1$(endif)$(if http-header == "X-One")2$(endif)body'
    )
    page = filled(source)
    assert (page.status, page.text) == (302, "body")
    assert page.headers == {"Location": "http://x/10.1.2.3", "X-One": "2"}


def test_what_is_not_shown_sets_nothing() -> None:
    page = filled("$(if nothing)$(if http-status == 302)Go$(endif)$(endif)body")
    assert (page.status, page.headers, page.text) == (200, {}, "body")


def test_a_header_ends_at_its_line() -> None:
    page = filled('$(if http-header == "X")$(evil)$(endif)', evil="a\r\nSet-Cookie: b")
    assert page.headers == {"X": "a"}
