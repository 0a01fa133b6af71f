"""Test the two clients of the field: librouteros, and RouterOS-api, which tags what it sends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import librouteros
import pytest
import routeros_api
from librouteros.exceptions import TrapError
from librouteros.query import And, Key, Or
from routeros_api.exceptions import FatalRouterOsApiError, RouterOsApiCommunicationError

from portal.sandbox.routeros import RouterSandbox
from tests.sandbox.routeros.conftest import IP, MAC


@pytest.fixture
def libr(router: RouterSandbox) -> Iterator[Any]:
    with closing(
        librouteros.connect(
            router.host, router.user, router.password, port=router.port, encoding="utf-8"
        )
    ) as api:
        yield api


@pytest.fixture
def tagged(router: RouterSandbox) -> Iterator[Any]:
    pool = routeros_api.RouterOsApiPool(
        router.host, router.user, router.password, router.port, plaintext_login=True
    )
    yield pool.get_api()
    pool.disconnect()


def test_librouteros_sells_an_access(router: RouterSandbox, libr: Any) -> None:
    users = libr.path("ip", "hotspot", "user")
    id_ = users.add(name="AB3C9D", password="k7", profile="1hora", comment="María", disabled=True)
    users.update(**{".id": id_, "disabled": False})
    words = {"user": "AB3C9D", "password": "k7", "ip": IP, "mac-address": MAC}
    assert tuple(libr.path("ip", "hotspot", "active")("login", **words)) == ()
    [user] = users.select().where(Key("name") == "AB3C9D")
    assert (user["comment"], user["disabled"]) == ("María", False)
    users.remove(id_)
    assert "AB3C9D" not in router.users


def test_librouteros_queries(router: RouterSandbox, libr: Any) -> None:
    for name in ("A", "B", "C"):
        router.add_user(name, "x", comment="odd" if name == "B" else "even")
    name, comment = Key("name"), Key("comment")
    select = libr.path("ip", "hotspot", "user").select(name)
    where = [
        ([name == "A"], "A"),
        ([Or(name == "A", name == "C")], "AC"),
        ([And(comment == "even", name != "A")], "C"),
        ([name.In("B", "C")], "BC"),
        ([comment == "even", name != "C"], "A"),
        ([name > "A", name < "C"], "B"),
    ]
    for query, names in where:
        assert "".join(row["name"] for row in select.where(*query)) == names


def test_librouteros_stays_connected_after_a_trap(libr: Any) -> None:
    with pytest.raises(TrapError) as caught:
        tuple(libr("/ip/hotspot/user/add", name="A", profile="none such"))
    assert caught.value.category == 1
    assert caught.value.message == "input does not match any value of profile"
    assert tuple(libr("/system/identity/print")) == ({"name": "MikroTik"},)


def test_routeros_api_sells_an_access(router: RouterSandbox, tagged: Any) -> None:
    users = tagged.get_resource("/ip/hotspot/user")
    added = users.add(name="AB3C9D", password="k7", profile="1hora", comment="María")
    id_ = added.done_message["ret"]
    active = tagged.get_resource("/ip/hotspot/active")
    words = {"user": "AB3C9D", "password": "k7", "ip": IP, "mac-address": MAC}
    active.call("login", words)
    [session] = active.get(user="AB3C9D")
    assert session["mac-address"] == MAC
    [user] = users.get(name="AB3C9D")
    assert (user["id"], user["comment"]) == (id_, "María")
    users.set(id=id_, disabled="yes")
    assert router.users["AB3C9D"]["disabled"] == "true"
    active.remove(id=session["id"])
    users.remove(id=id_)
    assert (router.users, router.active) == ({}, [])


def test_routeros_api_has_several_commands_in_flight(router: RouterSandbox, tagged: Any) -> None:
    router.faults.delay(100, "/system/identity")
    slow = tagged.get_resource("/system/identity").call_async("print")
    quick = tagged.get_resource("/system/resource").call_async("print")
    assert quick.get()[0]["platform"] == "MikroTik"
    assert slow.get()[0]["name"] == "MikroTik"
    tags = [command.tag for command in router.commands]
    assert None not in tags
    assert len(set(tags)) == len(tags)


def test_routeros_api_tells_replies_apart_that_come_mixed(
    router: RouterSandbox, tagged: Any
) -> None:
    for number in range(12):
        router.add_user(f"U{number}", "x", comment=f"mark {number}")
    router.faults.scatter(30, times=None)
    router.work_at_once(5)
    users = tagged.get_resource("/ip/hotspot/user")
    asked = [users.call_async("print", queries={"name": f"U{n}"}) for n in range(12)]
    asked.append(users.call_async("print"))
    *single, every = [[row["name"] for row in promise.get()] for promise in asked[::-1]][::-1]
    assert single == [[f"U{number}"] for number in range(12)]
    assert every == ["default-trial", *(f"U{number}" for number in range(12))]


@pytest.mark.parametrize("fault", ["drop_tag", "mangle_tag"])
def test_routeros_api_is_upset_by_an_answer_without_its_tag(
    router: RouterSandbox, tagged: Any, fault: str
) -> None:
    getattr(router.faults, fault)("/system/identity")
    with pytest.raises(FatalRouterOsApiError, match="Unknown tag"):
        tagged.get_resource("/system/identity").get()


def test_routeros_api_sees_traps_and_empty_answers(tagged: Any) -> None:
    users = tagged.get_resource("/ip/hotspot/user")
    assert users.get(name="nobody") == []
    with pytest.raises(RouterOsApiCommunicationError, match="input does not match any value"):
        users.add(name="A", profile="none such")
    assert users.detailed_get(name="nobody") == []


def test_routeros_api_answers_an_old_routers_challenge() -> None:
    with RouterSandbox(version="6.40.5") as router:
        pool = routeros_api.RouterOsApiPool(
            router.host, router.user, router.password, router.port, plaintext_login=False
        )
        assert pool.get_api().get_resource("/system/identity").get() == [{"name": "MikroTik"}]
        pool.disconnect()
