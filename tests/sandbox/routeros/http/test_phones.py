"""Test new phones, and the hotspot as part of the sandbox's own process."""

from __future__ import annotations

import sys
from pathlib import Path

import requests

from portal.sandbox.routeros import HotspotHttp, RouterSandbox
from tests.sandbox.routeros.http.conftest import IP, MAC, PASSWORD, USER, Phone
from tests.support.patience import PATIENCE
from tests.support.processes.process import Process

COMMAND = (sys.executable, "-m", "portal.sandbox.routeros")
FIRST_LOOK = "/http://captive.apple.com/hotspot-detect.html"


def arrive(phone: Phone) -> requests.Response:
    url = phone.hotspot.url + "/phones"
    return phone.session.post(url, allow_redirects=False, timeout=PATIENCE)


def test_a_new_phone_looks_around(router: RouterSandbox, phone: Phone) -> None:
    answer = arrive(phone)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(FIRST_LOOK)
    [new] = [host for host in router.hosts if host["mac-address"] != MAC]
    assert new["mac-address"].replace(":", "-") in answer.headers["Location"]
    assert new["mac-address"].startswith("02:")
    assert phone.go(answer.headers["Location"]).status_code == 302


def test_phones_have_addresses_of_their_own_until_none_is_left(
    router: RouterSandbox, phone: Phone
) -> None:
    answers = [arrive(phone).status_code for _ in range(142)]
    assert answers == [303] * 141 + [503]
    addresses = {host["address"] for host in router.hosts}
    assert len(addresses) == len(router.hosts) == 142


def test_each_has_somebodys_name_and_keeps_it(router: RouterSandbox, phone: Phone) -> None:
    for _ in range(141):
        arrive(phone)
    listed = phone.go(phone.hotspot.url + "/phones").json()
    owners = {known["mac"]: known["owner"] for known in listed if known["mac"] != MAC}
    assert all(owners.values())
    assert len(set(owners.values())) == 141
    assert [*owners.values()][:3] == ["Ana", "Beto", "Carla"]
    again = phone.go(phone.hotspot.url + "/phones").json()
    assert owners == {known["mac"]: known["owner"] for known in again if known["mac"] != MAC}


def test_everyone_is_listed(router: RouterSandbox, phone: Phone) -> None:
    router.log_in(USER, PASSWORD, IP)
    arrive(phone)
    first, second = phone.go(phone.hotspot.url + "/phones").json()
    assert (first["mac"], first["address"], first["user"]) == (MAC, IP, USER)
    assert first["url"] == phone.hotspot.phone_url(MAC, "/")
    assert second["user"] == ""


def test_it_serves_many_at_once(hotspot: HotspotHttp) -> None:
    phones = [Phone(hotspot) for _ in range(5)]
    assert {phone.get().status_code for phone in phones} == {200}
    for phone in phones:
        phone.session.close()


def test_as_a_process(tmp_path: Path) -> None:
    options = ("--control-port", "0", "--hotspot-port", "0", "--state", str(tmp_path / "state"))
    with Process([*COMMAND, *options]) as process, requests.Session() as session:
        session.trust_env = False
        ready = process.wait_for_json()
        page = {"name": "hotspot/login.html", "contents": "uploaded for $(ip)"}
        session.post(
            ready["control_url"] + "/files", json=page, timeout=PATIENCE
        ).raise_for_status()
        looked = session.post(ready["hotspot_url"] + "/phones", timeout=PATIENCE)
        assert looked.text.startswith("uploaded for 192.168.88.")
        assert process.terminate() == 0
        assert process.stderr == ""
        process.start()
        again = process.wait_for_json()
        [phone] = session.get(again["hotspot_url"] + "/phones", timeout=PATIENCE).json()
        kept = session.get(f"{phone['url']}login", timeout=PATIENCE)
        assert kept.text == looked.text
        shown = session.get(again["control_url"] + "/hotspot", timeout=PATIENCE).json()
        assert shown == {"url": again["hotspot_url"], "up": True, "phones": [phone]}
        session.post(again["control_url"] + "/down", timeout=PATIENCE).raise_for_status()
        shown = session.get(again["control_url"] + "/hotspot", timeout=PATIENCE).json()
        assert shown["up"] is False
        for _ in range(2):
            session.post(again["control_url"] + "/up", timeout=PATIENCE).raise_for_status()
        shown = session.get(again["control_url"] + "/hotspot", timeout=PATIENCE).json()
        assert shown["up"] is True


def test_without_the_option_there_is_none() -> None:
    with Process(COMMAND) as process:
        assert process.wait_for_json()["hotspot_url"] is None
