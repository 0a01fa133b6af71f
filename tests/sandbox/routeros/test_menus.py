"""Test rows: how they are added, changed, switched and removed."""

from __future__ import annotations

import pytest

from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.wire.framing import to_text
from tests.sandbox.routeros.conftest import MAC
from tests.sandbox.routeros.talk import Talk

USERS = "/ip/hotspot/user"
TAKEN = "failure: already have user with this name for this server"


def add(talk: Talk, path: str, *words: str) -> str:
    """The new row's id."""
    [[done, ret]] = talk.ask(f"{path}/add", *words)
    assert done == "!done"
    return ret.removeprefix("=ret=")


def test_a_new_user_has_what_it_was_given_and_the_defaults(talk: Talk) -> None:
    id_ = add(talk, USERS, "=name=AB3C9D", "=password=0042", "=limit-uptime=01:30:00")
    [user] = talk.rows(f"{USERS}/print", "?name=AB3C9D")
    assert user == {
        ".id": id_,
        "name": "AB3C9D",
        "password": "0042",
        "profile": "default",
        "limit-uptime": "1h30m",
        "uptime": "0s",
        "bytes-in": "0",
        "bytes-out": "0",
        "packets-in": "0",
        "packets-out": "0",
        "dynamic": "false",
        "disabled": "false",
    }


def test_ids_are_hexadecimal_and_never_given_twice(talk: Talk) -> None:
    ids = [add(talk, USERS, f"=name=U{n}") for n in range(10)]
    assert ids[:2] == ["*2", "*3"]
    assert ids[-2:] == ["*A", "*B"]
    talk.ask(f"{USERS}/remove", "=.id=*B")
    assert add(talk, USERS, "=name=again") == "*C"


@pytest.mark.parametrize(
    ("value", "printed"),
    [("90", "1m30s"), ("1w2d03:04:05", "1w2d3h4m5s"), ("0", None), ("0s", None), ("24h", "1d")],
)
def test_durations_are_taken_in_any_spelling(talk: Talk, value: str, printed: str | None) -> None:
    add(talk, USERS, "=name=A", f"=limit-uptime={value}")
    [user] = talk.rows(f"{USERS}/print", "?name=A")
    assert user.get("limit-uptime") == printed


@pytest.mark.parametrize(
    ("word", "printed"),
    [
        ("=limit-bytes-total=1G", ("limit-bytes-total", "1073741824")),
        ("=limit-bytes-in=10k", ("limit-bytes-in", "10240")),
        ("=mac-address=aa-bb-cc-dd-ee-ff", ("mac-address", "AA:BB:CC:DD:EE:FF")),
        ("=disabled=yes", ("disabled", "true")),
        ("=server=hotspot1", ("server", "hotspot1")),
        ("=server=all", ("server", None)),
        ("=comment=", ("comment", None)),
    ],
)
def test_values_are_printed_in_the_routers_spelling(
    talk: Talk, word: str, printed: tuple[str, str | None]
) -> None:
    add(talk, USERS, "=name=A", word)
    [user] = talk.rows(f"{USERS}/print", "?name=A")
    name, value = printed
    assert user.get(name) == value


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("=profile=24horas", "input does not match any value of profile"),
        ("=server=elsewhere", "input does not match any value of server"),
        ("=disabled=perhaps", "input does not match any value of disabled"),
        ("=limit-uptime=soon", "invalid time value for argument limit-uptime"),
        ("=limit-uptime=99999w", "invalid time value for argument limit-uptime"),
        (f"=limit-uptime={'9' * 5000}", "invalid time value for argument limit-uptime"),
        (f"=limit-bytes-in={'9' * 5000}", "invalid value for argument limit-bytes-in"),
        ("=limit-bytes-in=9223372036854775807k", "invalid value for argument limit-bytes-in"),
        ("=limit-bytes-total=-1", "invalid value for argument limit-bytes-total"),
        ("=mac-address=AA:BB", "invalid value for argument mac-address"),
        ("=address=1.2.3", "invalid value for argument address"),
    ],
    ids=lambda value: value[:40],
)
def test_a_value_of_the_wrong_kind_is_refused(talk: Talk, word: str, message: str) -> None:
    assert talk.trap(f"{USERS}/add", "=name=A", word) == (message, "1")
    assert talk.rows(f"{USERS}/print", "?name=A") == []


def test_a_name_is_unique_on_its_server(talk: Talk) -> None:
    add(talk, USERS, "=name=A")
    assert talk.trap(f"{USERS}/add", "=name=A") == (TAKEN, "4")
    assert add(talk, USERS, "=name=A", "=server=hotspot1")
    assert talk.trap(f"{USERS}/add", "=name=A", "=server=hotspot1") == (TAKEN, "4")
    other = add(talk, USERS, "=name=B")
    assert talk.trap(f"{USERS}/set", f"=.id={other}", "=name=A") == (TAKEN, "4")
    assert talk.ask(f"{USERS}/set", f"=.id={other}", "=name=B", "=comment=x") == [["!done"]]
    assert add(talk, USERS, "=name=a")


def test_profile_names_are_unique(talk: Talk) -> None:
    message, _ = talk.trap(f"{USERS}/profile/add", "=name=1hora")
    assert message.startswith("failure: already have")


@pytest.mark.parametrize(
    "raw",
    ["María José ñandú".encode(), "🛜 café".encode(), b"caf\xe9 \xff\xfe", b"a=b?c,*1;'\"\n\t"],
    ids=["utf-8", "emoji", "latin-1", "punctuation"],
)
def test_values_are_bytes_and_come_back_whole(talk: Talk, raw: bytes) -> None:
    add(talk, USERS, "=name=A", f"=comment={to_text(raw)}")
    [user] = talk.rows(f"{USERS}/print", f"?comment={to_text(raw)}")
    assert user["comment"].encode("utf-8", "surrogateescape") == raw


def test_several_rows_are_changed_by_their_ids(talk: Talk) -> None:
    a, b, c = (add(talk, USERS, f"=name={name}", "=comment=x") for name in "ABC")
    assert talk.ask(f"{USERS}/disable", f"=.id={a},{b}") == [["!done"]]
    assert [u["name"] for u in talk.rows(f"{USERS}/print", "?disabled=true")] == ["A", "B"]
    assert talk.ask(f"{USERS}/enable", f"=.id={a}") == [["!done"]]
    assert talk.ask(f"{USERS}/set", f"=.id={b},{c}", "=comment=", "=limit-uptime=60") == [["!done"]]
    rows = talk.rows(f"{USERS}/print", "?comment=x", "=.proplist=name,disabled")
    assert rows == [{"name": "A", "disabled": "false"}]
    assert talk.ask(f"{USERS}/remove", f"=.id={a},{b},{a}") == [["!done"]]
    assert [u["name"] for u in talk.rows(f"{USERS}/print", "?-default")] == ["C"]


@pytest.mark.parametrize("command", ["set", "remove", "enable", "disable"])
@pytest.mark.parametrize("unknown", ["*99", "A", "2", "*", "*2,*99"])
def test_an_unknown_id_changes_nothing(talk: Talk, command: str, unknown: str) -> None:
    add(talk, USERS, "=name=A")
    before = talk.rows(f"{USERS}/print")
    assert talk.trap(f"{USERS}/{command}", f"=.id={unknown}") == ("no such item (4)", "0")
    assert talk.rows(f"{USERS}/print") == before


def test_what_the_router_came_with_is_not_removed(talk: Talk) -> None:
    assert talk.trap(f"{USERS}/profile/remove", "=.id=*1")[0].startswith("failure: ")
    assert talk.trap(f"{USERS}/remove", "=.id=*1")[0].startswith("failure: ")


def test_users_follow_their_profiles_new_name(talk: Talk) -> None:
    add(talk, USERS, "=name=A", "=profile=1hora")
    [profile] = talk.rows(f"{USERS}/profile/print", "?name=1hora")
    talk.ask(f"{USERS}/profile/set", f"=.id={profile['.id']}", "=name=Una hora")
    [user] = talk.rows(f"{USERS}/print", "?name=A")
    assert user["profile"] == "Una hora"


def test_profiles_carry_their_limits(talk: Talk) -> None:
    path = f"{USERS}/profile"
    add(talk, path, "=name=2horas", "=rate-limit=2M/5M", "=shared-users=3", "=session-timeout=7200")
    [profile] = talk.rows(f"{path}/print", "?name=2horas")
    wanted = {"rate-limit": "2M/5M", "shared-users": "3", "session-timeout": "2h"}
    wanted |= {"keepalive-timeout": "2m", "mac-cookie-timeout": "3d"}
    assert wanted.items() <= profile.items()


def test_walled_garden_rules_of_both_layers(talk: Talk) -> None:
    add(talk, "/ip/hotspot/walled-garden", "=dst-host=*.conekta.io", "=comment=portal")
    id_ = add(talk, "/ip/hotspot/walled-garden/ip", "=action=accept", "=dst-host=api.conekta.io")
    [rule] = talk.rows("/ip/hotspot/walled-garden/ip/print")
    assert rule["dst-host"] == "api.conekta.io"
    [rule] = talk.rows("/ip/hotspot/walled-garden/print")
    assert (rule["action"], rule["dst-host"]) == ("allow", "*.conekta.io")
    talk.ask("/ip/hotspot/walled-garden/ip/disable", f"=.id={id_}")
    assert talk.rows("/ip/hotspot/walled-garden/ip/print")[0]["disabled"] == "true"
    message, _ = talk.trap("/ip/hotspot/walled-garden/ip/add", "=action=allow")
    assert message == "input does not match any value of action"


def test_a_bypassed_device_is_shown_as_such(talk: Talk) -> None:
    id_ = add(talk, "/ip/hotspot/ip-binding", f"=mac-address={MAC}", "=type=bypassed")
    assert talk.rows("/ip/hotspot/host/print")[0]["bypassed"] == "true"
    talk.ask("/ip/hotspot/ip-binding/disable", f"=.id={id_}")
    assert talk.rows("/ip/hotspot/host/print")[0]["bypassed"] == "false"


def test_the_hotspots_server_profile_can_be_set(talk: Talk) -> None:
    [server] = talk.rows("/ip/hotspot/print")
    [profile] = talk.rows("/ip/hotspot/profile/print", f"?name={server['profile']}")
    assert profile["login-by"] == "cookie,http-chap"
    words = (f"=.id={profile['.id']}", "=login-by=cookie,http-pap", "=dns-name=wifi.example")
    assert talk.ask("/ip/hotspot/profile/set", *words) == [["!done"]]
    message, _ = talk.trap("/ip/hotspot/profile/set", f"=.id={profile['.id']}", "=login-by=magic")
    assert message == "input does not match any value of login-by"
    [after] = talk.rows("/ip/hotspot/profile/print", f"?name={server['profile']}")
    assert (after["login-by"], after["dns-name"]) == ("cookie,http-pap", "wifi.example")


def test_the_identity_can_be_set(talk: Talk) -> None:
    assert talk.ask("/system/identity/set", "=name=Café Ñandú") == [["!done"]]
    assert talk.rows("/system/identity/print") == [{"name": "Café Ñandú"}]


@pytest.mark.parametrize(("version", "known"), [("7.20.8", True), ("7.21", False), ("7.24", False)])
def test_active_rows_cannot_be_set_from_7_21_on(version: str, known: bool) -> None:
    with RouterSandbox(version=version) as router, Talk.logged_in(router) as talk:
        router.add_user("A", "x")
        router.join(MAC, "10.5.50.9")
        router.log_in("A", "x", "10.5.50.9")
        said = talk.ask("/ip/hotspot/active/set", "=.id=*1", "=comment=here")
        assert said[-1] == ["!done"]
        assert (said[0][0] == "!done") is known
        assert (router.active[0].get("comment") == "here") is known
