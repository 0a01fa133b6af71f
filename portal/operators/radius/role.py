"""Make the database roles of the RADIUS server, which may call three functions and read no table.

Each key has its own, so that a server with the files of before and one with the new ones both
reach the database.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import Any

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import encrypt_password
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, ProgrammingError

from portal.access.radius.keys import RadiusKeys
from portal.access.radius.secrets import RadiusSecrets
from portal.core.database import reason, server
from portal.core.errors import Invalid

ROLE = "portal_radius"
SECONDS = 5
MAY_CALL = """
    SELECT has_schema_privilege('portal_radius', 'USAGE')
        AND bool_and(has_function_privilege(called, 'EXECUTE'))
    FROM unnest(%(functions)s) AS called
"""
FUNCTIONS = (
    "portal_radius.authorize(text, text, text, text, integer)",
    f"portal_radius.account({', '.join(['text'] * 16)})",
    "portal_radius.granted(text, text, text, text, integer)",
)


class NeedsPostgreSql(Invalid):
    detail = (
        "La entrega por RADIUS necesita PostgreSQL, que el servidor RADIUS y Portal comparten: "
        "con SQLite no la hay. Ponga su dirección en DATABASE_URL y ejecute «flask db upgrade»."
    )


class NoRight(Invalid):
    detail = (
        "El usuario de Portal en PostgreSQL no puede crear roles. Ejecute estas líneas como "
        "administrador de PostgreSQL (sudo -u postgres psql y el nombre de la base) y repita la "
        "orden:"
    )


def role_of(key: RadiusSecrets, name: str = ROLE) -> str:
    """Name the role by which a server with this key is in the database."""
    return f"{name}_{key.slot + 1}" if key.slot else name


def make_roles(keys: RadiusKeys, name: str = ROLE) -> None:
    """Make the roles, or give them again what they need. May be repeated.

    Where we may not, it is enough that somebody else did.
    Raises NeedsPostgreSql; NoRight, which says what a database's administrator can execute.
    """
    for key in keys.all:
        values: dict[str, Any] = {"key": key, "name": role_of(key, name)}
        try:
            _execute(partial(_statements, **values))
        except NoRight:
            if not _serves(**values):
                raise


def lock_role(connection: Connection, key: RadiusSecrets, name: str = ROLE) -> None:
    """Let nobody in by the role of a key that goes, once this transaction is committed. Likewise.

    PostgreSQL changes roles by transactions: the key goes with its role, or neither does.
    """
    _run(connection, _locking(connection, role_of(key, name)))


def _execute(make: Callable[[Connection], list[str]]) -> None:
    engine = server()
    if engine is None:
        raise NeedsPostgreSql
    with engine.connect() as connection:
        _run(connection, make(connection))
        connection.commit()


def _run(connection: Connection, statements: list[str]) -> None:
    try:
        for statement in statements:
            connection.exec_driver_sql(statement.replace("%", "%%"))
    except DBAPIError as refusal:
        raise _refused(refusal, statements) from None


def _refused(refusal: DBAPIError, statements: list[str]) -> Exception:
    if not isinstance(refusal, ProgrammingError):
        return refusal
    error = NoRight(f"{NoRight.detail}\n\n" + "\n".join(f"{each};" for each in statements))
    error.__cause__ = None
    return error if "permission denied" in reason(refusal) else refusal


def _serves(key: RadiusSecrets, name: str) -> bool:
    """Tell whether the role comes in by its password, and may call what it has to."""
    engine = server()
    assert engine is not None
    own = engine.url.set(drivername="postgresql", username=name, password=key.role_password)
    try:
        found = psycopg2.connect(own.render_as_string(hide_password=False), connect_timeout=SECONDS)
    except psycopg2.OperationalError:
        return False
    with closing(found) as connection, connection.cursor() as cursor:
        cursor.execute(MAY_CALL, {"functions": list(FUNCTIONS)})
        return bool(cursor.fetchone() == (True,))


def _locking(connection: Connection, name: str) -> list[str]:
    raw = connection.connection.driver_connection
    locked = sql.SQL("ALTER ROLE {} NOLOGIN PASSWORD NULL").format(sql.Identifier(name))
    return [locked.as_string(raw)] if _may_log_in(connection, name) else []


def _may_log_in(connection: Connection, name: str) -> bool | None:
    """Tell whether the role may; None where there is none of the name."""
    query = "SELECT rolcanlogin FROM pg_roles WHERE rolname = %s"
    found: bool | None = connection.exec_driver_sql(query, (name,)).scalar()
    return found


def _statements(connection: Connection, key: RadiusSecrets, name: str) -> list[str]:
    raw = connection.connection.driver_connection
    # Sent as its verifier: whatever logs statements learns no password.
    verifier = encrypt_password(key.role_password, name, raw, "scram-sha-256")
    verb = "CREATE" if _may_log_in(connection, name) is None else "ALTER"
    role, database = sql.Identifier(name), sql.Identifier(connection.engine.url.database or "")
    made = [
        sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(sql.SQL(verb), role, sql.Literal(verifier)),
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, role),
        sql.SQL("GRANT USAGE ON SCHEMA portal_radius TO {}").format(role),
        *(
            sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(sql.SQL(each), role)
            for each in FUNCTIONS
        ),
    ]
    return [each.as_string(raw) for each in made]
