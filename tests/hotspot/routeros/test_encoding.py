"""Prove that text arrives whole, whatever the router has stored."""

from __future__ import annotations

import logging

import pytest

from portal.hotspot.errors import ProfileMissing, RouterRefused
from portal.hotspot.provisioning import NewHotspotUser
from portal.hotspot.router import HotspotRouter
from portal.hotspot.routeros.values import from_wire, readable, spellings, to_wire
from portal.sandbox.routeros import RouterSandbox
from tests.hotspot.routeros.conftest import Connect
from tests.hotspot.routeros.peer import DONE, Peer, answering, sentence


@pytest.mark.parametrize("text", ["María Ñandú", "日本語", "👩‍💻🎉", "a=b=c", "x" * 20_000])
def test_text_comes_back_as_it_was_sent(
    router: HotspotRouter, sandbox: RouterSandbox, text: str
) -> None:
    router.provisioner.add_user(NewHotspotUser("AB3C9D", "1234", "1hora", text), 2)
    assert sandbox.users["AB3C9D"]["comment"] == text
    found = router.provisioner.find_user("AB3C9D", 2)
    assert found is not None
    assert found.mark == text


def test_a_word_that_is_not_utf_8_is_read_as_latin_1(connect: Connect) -> None:
    row = sentence("!re", b"=name=caf\xe9 \xf1", "=comment=canción")
    with Peer(answering(lambda words: row + DONE)) as peer:
        found = connect(peer).provisioner.find_user("x", 2)
    assert found is not None
    assert (found.name, found.mark) == ("café ñ", "canción")


def test_a_value_may_hold_equals_signs_and_be_empty(connect: Connect) -> None:
    row = sentence("!re", "=name==a=b=", "=comment=", "=disabled=yes")
    with Peer(answering(lambda words: row + DONE)) as peer:
        found = connect(peer).provisioner.find_user("x", 2)
    assert found is not None
    assert (found.name, found.mark, found.disabled) == ("=a=b=", "", True)


def test_a_profile_is_found_in_either_encoding(
    router: HotspotRouter, sandbox: RouterSandbox
) -> None:
    sandbox.add_profile("1 D\udceda")
    sandbox.add_profile("caf\udce9 \udc96 noche")
    router.provisioner.add_user(NewHotspotUser("AB3C9D", "1234", "1 Día", "mark"), 2)
    assert sandbox.users["AB3C9D"]["profile"] == "1 D\udceda"
    assert router.provisioner.update_user(
        "AB3C9D", "mark", 2, profile="café – noche", limit_uptime=60
    )
    assert sandbox.users["AB3C9D"]["profile"] == "caf\udce9 \udc96 noche"
    found = router.provisioner.find_user("AB3C9D", 2)
    assert found is not None
    assert (found.profile, found.limit_uptime) == ("café – noche", 60)
    assert {p.name for p in router.inspector.profiles(2)} >= {"1 Día", "café – noche"}


def test_a_profile_that_is_missing_in_both_is_missing(
    router: HotspotRouter, sandbox: RouterSandbox
) -> None:
    with pytest.raises(ProfileMissing):
        router.provisioner.add_user(NewHotspotUser("AB3C9D", "1234", "1 Día", "mark"), 2)
    assert sandbox.users == {}
    sent = [c.args["profile"] for c in sandbox.commands if c.path == "/ip/hotspot/user/add"]
    assert sent == ["1 Día", "1 D\udceda"]


def test_a_profile_in_ascii_costs_one_command(
    router: HotspotRouter, sandbox: RouterSandbox
) -> None:
    with pytest.raises(ProfileMissing):
        router.provisioner.add_user(NewHotspotUser("AB3C9D", "1234", "1 hora", "mark"), 2)
    assert [c.path for c in sandbox.commands].count("/ip/hotspot/user/add") == 1


@pytest.mark.parametrize("version", ["6.42.12", "7.20.8"])
@pytest.mark.parametrize("stored", ["contraseña", "contrase\udcf1a"])
def test_a_password_in_either_encoding_lets_us_in(
    connect: Connect, version: str, stored: str
) -> None:
    with RouterSandbox(version=version, password=stored) as box:
        assert connect(box, password="contraseña").inspector.info(2).version.startswith(version)


def test_an_error_in_latin_1_is_logged_without_what_was_sent(
    router: HotspotRouter, sandbox: RouterSandbox, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.faults.trap("failure: no v\udce1lido AB3C9D", "/ip/hotspot/user/add")
    with caplog.at_level(logging.INFO), pytest.raises(RouterRefused):
        router.provisioner.add_user(NewHotspotUser("AB3C9D", "1234", "1hora", "mark"), 2)
    assert "no válido …" in caplog.text
    assert "AB3C9D" not in caplog.text


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("plain", "plain"),
        ("día", "día"),
        ("d\udceda", "día"),
        ("\udc80 \udc93x\udc94", "€ “x”"),
        ("\udc81", "\x81"),
        ("日本", "日本"),
    ],
)
def test_words_and_texts_belong_together(word: str, text: str) -> None:
    assert readable(word) == text
    assert word in spellings(text)
    raw = word.encode("utf-8", "surrogateescape")
    assert to_wire(from_wire(raw)) == raw


@pytest.mark.parametrize("text", ["plain", "日本", "día 日", "Ã±"])
def test_some_texts_have_one_spelling_only(text: str) -> None:
    assert spellings(text) == (text,)
