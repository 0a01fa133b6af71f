"""Ask the RADIUS servers for a login as a router does, and tell what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import text

from portal.access.radius.keys import RadiusKeys, radius_keys
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
from portal.operators.radius.role import FUNCTIONS, ROLE, NeedsPostgreSql
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
    """Hold what was found at one place: what is wrong, none where all is well."""

    place: str
    faults: tuple[FoundFault, ...]


def check_all(router_id: str | None = None, role: str = ROLE) -> Iterator[Checked]:
    """Check the database, then each server. Raises NeedsPostgreSql."""
    if server() is None:
        raise NeedsPostgreSql
    keys, hosts = radius_keys(), server_hosts()
    database = Checked("PostgreSQL", tuple(_database_faults(role)))
    yield database
    router = some_router(router_id)
    if missing := _missing(hosts, router):
        yield Checked("RADIUS", (missing,))
    if missing or router is None or FoundFault(RadiusFault.NO_FUNCTIONS) in database.faults:
        return
    with trial_access(keys, router) as trial:
        for host in hosts:
            peer = Peer(host, settings().radius_port, keys.shared_secret)
            yield Checked(host, tuple(_server_faults(keys, peer, trial)))


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


def _server_faults(keys: RadiusKeys, peer: Peer, trial: Trial) -> Iterator[FoundFault]:
    login = _login(keys, trial)
    heard = try_login(peer, login, PATIENCE_SECONDS)
    if heard.kind is not LoginKind.ACCEPTED:
        yield _refusal(peer, login, heard)
        return
    if not heard.is_signed:
        yield FoundFault(RadiusFault.UNSIGNED)
    if missing := [name for name in PROMISED if name not in heard.attributes]:
        yield FoundFault(RadiusFault.INCOMPLETE, ", ".join(missing))
    accounting = Peer(peer.host, settings().radius_accounting_port, peer.secret)
    if not tell_session(accounting, login, heard, PATIENCE_SECONDS):
        yield FoundFault(RadiusFault.NO_ACCOUNTING, str(accounting.port))


def _login(keys: RadiusKeys, trial: Trial) -> RadiusLogin:
    said = keys.router_name(trial.router.router_id)
    return RadiusLogin(trial.name, trial.password, said, is_chap=True)


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
