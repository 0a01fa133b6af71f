"""Test the hotspot's own login page where a RADIUS server decides."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.hotspot.setup.script import setup_script
from portal.sandbox.routeros import HotspotHttp, RouterSandbox
from portal.sandbox.routeros.terminal.runner import Runner
from tests.hotspot.setup.conftest import make_facts
from tests.sandbox.routeros.http.conftest import Phone
from tests.sandbox.routeros.http.test_login import chap, parameters, sent_to_us
from tests.sandbox.routeros.radius.server import RadiusServer, value

PASSWORD = "contraseña 0042"


@pytest.fixture
def phone(router: RouterSandbox) -> Iterator[Phone]:
    Runner(router).run(setup_script(make_facts()))
    with HotspotHttp(router) as hotspot:
        made = Phone(hotspot)
        yield made
        made.session.close()


@pytest.mark.parametrize("way", ["http-chap", "http-pap"])
def test_a_phone_is_let_in(
    router: RouterSandbox, server: RadiusServer, phone: Phone, way: str
) -> None:
    server.said.users = {"A": PASSWORD}
    given = sent_to_us(phone)
    phone.post(username="A", password=chap(given, PASSWORD) if way == "http-chap" else PASSWORD)
    assert [(row["user"], row["login-by"]) for row in router.active] == [("A", way)]
    assert ("CHAP-Password" in server.logins[0]) is (way == "http-chap")
    phone.get("/logout")
    router.accounted()
    assert value(server.accounting[-1], "Acct-Terminate-Cause") == 1


def test_a_phone_is_told_why_not(router: RouterSandbox, server: RadiusServer, phone: Phone) -> None:
    server.said.accept = False
    server.said.attributes = {"Reply-Message": "Sin tiempo"}
    refused = phone.post(username="A", password="x")
    assert parameters(refused.headers["Location"])["error"] == "Sin tiempo"
    assert len(server.logins) == 1
    assert router.active == []
