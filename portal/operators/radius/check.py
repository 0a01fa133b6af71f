"""Ask the RADIUS servers for a login as a router does, and tell what is wrong in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import text

from portal.access.radius.keys import RadiusKeys, radius_keys
from portal.core.database import asking, server
from portal.core.errors import Invalid
from portal.hotspot.radius.exchange import Peer
from portal.hotspot.radius.logins import (
    LoginKind,
    RadiusLogin,
    TriedLogin,
    is_alive,
    tell_session,
    try_login,
)
from portal.operators.radius.role import ROLE, NeedsPostgreSql
from portal.operators.radius.trial import Trial, some_router, trial_access
from portal.ports import settings

PATIENCE_SECONDS = 3.0
MOST_SKEW_SECONDS = 5.0
UNREACHABLE = "No se le pudo enviar nada: revise la dirección en RADIUS_SERVERS y la red."
FORGED = (
    "Contesta con otro secreto compartido: vuelva a escribir sus archivos con «flask radius kit» "
    "y reinícielo."
)
SILENT = (
    "No contesta en el puerto UDP {}: está apagado, un cortafuegos no deja pasar, o exige otro "
    "secreto. Mire que el servicio corra y que el puerto esté abierto."
)
DATABASE_AWAY = (
    "Está encendido, pero calla porque no alcanza PostgreSQL o tiene otra clave: revise su "
    "pg_service.conf, y si la clave cambió vuelva a escribir sus archivos con «flask radius kit»."
)
REJECTED = (
    "Rechaza a quien pagó: mira otra base de datos, o sus archivos son de otra instalación. "
    "Escríbalos de nuevo con «flask radius kit» y reinícielo."
)
UNSIGNED = (
    "Contesta sin Message-Authenticator: los routers con RouterOS 7.15 o más nuevo lo toman por "
    "silencio. Use todos los archivos de «flask radius kit»."
)
INCOMPLETE = (
    "Deja entrar, pero sin «{}»: sus consultas no son las nuestras. Use todos los archivos de "
    "«flask radius kit»."
)
NO_ACCOUNTING = (
    "No confirma la contabilidad en el puerto UDP {}: sin ella no se sabe cuánto se usó. Abra "
    "también ese puerto."
)
SKEW = (
    "El reloj de PostgreSQL y el de Portal difieren {:.0f} s: los tiempos vendidos terminan "
    "antes o después. Ponga los dos en hora con NTP."
)
NO_SERVERS = "Diga en RADIUS_SERVERS en qué direcciones contestan sus servidores RADIUS."
NO_ROUTER = "Ningún router se atiende por RADIUS todavía: elija esa entrega en los datos de uno."
NO_FUNCTIONS = "Faltan las funciones en la base de datos: ejecute «flask db upgrade»."
NO_ROLE = "Falta el rol del servidor en PostgreSQL: ejecute «flask radius setup»."
PROMISED = ("Session-Timeout", "Class", "Acct-Interim-Interval", "Mikrotik-Total-Limit-Gigawords")


@dataclass(frozen=True)
class Checked:
    """Hold what was found at one place: what is wrong, none where all is well."""

    place: str
    problems: tuple[str, ...]


class NothingToAsk(Invalid):
    """Say why no server can be asked."""

    detail = NO_SERVERS


def check_all(router_id: str | None = None, role: str = ROLE) -> Iterator[Checked]:
    """Check the database, then each server. Raises NeedsPostgreSql, NothingToAsk."""
    if server() is None:
        raise NeedsPostgreSql
    keys, hosts = radius_keys(), server_hosts()
    database = Checked("PostgreSQL", tuple(_database_problems(role)))
    yield database
    if not hosts:
        raise NothingToAsk(NO_SERVERS)
    if (router := some_router(router_id)) is None:
        raise NothingToAsk(NO_ROUTER)
    if NO_FUNCTIONS in database.problems:
        return
    with trial_access(keys, router) as trial:
        for host in hosts:
            peer = Peer(host, settings().radius_port, keys.shared_secret)
            yield Checked(host, tuple(_server_problems(keys, peer, trial)))


def server_hosts() -> tuple[str, ...]:
    """Give the servers' addresses, the first that routers ask first."""
    hosts = (host.strip() for host in settings().radius_servers.split(","))
    return tuple(host for host in hosts if host)


def _database_problems(role: str) -> Iterator[str]:
    with asking() as connection:
        now = connection.scalar(text("SELECT clock_timestamp()"))
        here = datetime.now(UTC)
        has_functions = connection.scalar(text("SELECT to_regnamespace('portal_radius')"))
        known = connection.scalar(
            text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": role}
        )
    if not has_functions:
        yield NO_FUNCTIONS
    if not known:
        yield NO_ROLE
    if (skew := abs((now - here).total_seconds())) > MOST_SKEW_SECONDS:
        yield SKEW.format(skew)


def _server_problems(keys: RadiusKeys, peer: Peer, trial: Trial) -> Iterator[str]:
    login = _login(keys, trial)
    heard = try_login(peer, login, PATIENCE_SECONDS)
    if heard.kind is not LoginKind.ACCEPTED:
        yield _refusal(peer, login, heard)
        return
    if not heard.is_signed:
        yield UNSIGNED
    if missing := [name for name in PROMISED if name not in heard.attributes]:
        yield INCOMPLETE.format(", ".join(missing))
    accounting = Peer(peer.host, settings().radius_accounting_port, peer.secret)
    if not tell_session(accounting, login, heard, PATIENCE_SECONDS):
        yield NO_ACCOUNTING.format(accounting.port)


def _login(keys: RadiusKeys, trial: Trial) -> RadiusLogin:
    said = keys.router_name(trial.router.router_id)
    return RadiusLogin(trial.name, trial.password, said, is_chap=True)


def _refusal(peer: Peer, login: RadiusLogin, heard: TriedLogin) -> str:
    if heard.kind is LoginKind.UNREACHABLE:
        return UNREACHABLE
    if heard.kind is LoginKind.REJECTED:
        return REJECTED
    if heard.kind is LoginKind.FORGED:
        return FORGED
    if is_alive(peer, PATIENCE_SECONDS):
        return DATABASE_AWAY
    # Signed questions of another secret are dropped; an unsigned one is answered.
    unsigned = try_login(peer, login, PATIENCE_SECONDS, signed=False)
    return FORGED if unsigned.kind is LoginKind.FORGED else SILENT.format(peer.port)
