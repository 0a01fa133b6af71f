"""Ask a RADIUS server for a login as a router does."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pyrad.packet import AccessAccept, AcctPacket, AuthPacket, Packet, StatusServer

from portal.hotspot.radius.exchange import Peer, ask, dictionary

CHALLENGE_BYTES = 16


@dataclass(frozen=True)
class RadiusLogin:
    """Describe who logs in and where. `router_name` is the realm by which a router is told."""

    user_name: str = field(repr=False)
    password: str = field(repr=False)
    router_name: str = field(repr=False)
    mac: str = "02:00:00:00:00:01"
    is_chap: bool = False


class LoginKind(StrEnum):
    """Name what a server says to a login."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SILENT = "silent"
    # Something answered that another secret made.
    FORGED = "forged"
    # Nothing could be sent at all.
    UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class TriedLogin:
    """Hold what a server said. `is_signed`: with a Message-Authenticator, which was right."""

    kind: LoginKind
    is_signed: bool = False
    attributes: dict[str, list[Any]] = field(default_factory=dict, repr=False)


def try_login(
    server: Peer, login: RadiusLogin, timeout: float, *, signed: bool = True
) -> TriedLogin:
    """Ask once whether somebody may come in, for `timeout` seconds in all.

    `signed`: the question carries a Message-Authenticator.
    """
    question = _question(server, login, signed=signed)
    reply = ask(server, question, timeout)
    if reply.packet is not None:
        return _heard(reply.packet)
    if reply.unreachable is not None:
        return TriedLogin(LoginKind.UNREACHABLE)
    return TriedLogin(LoginKind.FORGED if reply.is_forged else LoginKind.SILENT)


def is_alive(server: Peer, timeout: float) -> bool:
    """Tell whether the server itself answers (RFC 5997), whatever becomes of its database."""
    question = AuthPacket(code=StatusServer, secret=server.secret.encode(), dict=dictionary())
    question.authenticator = AuthPacket.CreateAuthenticator()
    question.add_message_authenticator()
    return ask(server, question, timeout).packet is not None


def tell_session(server: Peer, login: RadiusLogin, answer: TriedLogin, timeout: float) -> bool:
    """Tell the accounting of a session that began and ended; whether both were confirmed."""
    number = secrets.token_hex(4)
    return all(
        ask(server, _told(server, login, answer, kind, number), timeout).packet is not None
        for kind in ("Start", "Stop")
    )


def _told(
    server: Peer, login: RadiusLogin, answer: TriedLogin, kind: str, number: str
) -> AcctPacket:
    told = AcctPacket(secret=server.secret.encode(), dict=dictionary())
    told["Acct-Status-Type"] = kind
    told["Acct-Session-Id"] = number
    told["Acct-Session-Time"] = 0
    told["Mikrotik-Realm"] = login.router_name
    told["NAS-IP-Address"] = "127.0.0.1"
    told["Calling-Station-Id"] = login.mac
    if "Class" in answer.attributes:
        told["Class"] = answer.attributes["Class"][0]
    return told


def _heard(packet: Packet) -> TriedLogin:
    is_accepted = packet.code == AccessAccept
    kind = LoginKind.ACCEPTED if is_accepted else LoginKind.REJECTED
    attributes = {name: packet[name] for name in packet.keys() if isinstance(name, str)}  # noqa: SIM118
    return TriedLogin(kind, "Message-Authenticator" in attributes, attributes)


def _question(server: Peer, login: RadiusLogin, *, signed: bool) -> AuthPacket:
    question = AuthPacket(secret=server.secret.encode(), dict=dictionary())
    question.authenticator = AuthPacket.CreateAuthenticator()
    if signed:
        question.add_message_authenticator()
    question["User-Name"] = login.user_name
    if login.is_chap:
        _challenge(question, login.password)
    else:
        question["User-Password"] = question.PwCrypt(login.password)
    question["Mikrotik-Realm"] = login.router_name
    question["NAS-IP-Address"] = "127.0.0.1"
    question["Calling-Station-Id"] = login.mac
    question["Called-Station-Id"] = "portal"
    return question


def _challenge(question: AuthPacket, password: str) -> None:
    """Add a challenge and its answer (RFC 2865, 2.2)."""
    number, challenge = secrets.token_bytes(1), secrets.token_bytes(CHALLENGE_BYTES)
    digest = hashlib.md5(number + password.encode() + challenge, usedforsecurity=False)
    question["CHAP-Challenge"] = challenge
    question["CHAP-Password"] = number + digest.digest()
