"""Make the database role of the RADIUS server, which may call three functions and read no table."""

from __future__ import annotations

from contextlib import closing

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import encrypt_password
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import DBAPIError, ProgrammingError

from portal.access.radius.keys import RadiusKeys
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


def make_role(keys: RadiusKeys, name: str = ROLE) -> None:
    """Make the role, or give it again what it needs. May be repeated.

    Where we may not, it is enough that somebody else did.
    Raises NeedsPostgreSql; NoRight, whose `statements` a database's administrator can execute.
    """
    engine = server()
    if engine is None:
        raise NeedsPostgreSql
    with engine.connect() as connection:
        statements = _statements(connection, keys, name)
        try:
            for statement in statements:
                connection.exec_driver_sql(statement.replace("%", "%%"))
            connection.commit()
        except DBAPIError as refusal:
            error = _refused(refusal, statements)
            if isinstance(error, NoRight) and _serves(engine.url, keys, name):
                return
            raise error from None


def _refused(refusal: DBAPIError, statements: list[str]) -> Exception:
    if not isinstance(refusal, ProgrammingError):
        return refusal
    error = NoRight(f"{NoRight.detail}\n\n" + "\n".join(f"{each};" for each in statements))
    error.__cause__ = None
    return error if "permission denied" in reason(refusal) else refusal


def _serves(url: URL, keys: RadiusKeys, name: str) -> bool:
    """Tell whether the role comes in by its password, and may call what it has to."""
    own = url.set(drivername="postgresql", username=name, password=keys.role_password)
    try:
        found = psycopg2.connect(own.render_as_string(hide_password=False), connect_timeout=SECONDS)
    except psycopg2.OperationalError:
        return False
    with closing(found) as connection, connection.cursor() as cursor:
        cursor.execute(MAY_CALL, {"functions": list(FUNCTIONS)})
        return bool(cursor.fetchone() == (True,))


def _statements(connection: Connection, keys: RadiusKeys, name: str) -> list[str]:
    raw = connection.connection.driver_connection
    # Sent as its verifier: whatever logs statements learns no password.
    verifier = encrypt_password(keys.role_password, name, raw, "scram-sha-256")
    known = connection.exec_driver_sql("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,))
    verb = "ALTER" if known.first() else "CREATE"
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
