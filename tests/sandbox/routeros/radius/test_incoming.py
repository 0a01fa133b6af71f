"""Test who may end or change a session from outside, and how."""

from __future__ import annotations

from typing import Any

import pytest
from pyrad.packet import (
    CoAACK,
    CoANAK,
    CoARequest,
    DisconnectACK,
    DisconnectNAK,
    DisconnectRequest,
)

from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.causes import Cause
from portal.sandbox.routeros.radius.incoming import ErrorCause
from tests.sandbox.routeros.conftest import IP
from tests.sandbox.routeros.radius.server import RadiusServer, send_change, value

NO_ANSWER = 0.2
SESSION = {"User-Name": "A", "Framed-IP-Address": IP, "Acct-Session-Id": "80000001"}


@pytest.fixture
def online(router: RouterSandbox, server: RadiusServer) -> RouterSandbox:
    server.said.attributes = {"Session-Timeout": 3600, "Mikrotik-Group": "1hora"}
    router.log_in("A", "x", IP)
    router.accounted()
    return router


@pytest.mark.parametrize("sign", [True, False])
def test_a_session_is_ended(online: RouterSandbox, server: RadiusServer, sign: bool) -> None:
    answer = send_change(online.incoming_port, DisconnectRequest, SESSION, sign=sign)
    assert answer.code == DisconnectACK
    online.accounted()
    assert server.told("Acct-Terminate-Cause")[-1] == (Cause.ADMIN_RESET,)
    assert (online.active, online.cookies) == ([], [])
    again = send_change(online.incoming_port, DisconnectRequest, SESSION, sign=sign)
    assert (again.code, value(again, "Error-Cause")) == (DisconnectNAK, ErrorCause.NO_SUCH_SESSION)


@pytest.mark.parametrize("missing", SESSION)
def test_a_session_is_named_whole(online: RouterSandbox, missing: str) -> None:
    named = {name: given for name, given in SESSION.items() if name != missing}
    answer = send_change(online.incoming_port, DisconnectRequest, named)
    assert (answer.code, value(answer, "Error-Cause")) == (
        DisconnectNAK,
        ErrorCause.MISSING_ATTRIBUTE,
    )
    assert len(online.active) == 1


def test_whoever_has_another_secret_is_not_answered(online: RouterSandbox) -> None:
    sent = (online.incoming_port, DisconnectRequest, SESSION)
    assert send_change(*sent, secret=b"?", seconds=NO_ANSWER) is None
    assert online.radius_counters[1].bad_requests == 1
    assert len(online.active) == 1


def test_nobody_listens_unless_told_to(online: RouterSandbox) -> None:
    port = online.incoming_port
    online.execute("/radius/incoming/set", accept="no")
    assert online.incoming_port is None
    assert send_change(port, DisconnectRequest, SESSION, seconds=NO_ANSWER) is None


@pytest.mark.parametrize(
    ("changes", "ends_after"),
    [
        ({"Session-Timeout": 7200}, 7200),
        ({"Session-Timeout": 700}, 700),
        ({"Mikrotik-Xmit-Limit": 0, "Mikrotik-Xmit-Limit-Gigawords": 1}, 3600),
        ({"Mikrotik-Recv-Limit": 2_000_000}, 1000),
        ({"Mikrotik-Rate-Limit": "1M/1M"}, 3600),
    ],
)
def test_a_session_is_changed(
    online: RouterSandbox, server: RadiusServer, changes: dict[str, Any], ends_after: int
) -> None:
    online.pass_time(600)
    answer = send_change(online.incoming_port, CoARequest, SESSION | changes)
    assert answer.code == CoAACK
    [grant] = online.grants.values()
    assert grant.rate_limit == changes.get("Mikrotik-Rate-Limit")
    assert grant.profile == "1hora"
    online.pass_time(10_000)
    assert server.told("Acct-Session-Time")[-1] == (ends_after,)


@pytest.mark.parametrize("name", ["Mikrotik-Total-Limit", "Framed-Pool"])
def test_what_may_not_be_changed_is_refused_whole(online: RouterSandbox, name: str) -> None:
    given = "pool1" if name == "Framed-Pool" else 1
    changes = {"Session-Timeout": 1, name: given}
    answer = send_change(online.incoming_port, CoARequest, SESSION | changes)
    assert (answer.code, value(answer, "Error-Cause")) == (
        CoANAK,
        ErrorCause.UNSUPPORTED_ATTRIBUTE,
    )
    online.pass_time(60)
    assert len(online.active) == 1
