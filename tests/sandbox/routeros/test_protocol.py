"""Test replies, tags, traps, and who is let in."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from portal.sandbox.routeros import RouterSandbox
from tests.sandbox.routeros.talk import Talk

USERS = "/ip/hotspot/user"


def test_a_print_answers_a_row_for_each_item_and_done(talk: Talk) -> None:
    said = talk.ask(f"{USERS}/profile/print", "=.proplist=name")
    assert said == [["!re", "=name=default"], ["!re", "=name=1hora"], ["!done"]]


def test_nothing_to_show_is_said_since_7_18(talk: Talk) -> None:
    assert talk.ask(f"{USERS}/print", "?name=nobody") == [["!empty"], ["!done"]]


@pytest.mark.parametrize("version", ["6.49.10", "7.9.2", "7.17.2"])
def test_older_versions_only_say_done(version: str) -> None:
    with RouterSandbox(version=version) as router, Talk.logged_in(router) as talk:
        assert talk.ask(f"{USERS}/print", "?name=nobody") == [["!done"]]


def test_the_columns_asked_for_are_given_in_their_order(talk: Talk) -> None:
    talk.ask(f"{USERS}/add", "=name=A", "=comment=mark")
    said = talk.ask(f"{USERS}/print", "=.proplist=comment,.id,name,email", "?name=A")
    assert said[0] == ["!re", "=comment=mark", "=.id=*2", "=name=A"]


def test_rows_are_counted_when_only_their_number_is_asked_for(talk: Talk) -> None:
    assert talk.ask(f"{USERS}/profile/print", "=count-only=") == [["!done", "=ret=2"]]
    assert talk.ask(f"{USERS}/print", "=count-only", "?name=x") == [["!done", "=ret=0"]]


def test_rows_are_picked_by_id(talk: Talk) -> None:
    assert talk.rows(f"{USERS}/profile/print", "=from=*2", "=.proplist=name") == [{"name": "1hora"}]
    assert talk.rows(f"{USERS}/profile/print", "?.id=*2", "=.proplist=name") == [{"name": "1hora"}]
    assert talk.rows(f"{USERS}/profile/print", "?.id=*99") == []


def test_a_tag_is_echoed_in_every_sentence(talk: Talk) -> None:
    assert talk.ask(f"{USERS}/print", "=.proplist=name", ".tag=7") == [
        ["!re", "=name=default-trial", ".tag=7"],
        ["!done", ".tag=7"],
    ]
    assert talk.ask(f"{USERS}/print", "?name=x", ".tag=8") == [
        ["!empty", ".tag=8"],
        ["!done", ".tag=8"],
    ]
    assert talk.ask("/no/such", ".tag=9")[-1] == ["!done", ".tag=9"]


def test_tagged_commands_overtake_each_other(router: RouterSandbox, talk: Talk) -> None:
    router.faults.delay(150, "/system/identity")
    talk.say("/system/identity/print", ".tag=slow")
    talk.say("/system/resource/print", "=.proplist=platform", ".tag=quick")
    assert talk.hear() == ["!re", "=platform=MikroTik", ".tag=quick"]
    assert talk.hear() == ["!done", ".tag=quick"]
    assert talk.hear_reply("slow")[-1] == ["!done", ".tag=slow"]


def test_untagged_commands_are_answered_in_their_order(router: RouterSandbox, talk: Talk) -> None:
    router.faults.delay(50, "/system/identity")
    talk.say("/system/identity/print")
    talk.say("/system/resource/print", "=.proplist=platform")
    assert talk.hear_reply() == [["!re", "=name=MikroTik"], ["!done"]]
    assert talk.hear_reply() == [["!re", "=platform=MikroTik"], ["!done"]]


def test_a_command_under_way_is_cancelled_by_its_tag(router: RouterSandbox, talk: Talk) -> None:
    router.faults.hang("/system", times=2)
    talk.say("/system/identity/print", ".tag=1")
    talk.say("/system/resource/print", ".tag=2")
    talk.say("/cancel", "=tag=1", ".tag=3")
    assert talk.hear_reply("3") == [
        ["!trap", "=category=2", "=message=interrupted", ".tag=1"],
        ["!done", ".tag=1"],
        ["!done", ".tag=3"],
    ]
    talk.say("/cancel", ".tag=4")
    assert talk.hear_reply("4")[0] == ["!trap", "=category=2", "=message=interrupted", ".tag=2"]


def test_cancelling_nothing_is_done(talk: Talk) -> None:
    assert talk.ask("/cancel", "=tag=77") == [["!done"]]


def test_quitting_ends_the_session(talk: Talk) -> None:
    talk.say("/quit")
    assert talk.hear() == ["!fatal", "session terminated on request"]
    assert talk.hear() is None


@pytest.mark.parametrize(
    ("words", "message", "category"),
    [
        (["/nonsense/print"], "no such command prefix", "0"),
        (["nonsense"], "no such command prefix", "0"),
        ([f"{USERS}/explode"], "no such command", "0"),
        (["/ip/hotspot/cookie/add"], "no such command", "0"),
        (["/ip/hotspot/active/add"], "no such command", "0"),
        (["/system/resource/set", "=cpu=x"], "no such command", "0"),
        ([f"{USERS}/add", "=name=A", "=shoe-size=43"], "unknown parameter shoe-size", "0"),
        ([f"{USERS}/add", "=name=A", "=uptime=1h"], "unknown parameter uptime", "0"),
        ([f"{USERS}/add", "=name=A", "=.id=*7"], "unknown parameter .id", "0"),
        ([f"{USERS}/print", "=.proplist=name,shoe-size"], "unknown parameter shoe-size", "0"),
        ([f"{USERS}/print", "=name=A"], "unknown parameter name", "0"),
        ([f"{USERS}/remove"], "missing value(s) of argument(s) .id", "0"),
        ([f"{USERS}/add", "=password=x"], "missing value(s) of argument(s) name", "0"),
        ([f"{USERS}/print", "nonsense"], "unknown parameter nonsense", "5"),
    ],
)
def test_what_is_not_in_the_tables_is_refused(
    talk: Talk, words: list[str], message: str, category: str
) -> None:
    assert talk.trap(*words) == (message, category)
    assert talk.rows("/system/identity/print") == [{"name": "MikroTik"}]


@pytest.mark.parametrize("raw", [b"\xff\xff\xff", b"\xf0\x7f\xff\xff\xff", b"\x05/quit\xff"])
def test_a_client_that_speaks_nonsense_is_dropped(router: RouterSandbox, raw: bytes) -> None:
    with Talk(router.host, router.port) as talk:
        talk.socket.sendall(raw)
        assert talk.hear() is None
    assert router.open_connections == 0


def test_the_21st_session_is_closed_without_a_word(router: RouterSandbox) -> None:
    with ExitStack() as stack:
        talks = [stack.enter_context(Talk.logged_in(router)) for _ in range(20)]
        with Talk(router.host, router.port) as late:
            assert late.hear() is None
        assert router.counters.refused_connections == 1
        assert router.open_connections == 20
        talks[0].say("/quit")
        assert talks[0].hear_reply() == [["!fatal", "session terminated on request"]]
        with Talk.logged_in(router) as again:
            assert again.rows("/system/identity/print")


def test_the_router_may_be_set_to_fewer_sessions(router: RouterSandbox, talk: Talk) -> None:
    api = next(row for row in talk.rows("/ip/service/print") if row["name"] == "api")
    assert (api["port"], api["max-sessions"]) == (str(router.port), "20")
    assert talk.ask("/ip/service/set", f"=.id={api['.id']}", "=max-sessions=1") == [["!done"]]
    with Talk(router.host, router.port) as late:
        assert late.hear() is None


def test_a_disabled_service_lets_nobody_in(router: RouterSandbox, talk: Talk) -> None:
    [api] = talk.rows("/ip/service/print", "?name=api")
    assert talk.ask("/ip/service/disable", f"=.id={api['.id']}") == [["!done"]]
    with Talk(router.host, router.port) as late:
        assert late.hear() is None
    assert talk.rows("/system/identity/print")


def test_what_was_received_is_counted(router: RouterSandbox, talk: Talk) -> None:
    router.forget_commands()
    talk.ask(f"{USERS}/print", "=.proplist=name", "?name=x", ".tag=5")
    counters = router.counters
    assert (counters.commands, counters.connections) == (1, 0)
    assert counters.bytes_in == len(f"{USERS}/print=.proplist=name?name=x.tag=5") + 5
    assert counters.bytes_out == len("!empty.tag=5!done.tag=5") + 6
    [command] = router.commands
    assert (command.path, command.queries, command.tag) == (f"{USERS}/print", ("?name=x",), "5")


@pytest.mark.parametrize(
    ("version", "shown", "built"),
    [
        ("6.49.10", "6.49.10 (stable)", "oct/09/2025 08:53:20"),
        ("7.9.2", "7.9.2 (stable)", "Oct/09/2025 08:53:20"),
        ("7.10", "7.10 (stable)", "2025-10-09 08:53:20"),
        ("7.24", "7.24 (stable)", "2025-10-09 08:53:20"),
    ],
)
def test_versions_print_dates_in_their_way(version: str, shown: str, built: str) -> None:
    with RouterSandbox(version=version) as router, Talk.logged_in(router) as talk:
        [resource] = talk.rows("/system/resource/print")
        assert (resource["version"], resource["build-time"]) == (shown, built)


@pytest.mark.parametrize(
    ("version", "known"), [("6.49.10", False), ("7.9.2", False), ("7.16.2", True), ("7.24", True)]
)
def test_a_version_has_its_own_arguments(version: str, known: bool) -> None:
    with RouterSandbox(version=version) as router, Talk.logged_in(router) as talk:
        [api] = talk.rows("/ip/service/print", "?name=api")
        assert ("max-sessions" in api) is known
        said = talk.ask("/ip/service/set", f"=.id={api['.id']}", "=max-sessions=5")
        assert (said == [["!done"]]) is known
