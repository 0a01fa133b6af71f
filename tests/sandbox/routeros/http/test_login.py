"""Test logging in through the hotspot's form, by password and by challenge."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from portal.sandbox.routeros import RouterSandbox
from tests.sandbox.routeros.http.conftest import IP, MAC, PASSWORD, USER, Phone

pytestmark = pytest.mark.usefixtures("kit")
OCTAL = re.compile(r"\\([0-7]{3})")


def sent_to_us(phone: Phone) -> dict[str, str]:
    """What the login page hands over."""
    return parameters(phone.get().headers["Location"])


def parameters(url: str) -> dict[str, str]:
    return {k: v[0] for k, v in parse_qs(urlsplit(url).query, keep_blank_values=True).items()}


def chap(given: dict[str, str], password: str = PASSWORD) -> str:
    """The answer to a challenge, as the portal computes it from the octal text."""

    def raw(text: str) -> bytes:
        return bytes(int(digits, 8) for digits in OCTAL.findall(text))

    whole = raw(given["chap-id"]) + password.encode() + raw(given["chap-challenge"])
    return hashlib.md5(whole, usedforsecurity=False).hexdigest()


def online(router: RouterSandbox) -> list[tuple[str, str]]:
    return [(session["user"], session["login-by"]) for session in router.active]


def allow(router: RouterSandbox, methods: str) -> None:
    [profile] = [r for r in router.rows("/ip/hotspot/profile") if r["name"] == "hsprof1"]
    router.execute("/ip/hotspot/profile/set", numbers=profile[".id"], login_by=methods)


def test_by_password(router: RouterSandbox, phone: Phone) -> None:
    answer = phone.post(username=USER, password=PASSWORD, dst="http://example.com/?a=1&b=2")
    assert online(router) == [(USER, "http-pap")]
    sent = parameters(answer.headers["Location"])
    assert (sent["logged-in"], sent["link-orig"]) == ("yes", "http://example.com/?a=1&b=2")
    assert (sent["mac"], sent["ip"]) == (MAC, IP)


def test_by_navigation(router: RouterSandbox, phone: Phone) -> None:
    phone.get(params={"username": USER, "password": PASSWORD})
    assert online(router) == [(USER, "http-pap")]


def test_by_challenge(router: RouterSandbox, phone: Phone) -> None:
    allow(router, "http-chap")
    phone.post(username=USER, password=chap(sent_to_us(phone)))
    assert online(router) == [(USER, "http-chap")]


def test_a_challenge_serves_once(router: RouterSandbox, phone: Phone) -> None:
    allow(router, "http-chap")
    answer = chap(sent_to_us(phone))
    phone.post(username="nobody", password=answer)
    refused = phone.post(username=USER, password=answer)
    assert online(router) == []
    assert parameters(refused.headers["Location"])["error"] == "invalid username or password"


def test_a_challenge_dies_after_an_hour(router: RouterSandbox, phone: Phone) -> None:
    allow(router, "http-chap")
    answer = chap(sent_to_us(phone))
    router.clock.advance(3601)
    phone.post(username=USER, password=answer)
    assert online(router) == []


def test_another_phones_challenge_is_of_no_use(router: RouterSandbox, phone: Phone) -> None:
    allow(router, "http-chap")
    router.join("02:00:00:00:00:01", "192.168.88.101")
    other = Phone(phone.hotspot, "02:00:00:00:00:01")
    answer = chap(sent_to_us(other))
    other.session.close()
    sent_to_us(phone)
    phone.post(username=USER, password=answer)
    assert online(router) == []


@pytest.mark.parametrize(("methods", "is_let_in"), [("http-chap", False), ("http-pap", True)])
def test_only_by_the_methods_of_the_profile(
    router: RouterSandbox, phone: Phone, methods: str, is_let_in: bool
) -> None:
    allow(router, methods)
    assert (sent_to_us(phone)["chap-id"] == "") is is_let_in
    phone.post(username=USER, password=PASSWORD)
    assert bool(online(router)) is is_let_in


@pytest.mark.parametrize(
    ("user", "password"), [("nobody", PASSWORD), (USER, "wrong"), (USER, ""), ("", "")]
)
def test_wrong_credentials(router: RouterSandbox, phone: Phone, user: str, password: str) -> None:
    answer = phone.post(username=user, password=password, dst="http://example.com/")
    sent = parameters(answer.headers["Location"])
    assert sent["error"] == "invalid username or password"
    assert (sent["username"], sent["link-orig"]) == (user, "http://example.com/")
    assert sent["chap-id"] != ""
    assert online(router) == []


def test_what_the_hotspot_refuses_is_told(router: RouterSandbox, phone: Phone) -> None:
    router.add_user("spent", "x", limit_uptime="1m")
    router.join("02:00:00:00:00:01", "192.168.88.101")
    router.log_in("spent", "x", "192.168.88.101")
    router.clock.advance(61)
    answer = phone.post(username="spent", password="x")
    assert parameters(answer.headers["Location"])["error"] == "your uptime limit is reached"


def test_who_is_online_needs_no_login(router: RouterSandbox, phone: Phone) -> None:
    router.log_in(USER, PASSWORD, IP)
    sent = parameters(phone.get().headers["Location"])
    assert sent["logged-in"] == "yes"


def test_logging_out(router: RouterSandbox, phone: Phone) -> None:
    phone.post(username=USER, password=PASSWORD)
    page = phone.get("/logout")
    assert "Desconectado" in page.text
    assert online(router) == []
    assert phone.get("/status").status_code == 302
