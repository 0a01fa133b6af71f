"""P5: neither a table, nor a log, nor the server's own role tells a name, a password or a PIN."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from flask import Flask

from portal.core.records import utc_now
from portal.core.vault import VaultError
from tests.support.databases.admin import execute, fetch
from tests.support.databases.migrated import copy_postgresql
from tests.support.databases.postgres import Postgres
from tests.support.patience import PATIENCE
from tests.support.radius.site import Site, new_session_id
from tests.support.servers.freeradius import freeradius, require
from tests.support.shop import SECRETS, close_app, make_app

PIN, NAME, PASSWORD = "918273645", "nombre-planted", "clave-planted"
TABLES = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
SHORT = 0.4
LOGS_ALL = ("log_statement = 'all'", "log_connections = on", "log_min_duration_statement = 0")
LIVE_ACCESSES = 100_000
# Without what keeps rows apart from one another, which is not what is measured.
FILL = """
SET session_replication_role = replica;
INSERT INTO radius_user (access_id, company_id, router_id, everywhere, key_id, name_digest,
    password_cipher, disabled, profile, used_seconds, used_bytes, updated_at)
SELECT 'acc_' || lpad(to_hex(n), 20, '0'), '{company}', '{router}', false, 'radius',
    sha256(int4send(n)), sha256(int4send(n)), false, '1hora', 0, 0, now()
FROM generate_series(1, {many}) AS n;
ANALYZE radius_user, radius_router;
"""


@pytest.fixture
def url(radius_app: Flask) -> str:
    """The database, as its owner reaches it."""
    return str(radius_app.extensions["settings"].database_url).replace("+psycopg2", "")


def test_no_table_tells_a_name_or_a_password(site: Site, url: str) -> None:
    pin = site.sell(PIN, PIN, kind="pin")
    site.account("Start", new_session_id(), site.log_in(pin).attributes["Class"], User_Name=PIN)
    site.log_in(site.sell(NAME, PASSWORD))
    for (table,) in fetch(url, TABLES):
        stored = repr(fetch(url, f"SELECT t::text FROM {table} AS t"))
        for secret in (PIN, NAME, PASSWORD):
            assert secret not in stored, table
            assert secret.encode().hex() not in stored, table
        assert site.key.master.hex() not in stored, table


def test_a_password_is_bound_to_its_access(site: Site) -> None:
    one, other = site.sell(), site.sell()
    moved = site.user(one).password_cipher
    site.change(other, password_cipher=moved)
    assert site.log_in(other, seconds=SHORT).is_silence
    with pytest.raises(VaultError):
        site.key.open(other.access_id, moved)
    assert site.key.open(one.access_id, moved) == one.password


def test_the_servers_role_reads_no_table_and_calls_three_functions(site: Site) -> None:
    with closing(psycopg2.connect(**site.server.kit.database.words)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        for table in ("radius_user", "radius_session", "radius_router", "access", "company"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(f"SELECT * FROM {table}")
        for inner in ("keyed('', 1)", "opened('', '')", "find_user('{}', '', '')"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(f"SELECT portal_radius.{inner}")
        cursor.execute("SELECT * FROM portal_radius.authorize('', '', '', '', 300)")
        assert cursor.fetchall() == []
        cursor.execute("SELECT portal_radius.granted('', '', '', '', 300)")
        assert cursor.fetchall() == [(1,)]


def test_without_the_right_key_the_server_is_silent(site: Site, tmp_path: Path) -> None:
    sold, ours = site.sell(), site.server.kit.database
    for inner in ("00" * 32, ""):
        wrong = type(ours)(ours.place, inner, ours.outer, ours.password)
        kit = {"database": wrong, "name_keys": (site.key.name_key,)}
        with freeradius(site.app, tmp_path, **kit) as server:
            other = Site(site.app, site.router_id, server)
            assert other.log_in(sold, seconds=SHORT).is_silence
            told = other.account("Start", new_session_id(), seconds=SHORT)
            assert told.is_silence, "what is not written down is not confirmed"


def test_one_index_read_finds_one_of_100_000_live_accesses(site: Site, url: str) -> None:
    execute(url, FILL.format(company=site.company_id, router=site.router_id, many=LIVE_ACCESSES))
    sold = site.sell(everywhere=False)
    digests = [site.user(sold).name_digest, b"of a former key"]
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN (FORMAT JSON) SELECT * FROM portal_radius.find_user(%s, %s, %s)",
            (digests, site.router_id, site.company_id),
        )
        reads = list(scans(cursor.fetchone()[0][0]["Plan"]))  # type: ignore[index]
    assert reads == [("Index Scan", "uq_radius_user_name_digest_router_id")]
    before = scanned(url)
    assert site.log_in(sold).is_accepted
    assert scanned(url) == before, "no table is read from end to end"


def scans(plan: dict[str, object]) -> list[tuple[object, object]]:
    """Each read of a table in a plan, and the index that it goes by."""
    inner = plan.get("Plans", [])
    assert isinstance(inner, list)
    found = [pair for each in inner for pair in scans(each)]
    return found + (
        [(plan["Node Type"], plan.get("Index Name"))] if "Relation Name" in plan else []
    )


def scanned(url: str) -> int:
    """How often the users were read from end to end."""
    query = "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'radius_user'"
    fetch(url, "SELECT pg_stat_force_next_flush()")
    return int(fetch(url, query)[0][0])


@pytest.fixture
def own(crashing_postgres: Postgres, tmp_path: Path) -> Iterator[Site]:
    """A site whose PostgreSQL may be stopped, and writes each statement into its log."""
    require()
    app = make_app(tmp_path / "instance", copy_postgresql(crashing_postgres, SECRETS))
    (tmp_path / "radius").mkdir()
    with freeradius(app, tmp_path / "radius") as server:
        yield Site.open(app, server)
    close_app(app)


@pytest.mark.timeout(120)
def test_while_the_database_is_away_logins_are_silent_and_then_served_at_once(
    own: Site, crashing_postgres: Postgres
) -> None:
    for setting in (
        "log_statement = 'all'",
        "log_connections = on",
        "log_min_duration_statement = 0",
    ):
        execute(crashing_postgres.admin_url, f"ALTER SYSTEM SET {setting}")
    execute(crashing_postgres.admin_url, "SELECT pg_reload_conf()")
    pin, number = own.sell(PIN, PIN, kind="pin"), new_session_id()
    login = own.log_in(pin).attributes["Class"]
    _tells_no_secret(own, crashing_postgres)

    crashing_postgres.stop()
    assert own.log_in(pin, seconds=SHORT).is_silence, "a reject would turn away who has paid"
    assert own.account("Start", number, login, seconds=SHORT).is_silence
    own.server.process.terminate()
    own.server.start()
    assert own.log_in(pin, seconds=SHORT).is_silence, "it starts without its database, too"

    crashing_postgres.start()
    asked_at = utc_now()
    own.server.process.wait_until(
        lambda: own.log_in(pin, seconds=SHORT).is_accepted, "a login", PATIENCE
    )
    assert (utc_now() - asked_at).total_seconds() < 10, "FreeRADIUS' own pool waits for 30 s"
    assert own.account("Start", number, login).kind == "Accounting-Response"


def _tells_no_secret(own: Site, postgres: Postgres) -> None:
    """Neither the database's log and view of what runs, nor the server's log."""
    database = own.server.kit.database
    running = repr(fetch(postgres.admin_url, "SELECT query FROM pg_stat_activity"))
    said = postgres.log.read_text(errors="replace") + running + own.server.log
    assert "portal_radius.authorize" in said
    for secret in (database.inner, database.outer, database.password, own.key.name_key, PIN):
        assert secret not in said
        assert secret.encode().hex() not in said
