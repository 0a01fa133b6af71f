"""The same server asked by pyrad, which holds to the letter what radclient is lenient about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pyrad.client import Client
from pyrad.packet import AccessAccept, AccountingResponse

from portal.hotspot.radius.exchange import dictionary
from tests.support.radius.site import IP, MAC, Site, chap_of, new_session_id


@pytest.fixture
def client(site: Site) -> Iterator[Client]:
    """Strict as RouterOS 7.15: an answer without a Message-Authenticator is none."""
    client = Client(
        "127.0.0.1",
        authport=site.server.auth_port,
        acctport=site.server.accounting_port,
        secret=site.server.secret.encode(),
        dict=dictionary(),
        enforce_ma=True,
        retries=1,
    )
    yield client
    client._CloseSocket()


def ask(client: Client, site: Site, name: str, **password: Any) -> Any:
    question = client.CreateAuthPacket(User_Name=name, Mikrotik_Realm=site.says)
    question["Calling-Station-Id"] = MAC
    if "clear" in password:
        question["User-Password"] = question.PwCrypt(password["clear"])
    else:
        made = chap_of(password["chap"])
        for key, value in made.items():
            question[key.replace("_", "-")] = bytes.fromhex(value[2:])
    return client.SendPacket(question)


@pytest.mark.parametrize("way", ["clear", "chap"])
@pytest.mark.parametrize("name", ["+5215587654321", "piñata", "640291"])
def test_a_strict_client_is_answered(site: Site, client: Client, name: str, way: str) -> None:
    site.sell(name, "clave-ñ", limit_bytes=5 * 2**30, max_devices=2)
    heard = ask(client, site, name, **{way: "clave-ñ"})
    assert heard.code == AccessAccept
    limit, high = heard["Mikrotik-Total-Limit"], heard["Mikrotik-Total-Limit-Gigawords"]
    assert (limit, high, heard["Port-Limit"]) == ([2**30], [1], [2])
    refused = ask(client, site, name, **{way: "otra"})
    assert refused.code != AccessAccept
    assert "Message-Authenticator" in refused


def test_its_accounting_is_counted(site: Site, client: Client) -> None:
    sold, number = site.sell(), new_session_id()
    login = ask(client, site, sold.name, clear=sold.password)["Class"][0]
    for kind, seconds in (("Start", 0), ("Interim-Update", 300), ("Stop", 420)):
        told = client.CreateAcctPacket(Acct_Status_Type=kind, Acct_Session_Id=number)
        told["Mikrotik-Realm"], told["Class"], told["Framed-IP-Address"] = site.says, login, IP
        told["Acct-Session-Time"], told["Acct-Output-Gigawords"] = seconds, seconds // 300
        assert client.SendPacket(told).code == AccountingResponse
    user = site.user(sold)
    assert (user.used_seconds, user.used_bytes) == (420, 2**32)
