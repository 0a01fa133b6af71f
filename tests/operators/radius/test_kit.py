"""The operator's way: role, files, check; and each failure in words, made by the real server."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from portal.access.radius.keys import radius_keys
from portal.access.radius.routers import has_own_secret, secret_for
from portal.cli.radius.texts import TEXTS, said
from portal.core.database import writing
from portal.hotspot.setup.radius_server.kit import Client, RadSec
from portal.hotspot.setup.radius_server.version import NEWEST, OLDEST, Version, parse
from portal.operators import routers
from portal.operators.radius import check as checks
from portal.operators.radius.check import FoundFault, RadiusFault
from portal.operators.radius.kit import KitWishes, server_kit
from portal.operators.radius.role import FUNCTIONS, NeedsPostgreSql, make_roles
from tests.support.radius.site import Site
from tests.support.servers.freeradius import (
    LOOPBACK,
    FreeRadius,
    command,
    freeradius,
    make_kit,
    require,
)
from tests.support.servers.ports import free_udp_port
from tests.support.shop import close_app, make_app
from tests.support.tenants import ACTOR

TUNNEL = IPv4Network("10.77.0.0/24")
DIALS_IN = {
    "wireguard_subnet": str(TUNNEL),
    "wireguard_endpoint": "vpn.example.com:51820",
    "wireguard_public_key": "k" * 43 + "=",
}


def run(app: Flask, *words: str) -> str:
    done = app.test_cli_runner().invoke(args=["radius", *words])
    return f"{done.exit_code}\n{done.output}"


def test_the_kit_is_private_and_says_what_to_do(site: Site, tmp_path: Path) -> None:
    told = run(site.app, "kit", "--out", str(tmp_path / "kit"))
    assert told.startswith("0\n")
    assert "systemctl restart freeradius" in told
    files = list((tmp_path / "kit").iterdir())
    assert {file.name for file in files} >= {"radiusd.conf", "clients.conf", "pg_service.conf"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o640}


def test_a_line_to_the_database_that_is_cut_holds_nobody_for_hours(
    site: Site, tmp_path: Path
) -> None:
    """libpq itself reads what is written, and has the kernel watch the line."""
    kit = make_kit(site.app, tmp_path)
    (tmp_path / "pg_service.conf").write_text(kit.files()["pg_service.conf"])
    environment = {"PGSERVICEFILE": str(tmp_path / "pg_service.conf")}
    script = (
        "import psycopg2, socket\n"
        "connection = psycopg2.connect(service='portal_radius')\n"
        "line = socket.socket(fileno=connection.fileno())\n"
        "print(line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT))\n"
        "line.detach()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert 0 < int(done.stdout) <= 10_000


@pytest.mark.parametrize("version", [OLDEST, NEWEST], ids=str)
def test_what_each_version_needs_is_written(site: Site, tmp_path: Path, version: Version) -> None:
    kit = make_kit(site.app, tmp_path, version=version)
    files = kit.files()
    is_old = version == OLDEST
    assert ("&Message-Authenticator := 0x00" in files["site.conf"]) is is_old
    assert ("limit_proxy_state" in files["clients.conf"]) is not is_old
    secrets = {kit.database.password, kit.database.inner, kit.database.outer, *kit.name_keys}
    assert not [secret for secret in secrets if secret in repr(kit)]
    keys = {kit.database.password, kit.database.inner, kit.database.outer}
    told = {name for name, text in files.items() for key in keys if key in text}
    assert told == {"pg_service.conf"}


def test_the_server_itself_finds_no_fault_with_the_files(site: Site, tmp_path: Path) -> None:
    require()
    tls = _certificates(tmp_path)
    site.second("198.51.100.9")
    with site.app.app_context():
        [listener] = server_kit(KitWishes(OLDEST, str(tmp_path))).listeners
    FreeRadius(make_kit(site.app, tmp_path, radsec=tls, clients=listener.clients), tmp_path)
    done = subprocess.run(
        command(tmp_path, "-Cx", "-lstdout"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert not re.findall(r"(?:WARN|Warn|ERROR)[^\n]*", done.stdout.replace(GROUPS, ""))


GROUPS = "Warning: rlm_sql (sql): Ignoring read_groups as group_membership_query is not configured"


def _certificates(folder: Path) -> RadSec:
    names = {name: str(folder / f"{name}.pem") for name in ("cert", "key")}
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=radius"]
    out = ["-out", names["cert"], "-keyout", names["key"]]
    subprocess.run([*words, *out], check=True, capture_output=True)
    return RadSec(free_udp_port(), names["cert"], names["key"], names["cert"])


def test_a_router_in_the_tunnel_has_a_secret_of_its_own(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_settings(site, monkeypatch, radius_servers=f"{TUNNEL[1]}", **DIALS_IN)
    other = site.second(str(TUNNEL[9]), dial_in="wireguard")
    by_name = clients(site)
    own = by_name[other.router_id]
    assert own.address == str(TUNNEL[9])
    assert own.secret == site.key.secret_of(other.router_id)
    assert own.secret != by_name["portal"].secret
    assert own.secret not in repr(own)
    with site.app.app_context():
        assert (has_own_secret(other.router_id), has_own_secret(site.router_id)) == (True, False)
        routers.update(ACTOR, site.company_id, other.router_id, host="198.51.100.7")
        assert secret_for(other.router_id) == site.key.shared_secret
    assert other.router_id not in clients(site)


@pytest.mark.parametrize("dial_in", [None, "wireguard"])
def test_no_address_that_others_may_come_from_is_one_routers_own(
    site: Site, dial_in: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wrong secret for all who share it: nobody they sold to would come in."""
    change_settings(site, monkeypatch, radius_servers="203.0.113.5", **DIALS_IN)
    other = site.second(str(TUNNEL[10]) if dial_in else "198.51.100.7", dial_in=dial_in)
    assert other.router_id not in clients(site)


def clients(site: Site) -> dict[str, Client]:
    with site.app.app_context():
        kit = server_kit(KitWishes(OLDEST, "/etc/freeradius/portal"))
    return {client.name: client for client in kit.listeners[0].clients}


@pytest.fixture
def pointed(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The application's settings lead to the server of the tests."""
    change_settings(site, monkeypatch, **ports(site.server))
    return site


def ports(server: FreeRadius) -> dict[str, int]:
    return {"radius_port": server.auth_port, "radius_accounting_port": server.accounting_port}


def change_settings(site: Site, monkeypatch: pytest.MonkeyPatch, **values: object) -> None:
    here = site.app.extensions["settings"]
    changed = replace(here, **{"radius_servers": "127.0.0.1", **values})
    monkeypatch.setitem(site.app.extensions, "settings", changed)


def faults(site: Site) -> list[FoundFault]:
    with site.app.app_context():
        found = list(checks.check_all(site.router_id, site.server.kit.database.place["user"]))
    return [fault for checked in found for fault in checked.faults]


def test_a_server_that_serves_has_no_problems(pointed: Site) -> None:
    assert faults(pointed) == []
    assert pointed.sessions() == [], "nothing of the trial is left"


def test_a_wrong_secret_is_told_from_silence(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "PATIENCE_SECONDS", 0.5)
    another = (Client("portal", LOOPBACK, "another-secret"),)
    with freeradius(site.app, tmp_path, clients=another) as server:
        change_settings(site, monkeypatch, **ports(server))
        assert faults(site) == [FoundFault(RadiusFault.FORGED)]


def test_a_server_that_is_off_is_told(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "PATIENCE_SECONDS", 0.4)
    port = free_udp_port()
    change_settings(site, monkeypatch, radius_port=port)
    assert faults(site) == [FoundFault(RadiusFault.SILENT, str(port))]


def test_a_server_with_another_key_or_without_its_database_is_told(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "PATIENCE_SECONDS", 1.0)
    kit = make_kit(site.app, tmp_path)
    lost = {**kit.database.place, "port": str(free_udp_port())}
    database = type(kit.database)(lost, kit.database.inner, kit.database.outer, "x")
    with freeradius(site.app, tmp_path, database=database, name_keys=kit.name_keys) as server:
        change_settings(site, monkeypatch, **ports(server))
        assert faults(site) == [FoundFault(RadiusFault.DATABASE_AWAY)]


def test_each_fault_is_said_with_what_to_do() -> None:
    assert set(TEXTS) == set(RadiusFault)
    assert "1812" in said(FoundFault(RadiusFault.SILENT, "1812"))


def test_the_command_says_it_and_fails(pointed: Site) -> None:
    told = run(pointed.app, "check", "--router", pointed.router_id, "--role", "nobody-there")
    assert told.startswith("1\n")
    assert "flask radius setup" in told
    assert "✓ 127.0.0.1" in told


def test_a_role_that_lost_its_right_is_told(pointed: Site) -> None:
    """As after a backup was restored: logins are silent, as if PostgreSQL were away."""
    role = pointed.server.kit.database.place["user"]
    with pointed.app.app_context():
        with writing() as session:
            session.execute(text(f"REVOKE EXECUTE ON FUNCTION {FUNCTIONS[0]} FROM {role}"))
        try:
            assert FoundFault(RadiusFault.NO_ROLE) in faults(pointed)
        finally:
            make_roles(radius_keys(), role)
    assert faults(pointed) == []


def test_sqlite_says_plainly_that_it_needs_postgresql(tmp_path: Path) -> None:
    app = make_app(tmp_path, None)
    told = run(app, "setup")
    close_app(app)
    assert told.startswith("1\n")
    assert NeedsPostgreSql.detail in told


def test_versions_are_read() -> None:
    assert parse("radiusd: FreeRADIUS Version 3.2.7, for host x") == (3, 2, 7)
    assert parse("nginx 1.2.3") is None
    assert not Version(3, 0, 26).is_served


def test_keys_are_drawn_once_and_never_shown(site: Site) -> None:
    with site.app.app_context():
        found = radius_keys()
        del site.app.extensions["radius_keys"]
        assert radius_keys() == found
    assert found.first.master.hex() not in repr(found)
