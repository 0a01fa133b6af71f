"""Test the parts that guard the way: colours, login addresses, challenges, seals."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace

import pytest
from itsdangerous import URLSafeTimedSerializer

from portal.pages.visits.chap import read_challenge
from portal.pages.visits.login_hosts import default_login_url, read_login_url, read_url
from portal.pages.visits.seals import PURCHASE, VISIT, Scope, seal, unseal
from portal.pages.visits.visit import Visit, open_visit, read_visit
from portal.web.colors import BLACK, DARK, OURS, WHITE, contrast, theme_of
from tests.pages.site import Site

HERE = Scope("EMP_0123456789", "RTR_01234567")
HOSTS = ["10.5.50.1", "wifi.example:8080", "Hotel.Example"]


def test_any_colour_can_be_read() -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    draw = random.Random(seed)
    colors = [f"#{draw.randrange(2**24):06x}" for _ in range(300)]
    for color in (*colors, "#ffffff", "#000000", "#ffff00", "#767676"):
        theme = theme_of(color)
        assert theme.color == color
        assert contrast(theme.on_color, theme.color) >= 4.5, color
        assert contrast(theme.accent, WHITE) >= 4.5, color
        assert contrast(theme.accent, "#f3f5f7") >= 4.5, color
        for dark in (DARK, "#0f1316"):
            assert contrast(theme.accent_in_dark, dark) >= 4.5, color


@pytest.mark.parametrize("color", [None, "", "red", "#fff", "#12345g", "#123456;}", "url(x)"])
def test_what_is_no_colour_is_ours(color: str | None) -> None:
    assert theme_of(color).color == OURS


def test_contrast_is_the_standards() -> None:
    assert contrast("#000000", WHITE) == pytest.approx(21)
    assert contrast("#777777", WHITE) == pytest.approx(4.48, abs=0.01)
    assert contrast(BLACK, BLACK) == 1


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("http://10.5.50.1/login", "http://10.5.50.1/login"),
        ("https://10.5.50.1/login", "https://10.5.50.1/login"),
        ("http://10.5.50.1:80/login?dst=x#y", "http://10.5.50.1:80/login"),
        ("http://10.5.50.1", "http://10.5.50.1/login"),
        ("http://hotel.example/login", "http://hotel.example/login"),
        ("http://wifi.example:8080/login", "http://wifi.example:8080/login"),
        ("http://wifi.example/login", None),
        ("https://10.5.50.1:8443/login", None),
        ("http://10.5.50.1.evil.example/login", None),
        ("http://10.5.50.1@evil.example/login", None),
        ("http://evil.example\\@10.5.50.1/login", None),
        ("http://10.5.50.1/lo gin", None),
        ("http://10.5.50.1/'onload", None),
        ("javascript://10.5.50.1/%0aalert(1)", None),
        ("//10.5.50.1/login", None),
        ("", None),
        (None, None),
    ],
)
def test_login_addresses(url: str | None, read: str | None) -> None:
    assert read_login_url(url, HOSTS) == read


def test_without_hosts_nothing_is_a_login_address() -> None:
    assert read_login_url("http://10.5.50.1/login", []) is None
    assert default_login_url([]) is None
    assert default_login_url(["not a host", "10.5.50.1:8080"]) == "http://10.5.50.1:8080/login"


@pytest.mark.parametrize(
    "url", ["ftp://a/", "http://", "http://[::1", "http://a:99999/", "http://a b/", "x" * 501]
)
def test_what_is_no_address(url: str) -> None:
    assert read_url(url) is None


def test_a_challenge_is_answered_over_raw_bytes() -> None:
    challenge = read_challenge(r"\371", r"\015\102\000\377" + "abcdefghijkl")
    assert challenge is not None
    whole = b"\xf9" + b"1234" + b"\x0d\x42\x00\xff" + b"abcdefghijkl"
    expected = hashlib.md5(whole, usedforsecurity=False).hexdigest()
    assert challenge.answer("1234") == expected


@pytest.mark.parametrize(
    ("chap_id", "challenge"),
    [
        (None, None),
        ("", ""),
        (r"\371\001", "a" * 16),
        (r"\371", "a" * 15),
        (r"\371", "a" * 17),
        ("é", "ñ" * 16 + "x"),
        ("\u20ac", "a" * 16),
    ],
)
def test_what_is_no_challenge(chap_id: str | None, challenge: str | None) -> None:
    assert read_challenge(chap_id, challenge) is None


def test_a_visit_survives_the_address(site: Site) -> None:
    said = {
        "mac": "aa-bb-cc-dd-ee-ff",
        "ip": "10.5.50.9",
        "link-login-only": "http://10.5.50.1/login",
        "link-orig": "https://example.com/?a=1&b=2",
        "chap-id": r"\001",
        "chap-challenge": "a" * 16,
    }
    with site.shop.app.app_context():
        visit = read_visit(HERE, said, ["10.5.50.1"]).with_sale("sal_1").with_code("acc_1")
        assert visit.mac == "AA:BB:CC:DD:EE:FF"
        assert visit.challenge is not None
        assert visit.id is not None
        assert open_visit(HERE, visit.sealed()) == visit
        assert Visit().sealed() == ""


def test_a_visit_is_another_s_nowhere(site: Site) -> None:
    """What is not ours, or another shop's, is a visit that nothing is known of."""
    with site.shop.app.app_context():
        sealed = read_visit(HERE, {"mac": "aa-bb-cc-dd-ee-ff"}, []).sealed()
        for scope in (replace(HERE, router_id="RTR_1"), replace(HERE, company_id="EMP_1")):
            found = open_visit(scope, sealed)
            assert (found.is_bare, found.scope) == (True, scope)
            assert found.id not in (None, open_visit(HERE, sealed).id)


def test_an_address_names_the_latest_proofs_alone(site: Site) -> None:
    with site.shop.app.app_context():
        visit = read_visit(HERE, {}, [])
        for number in (*range(9), 6):
            visit = visit.with_sale(f"sal_{number}")
        assert visit.sales == ("sal_4", "sal_5", "sal_7", "sal_8", "sal_6")
        assert len(visit.sealed()) < 2000


def test_a_seal_is_good_for_its_purpose_and_its_time(site: Site) -> None:
    with site.shop.app.app_context():
        sealed = seal(VISIT, HERE, ["x"])
        assert unseal(VISIT, HERE, sealed) == ["x"]
        assert unseal(PURCHASE, HERE, sealed) is None
        for elsewhere in (replace(HERE, router_id="RTR_1"), replace(HERE, company_id="EMP_1")):
            assert unseal(VISIT, elsewhere, sealed) is None
        assert unseal(VISIT, HERE, sealed, seconds=-1) is None
        assert unseal(VISIT, HERE, None) is None
        salt = f"portal.pages.visits.visit:{HERE.company_id}:{HERE.router_id}"
        foreign = URLSafeTimedSerializer("another secret", salt=salt)
        assert unseal(VISIT, HERE, foreign.dumps(["x"])) is None
