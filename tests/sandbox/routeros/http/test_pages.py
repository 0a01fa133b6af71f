"""Test what a phone meets: the way to the portal, its status, and nothing that it smuggled in."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from portal.sandbox.routeros import HotspotHttp, RouterSandbox
from tests.sandbox.routeros.http.conftest import IP, MAC, PASSWORD, USER, Phone

PORTAL = "https://wifi.example.com/r/RTR_0A1B2C3D?"
HOSTILE = (
    '"><script>alert(1)</script>',
    "javascript:alert(1)",
    "' onload='alert(1)",
    "http://x/\r\nSet-Cookie: a=b",
    "$(error)",
    "$(if ip)x$(endif)",
    "%22%3E<b>",
    "&amp;\x00ñ",
    "//evil.example",
)
WAYS = (
    {"dst": "{}"},
    {"username": "{}", "password": "x"},
    {"username": "x", "password": "{}", "dst": "{}"},
    {"error": "{}", "mac": "{}", "link-login-only": "{}", "chap-id": "{}"},
)


class Skeleton(HTMLParser):
    """A page's tags with the names of their attributes, and where it leads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, ...]] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, *(name for name, _ in attrs)))
        self.links += [value or "" for name, value in attrs if name == "href"]


@pytest.mark.usefixtures("kit")
def test_the_way_from_anywhere_to_the_portal(phone: Phone) -> None:
    wanted = "http://captive.apple.com/hotspot-detect.html?a=1"
    first = phone.get(wanted)
    assert first.status_code == 302
    second = phone.go(first.headers["Location"])
    assert second.status_code == 302
    url = second.headers["Location"]
    assert url.startswith(PORTAL)
    sent = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert (sent["mac"], sent["ip"]) == (MAC, IP)
    assert sent["link-login-only"] == phone.hotspot.phone_url(MAC)
    # Where this very phone finds it, once it is online.
    assert sent["link-orig"] == phone.hotspot.phone_url(MAC, wanted)


@pytest.mark.usefixtures("kit")
def test_another_host_is_told_by_its_header_too(phone: Phone) -> None:
    answer = phone.get("/news?a=1", headers={"Host": "example.com"})
    wanted = quote("http://example.com/news?a=1", safe="")
    assert answer.headers["Location"] == f"{phone.hotspot.phone_url(MAC)}?dst={wanted}"


@pytest.mark.usefixtures("kit")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("evil", HOSTILE)
@pytest.mark.parametrize("is_online", [False, True])
def test_nothing_gets_out_of_its_place(
    router: RouterSandbox, phone: Phone, evil: str, way: dict[str, str], is_online: bool
) -> None:
    def tame() -> Skeleton:
        return Skeleton(phone.get("/login").text)

    if is_online:
        router.log_in(USER, PASSWORD, IP)
    expected = tame().tags
    answer = phone.post(**{name: value.format(evil) for name, value in way.items()})
    page = Skeleton(answer.text)
    assert page.tags == expected
    assert all(link.startswith(PORTAL) for link in page.links)
    assert answer.headers["Location"].startswith(PORTAL)
    assert "Set-Cookie" not in answer.headers


def test_the_factorys_own_form_lets_it_out(phone: Phone) -> None:
    expected = Skeleton(phone.get("/login").text).tags
    answer = phone.post(username=HOSTILE[0], password="x")
    assert ("script",) in Skeleton(answer.text).tags
    assert ("script",) not in expected


@pytest.mark.usefixtures("kit")
def test_nor_does_a_user_of_that_name(router: RouterSandbox, phone: Phone) -> None:
    evil = HOSTILE[0]
    router.add_user(evil, "x")
    expected = Skeleton(phone.get("/logout").text).tags
    phone.post(username=evil, password="x")
    assert router.active[0]["user"] == evil
    for path in ("/status", "/api", "/logout"):
        assert "<script" not in phone.get(path).text
    assert Skeleton(phone.get("/logout").text).tags == expected


@pytest.mark.usefixtures("kit")
def test_the_status_for_phones(router: RouterSandbox, phone: Phone) -> None:
    router.add_user("hour", "x", limit_uptime="1h", limit_bytes_total="22000000")
    before = phone.get("/api")
    assert before.headers["Content-Type"] == "application/captive+json"
    assert before.json()["captive"] is True
    phone.post(username="hour", password="x")
    router.clock.advance(100)
    after = phone.get("/api.json").json()
    assert (after["captive"], after["seconds-remaining"]) == (False, 900)
    assert after["bytes-remaining"] == 22_000_000 - 100 * 22_000
    assert "Tiempo restante: 15m" in phone.get("/status").text


def test_who_is_online_reaches_the_internet(router: RouterSandbox, phone: Phone) -> None:
    router.log_in(USER, PASSWORD, IP)
    assert "Internet" in phone.get("http://example.com/").text
    assert phone.get("/").headers["Location"] == phone.hotspot.phone_url(MAC, "/status")


def test_a_fresh_routers_own_pages(router: RouterSandbox, phone: Phone) -> None:
    form = phone.get(params={"dst": "http://example.com/"}).text
    assert f'action="{phone.hotspot.phone_url(MAC)}"' in form
    assert "invalid username or password" in phone.post(username="x", password="y").text
    [profile] = [r for r in router.rows("/ip/hotspot/profile") if r["name"] == "hsprof1"]
    router.execute("/ip/hotspot/profile/set", numbers=profile[".id"], login_by="http-pap")
    done = phone.post(username=USER, password=PASSWORD, dst="http://example.com/")
    assert (done.status_code, done.headers["Location"]) == (302, "http://example.com/")
    assert USER in phone.get("/status").text


def test_pages_come_from_the_profiles_folder(router: RouterSandbox, phone: Phone) -> None:
    router.upload("mine/login.html", "mine: $(ip)")
    [profile] = [r for r in router.rows("/ip/hotspot/profile") if r["name"] == "hsprof1"]
    router.execute("/ip/hotspot/profile/set", numbers=profile[".id"], html_directory="mine")
    assert phone.get().text == f"mine: {IP}"
    assert phone.get("/status").status_code == 404
    override = {"html_directory_override": "hotspot"}
    router.execute("/ip/hotspot/profile/set", numbers=profile[".id"], **override)
    assert "<form" in phone.get().text


@pytest.mark.parametrize(
    "path",
    ["/", "/phone", "/phone/", "/phone/x/login", "/phone/AA:BB:CC:DD:EE:FF/login", "/phones/1"],
)
def test_other_paths_are_not_there(phone: Phone, path: str) -> None:
    assert phone.go(phone.hotspot.url + path).status_code == 404


@pytest.mark.parametrize("path", ["/nothing.html", "/../secret", "/%2e%2e/secret", "/a%00b"])
def test_files_that_are_not_there(phone: Phone, path: str) -> None:
    assert phone.get(path).status_code == 404


def test_a_phone_nobody_has_seen(hotspot: HotspotHttp) -> None:
    stranger = Phone(hotspot, "02:00:00:00:00:99")
    assert stranger.get().status_code == 404
    stranger.session.close()
