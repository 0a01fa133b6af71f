"""Say how the RADIUS server reaches the database that Portal uses."""

from __future__ import annotations

from sqlalchemy.engine import URL

from portal.access.radius.keys import RadiusKeys
from portal.core.database import server
from portal.hotspot.setup.radius_server.kit import Database
from portal.operators.radius.role import ROLE, NeedsPostgreSql


def database_of(keys: RadiusKeys, role: str = ROLE, host: str | None = None) -> Database:
    """Give the server's connection: Portal's own database, with a role of its own.

    `host` is where the server finds PostgreSQL, if that is another address than ours. Raises
    NeedsPostgreSql.
    """
    engine = server()
    if engine is None:
        raise NeedsPostgreSql
    place = {**_place(engine.url), "user": role}
    if host:
        place["host"] = host
    return Database(place, keys.inner, keys.outer, keys.role_password)


def _place(url: URL) -> dict[str, str]:
    words = {"host": url.host, "port": str(url.port or 5432), "dbname": url.database}
    # What keeps the way to it private holds for this connection too.
    asked = {name: value for name, value in url.query.items() if name.startswith("ssl")}
    found = {name: value for name, value in words.items() if value}
    return found | {name: value for name, value in asked.items() if isinstance(value, str)}
