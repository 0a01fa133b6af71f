"""Ask the RADIUS servers for a login as a router does, and tell what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import text

from portal.access.radius.keys import radius_keys
from portal.access.radius.routers import ports_of, realm_of
from portal.access.radius.secrets import RadiusSecrets
from portal.core.database import asking, server
from portal.hotspot.radius.exchange import Peer
from portal.hotspot.radius.logins import (
    LoginKind,
    RadiusLogin,
    TriedLogin,
    is_alive,
    tell_session,
    try_login,
)
from portal.models import RadiusRouter
from portal.operators.radius.role import FUNCTIONS, ROLE, NeedsPostgreSql, role_of
from portal.operators.radius.trial import Trial, some_router, trial_access
from portal.ports import settings

PATIENCE_SECONDS = 3.0
MOST_SKEW_SECONDS = 5.0
PROMISED = ("Session-Timeout", "Class", "Acct-Interim-Interval", "Mikrotik-Total-Limit-Gigawords")


class RadiusFault(StrEnum):
    """Name what can be wrong; `cli/radius/texts.py` says it, and what to do."""

    UNREACHABLE = "unreachable"
    FORGED = "forged"
    SILENT = "silent"
    DATABASE_AWAY = "database_away"
    REJECTED = "rejected"
    UNSIGNED = "unsigned"
    INCOMPLETE = "incomplete"
    NO_ACCOUNTING = "no_accounting"
    SKEW = "skew"
    NO_FUNCTIONS = "no_functions"
    NO_ROLE = "no_role"
    NO_SERVERS = "no_servers"
    NO_ROUTER = "no_router"


class FoundFault(NamedTuple):
    """Hold a fault with what it is about: a port, seconds, attributes."""

    fault: RadiusFault
    about: str = ""


@dataclass(frozen=True)
class Checked:
    """Hold what was found at one place: what is wrong, none where all is well.

    `key_id` is the key that a server was asked with.
    """

    place: str
    faults: tuple[FoundFault, ...]
    key_id: str | None = None


def check_all(router_id: str | None = None, role: str = ROLE) -> Iterator[Checked]:
    """Check the database, then each server. Raises NeedsPostgreSql."""
    if server() is None:
        raise NeedsPostgreSql
    keys = radius_keys()
    database = Checked("PostgreSQL", tuple(_database_faults(role_of(keys.newest, role))))
    yield database
    if FoundFault(RadiusFault.NO_FUNCTIONS) in database.faults:
        return
    for each in keys.all:
        yield from check_servers(each, router_id)


def check_servers(key: RadiusSecrets, router_id: str | None = None) -> Iterator[Checked]:
    """Ask each server for an access that is sealed with this key, where its routers would ask."""
    hosts, router = server_hosts(), some_router(router_id)
    missing = _missing(hosts, router)
    if missing or router is None:
        yield Checked("RADIUS", (missing or FoundFault(RadiusFault.NO_ROUTER),), key.id)
        return
    with trial_access(key, router) as trial:
        for host in hosts:
            yield Checked(host, tuple(_server_faults(key, host, trial)), key.id)


def _missing(hosts: tuple[str, ...], router: RadiusRouter | None) -> FoundFault | None:
    """Say why no server can be asked."""
    if not hosts:
        return FoundFault(RadiusFault.NO_SERVERS)
    return FoundFault(RadiusFault.NO_ROUTER) if router is None else None


def server_hosts() -> tuple[str, ...]:
    """Give the servers' addresses, the first that routers ask first."""
    hosts = (host.strip() for host in settings().radius_servers.split(","))
    return tuple(host for host in hosts if host)


def _database_faults(role: str) -> Iterator[FoundFault]:
    with asking() as connection:
        now = connection.scalar(text("SELECT clock_timestamp()"))
        here = datetime.now(UTC)
        has_functions = connection.scalar(text("SELECT to_regnamespace('portal_radius')"))
        # Who walks the migrations again, or restores a backup, has a role that may do nothing.
        may_call = has_functions and connection.scalar(
            text(
                "SELECT has_function_privilege(rolname, :function, 'EXECUTE')"
                " FROM pg_roles WHERE rolname = :name"
            ),
            {"name": role, "function": FUNCTIONS[0]},
        )
    if not has_functions:
        yield FoundFault(RadiusFault.NO_FUNCTIONS)
    elif not may_call:
        yield FoundFault(RadiusFault.NO_ROLE)
    if (skew := abs((now - here).total_seconds())) > MOST_SKEW_SECONDS:
        yield FoundFault(RadiusFault.SKEW, f"{skew:.0f}")


def _server_faults(key: RadiusSecrets, host: str, trial: Trial) -> Iterator[FoundFault]:
    login_port, accounting_port = ports_of(key.slot)
    peer, login = Peer(host, login_port, key.shared_secret), _login(trial)
    heard = try_login(peer, login, PATIENCE_SECONDS)
    if heard.kind is not LoginKind.ACCEPTED:
        yield _refusal(peer, login, heard)
        return
    if not heard.is_signed:
        yield FoundFault(RadiusFault.UNSIGNED)
    if missing := [name for name in PROMISED if name not in heard.attributes]:
        yield FoundFault(RadiusFault.INCOMPLETE, ", ".join(missing))
    accounting = Peer(host, accounting_port, peer.secret)
    if not tell_session(accounting, login, heard, PATIENCE_SECONDS):
        yield FoundFault(RadiusFault.NO_ACCOUNTING, str(accounting.port))


def _login(trial: Trial) -> RadiusLogin:
    # As the router was heard itself: it is not to be taken for set up with another key.
    return RadiusLogin(trial.name, trial.password, realm_of(trial.router), is_chap=True)


def _refusal(peer: Peer, login: RadiusLogin, heard: TriedLogin) -> FoundFault:
    if heard.kind is not LoginKind.SILENT:
        return FoundFault(RadiusFault(heard.kind.value))
    if is_alive(peer, PATIENCE_SECONDS):
        return FoundFault(RadiusFault.DATABASE_AWAY)
    # Signed questions of another secret are dropped; an unsigned one is answered.
    unsigned = try_login(peer, login, PATIENCE_SECONDS, signed=False)
    if unsigned.kind is LoginKind.FORGED:
        return FoundFault(RadiusFault.FORGED)
    return FoundFault(RadiusFault.SILENT, str(peer.port))
