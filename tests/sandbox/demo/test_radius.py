"""Test the demo by RADIUS: a purchase is let in by the real server."""

from __future__ import annotations

import os
from pathlib import Path

from portal.hotspot.setup.radius_server.version import Version
from portal.sandbox.demo.radius import database, server
from tests.sandbox.demo.running import buy, demo, names, rows
from tests.support.databases.pgbinaries import reachable_installation, temporary_root
from tests.support.processes.guard import guard
from tests.support.servers import freeradius


def test_a_purchase_is_let_in_by_radius(tmp_path: Path) -> None:
    freeradius.require()
    # The tests' own PostgreSQL, so that no other need be installed.
    path = f"{reachable_installation() / 'bin'}{os.pathsep}{os.environ['PATH']}"
    place = guard().make_folder("portal-demo-", temporary_root())
    place.chmod(0o755)
    env = {"PATH": path, "TMPDIR": str(place)}
    options = ("--delivery", "radius", "--json")
    try:
        with demo(tmp_path, *options, **env) as process:
            facts = process.wait_for_json()
            bought = buy(facts, conexion_automatica=True).json()
            assert bought["auto_conexion"]["estado"] == "conectado"
            [session] = rows(facts, "active")
            assert session["radius"] is True
            assert bought["usuario_hotspot"]["usuario"] not in names(facts)
        assert (tmp_path / "radius" / "freeradius" / "portal-radius.log").exists()
    finally:
        guard().remove_folder(place)


def test_it_says_what_is_missing() -> None:
    here = Path("/usr/bin")
    assert server.missing(Version(3, 2, 1), here) == []
    assert server.missing(Version(3, 0, 26), here) == [server.MISSING]
    assert server.missing(None, None) == [server.MISSING, database.MISSING]
