"""Say how the RADIUS server reaches the database that Portal uses."""

from __future__ import annotations

from sqlalchemy.engine import URL

from portal.access.radius.keys import RadiusKeys
from portal.core.database import server
from portal.hotspot.setup.radius_server.kit import Database
from portal.operators.radius.role import ROLE, NeedsPostgreSql, role_of

# As `migrations/sql/0052_radius_keys.sql` takes them apart.
KEYS_APART = ":"


def database_of(keys: RadiusKeys, role: str = ROLE, host: str | None = None) -> Database:
    """Give the server's connection: Portal's own database, with the role of the newest key.

    It reads what is sealed with any of the keys. `host` is where the server finds PostgreSQL, if
    that is another address than ours. Raises NeedsPostgreSql.
    """
    engine = server()
    if engine is None:
        raise NeedsPostgreSql
    place = {**_place(engine.url), "user": role_of(keys.newest, role)}
    if host:
        place["host"] = host
    inner, outer = (
        KEYS_APART.join(getattr(each, half) for each in keys.newest_first)
        for half in ("inner", "outer")
    )
    return Database(place, inner, outer, keys.newest.role_password)


def _place(url: URL) -> dict[str, str]:
    words = {"host": url.host, "port": str(url.port or 5432), "dbname": url.database}
    # What keeps the way to it private holds for this connection too.
    asked = {name: value for name, value in url.query.items() if name.startswith("ssl")}
    found = {name: value for name, value in words.items() if value}
    return found | {name: value for name, value in asked.items() if isinstance(value, str)}
