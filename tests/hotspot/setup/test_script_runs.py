"""Test the scripts, run on the simulated router."""

from __future__ import annotations

import json
from typing import Any

import pytest

from portal.hotspot.setup import KitFacts
from portal.hotspot.setup.pages import pages
from portal.hotspot.setup.script import setup_script, undo_script
from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.menus.tables import MENUS
from portal.sandbox.routeros.terminal.reader import Unreadable, read
from portal.sandbox.routeros.terminal.runner import Runner, ScriptError
from tests.hotspot.setup.conftest import make_facts, sold

HOSTILE = (
    'x" ; /user remove [find] ; "',
    "$[/user remove [find]]",
    "$(/user remove [find])",
    "$login",
    "[/user remove [find]]",
    "back\\slash\\",
    '\\" \\$ \\?',
    "} ; /user remove [find] ; {",
    "# no comment",
    "Ñandú ☕ 100% ?",
    "a=b where c",
)


def contents(router: RouterSandbox) -> dict[str, Any]:
    """All that stands on the router, and what does not change by itself."""
    computed = {"uptime", "time"}
    return {
        path: [{k: v for k, v in row.items() if k not in computed} for row in router.rows(path)]
        for path in MENUS
    }


def row(router: RouterSandbox, menu: str, name: str) -> dict[str, str]:
    [found] = [row for row in router.rows(menu) if row.get("name") == name]
    return found


def test_it_sets_all_up(router: RouterSandbox, facts: KitFacts) -> None:
    runner = Runner(router)
    runner.run(setup_script(facts))
    assert row(router, "/user/group", "portal-api")["policy"] == "read,write,api"
    user = row(router, "/user", facts.api_user)
    assert (user["group"], user["address"]) == ("portal-api", "10.0.0.2/32")
    assert user["password"] == facts.api_password
    service = row(router, "/ip/service", "api-ssl")
    assert (service["disabled"], service["certificate"]) == ("false", "portal-api")
    assert service["max-sessions"] == "100"
    methods = row(router, "/ip/hotspot/profile", "hsprof1")["login-by"].split(",")
    assert sorted(methods) == ["cookie", "http-chap", "http-pap", "mac-cookie"]
    hour = row(router, "/ip/hotspot/user/profile", "1hora")
    assert (hour["rate-limit"], hour["shared-users"]) == ("2M/5M", "3")
    for layer in ("/ip/hotspot/walled-garden", "/ip/hotspot/walled-garden/ip"):
        hosts = [entry["dst-host"] for entry in router.rows(layer)]
        assert hosts == ["wifi.example.com", *facts.hosts]
    for name, text in pages(facts).items():
        assert row(router, "/file", f"hotspot/{name}")["contents"] == text
    assert runner.certificates[0]["common-name"] == "10.0.0.1"
    assert any(facts.router_id in line for line in runner.said)


@pytest.mark.parametrize("version", ["6.49.10", "7.9.2", "7.16.2", "7.24"])
def test_running_it_again_changes_nothing(version: str, facts: KitFacts) -> None:
    with RouterSandbox(version=version) as router:
        runner = Runner(router)
        runner.run(setup_script(facts))
        once = contents(router)
        runner.run(setup_script(facts))
        assert contents(router) == once


def test_undoing_leaves_what_may_have_been_there(router: RouterSandbox, facts: KitFacts) -> None:
    before = contents(router)
    runner = Runner(router)
    runner.run(setup_script(facts))
    runner.run(undo_script(facts))
    after = contents(router)
    assert runner.certificates == []
    staying = {"/ip/hotspot/user/profile", "/ip/hotspot/profile"}
    for menu in before.keys() - staying:
        assert after[menu] == before[menu], menu
    names = [profile["name"] for profile in after["/ip/hotspot/user/profile"]]
    assert names == ["default", "1hora", "24horas"]


def test_undoing_touches_nobody_elses(router: RouterSandbox, facts: KitFacts) -> None:
    router.execute("/ip/hotspot/walled-garden/add", dst_host="bank.example", comment="ours")
    router.execute("/user/add", name="ana", group="full", comment="portal RTR_FFFFFFFF")
    runner = Runner(router)
    runner.run(setup_script(facts))
    runner.run(undo_script(facts))
    assert [r["dst-host"] for r in router.rows("/ip/hotspot/walled-garden")] == ["bank.example"]
    assert row(router, "/user", "ana")["group"] == "full"


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_becomes_a_command(router: RouterSandbox, name: str) -> None:
    facts = make_facts(
        router_name=f"{name}\n/user remove [find]\r\n",
        router_host=name,
        api_user=f"u{name}",
        api_password=name,
        profiles=(sold(name, rate_limit="2M/5M"),),
    )
    people = router.rows("/user")
    runner = Runner(router)
    runner.run(setup_script(facts))
    user = row(router, "/user", f"u{name}")
    assert (user["password"], user["group"]) == (name, "portal-api")
    assert [r["name"] for r in router.rows("/ip/hotspot/user/profile")] == ["default", name]
    assert runner.certificates[0]["common-name"] == name
    runner.run(undo_script(facts))
    assert router.rows("/user") == people


def test_an_unescaped_name_would_be_seen() -> None:
    for script in (':put "a $b"', ':put "a', ':put "a" b" c"'):
        with pytest.raises((Unreadable, IndexError)):
            read(script)


def test_a_hotspot_of_that_name_and_no_other(router: RouterSandbox) -> None:
    Runner(router).run(setup_script(make_facts(server="hotspot1")))
    with pytest.raises(ScriptError, match="hotspot"):
        Runner(router).run(setup_script(make_facts(server="staff")))


def test_what_the_operator_made_stays(router: RouterSandbox, facts: KitFacts) -> None:
    router.execute("/user/add", name=facts.api_user, group="full", password="his own")
    router.add_profile("1hora", rate_limit="1M/1M")
    [profile] = [r for r in router.rows("/ip/hotspot/profile") if r["name"] == "hsprof1"]
    router.execute("/ip/hotspot/profile/set", numbers=profile[".id"], login_by="mac,https,trial")
    [service] = [r for r in router.rows("/ip/service") if r["name"] == "api-ssl"]
    router.execute("/ip/service/set", numbers=service[".id"], certificate="his own")
    runner = Runner(router)
    runner.run(setup_script(facts))
    assert row(router, "/user", facts.api_user)["password"] == "his own"
    assert row(router, "/ip/hotspot/user/profile", "1hora")["rate-limit"] == "1M/1M"
    methods = row(router, "/ip/hotspot/profile", "hsprof1")["login-by"].split(",")
    assert {"mac", "https", "trial"} < set(methods)
    assert row(router, "/ip/service", "api-ssl")["certificate"] == "his own"
    assert any("se deja como está" in line for line in runner.said)


def test_a_named_hotspot_with_certificate_takes_https(
    router: RouterSandbox, facts: KitFacts
) -> None:
    [profile] = [r for r in router.rows("/ip/hotspot/profile") if r["name"] == "hsprof1"]
    named = {"dns_name": "wifi.example.com", "ssl_certificate": "wildcard"}
    router.execute("/ip/hotspot/profile/set", numbers=profile[".id"], **named)
    Runner(router).run(setup_script(facts))
    assert "https" in row(router, "/ip/hotspot/profile", "hsprof1")["login-by"].split(",")


def test_a_certificate_of_the_routers_own(router: RouterSandbox) -> None:
    runner = Runner(router)
    runner.run(setup_script(make_facts(certificate="wildcard")))
    assert row(router, "/ip/service", "api-ssl")["certificate"] == "wildcard"
    assert runner.certificates == []


@pytest.mark.parametrize(
    ("version", "sessions", "adds"),
    [
        ("6.49.10", None, False),
        ("7.9", None, True),
        ("7.9.2", None, True),
        ("7.16.2", "100", True),
        ("7.22beta1", "100", True),
        ("7.24", "100", True),
    ],
)
def test_each_version_gets_what_it_knows(
    version: str, sessions: str | None, adds: bool, facts: KitFacts
) -> None:
    with RouterSandbox(version=version) as router:
        [profile] = [r for r in router.rows("/ip/hotspot/profile") if r["name"] == "hsprof1"]
        router.execute("/ip/hotspot/profile/set", numbers=profile[".id"], html_directory="empty")
        runner = Runner(router)
        runner.run(setup_script(facts))
        assert row(router, "/ip/service", "api-ssl").get("max-sessions") == sessions
        written = [r["name"] for r in router.rows("/file") if r["name"].startswith("empty/")]
        assert bool(written) is adds
        told = [line for line in runner.said if line.startswith("Súbalo a mano")]
        assert bool(told) is not adds


def test_the_folder_may_lie_on_the_flash_disk(router: RouterSandbox, facts: KitFacts) -> None:
    [profile] = [r for r in router.rows("/ip/hotspot/profile") if r["name"] == "hsprof1"]
    router.execute("/ip/hotspot/profile/set", numbers=profile[".id"], html_directory="wifi")
    router.upload("flash/wifi/login.html", "old")
    Runner(router).run(setup_script(facts))
    text = row(router, "/file", "flash/wifi/login.html")["contents"]
    assert text == pages(facts)["login.html"]
    assert json.dumps(router.rows("/file")).count('"wifi/') == 0
