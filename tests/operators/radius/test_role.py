"""Test the RADIUS server's role where Portal's own may make none, as on any usual installation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import make_url, update

from portal.access.radius.keys import RadiusKeys, draw_key, radius_keys, reread_keys
from portal.core.database import writing
from portal.core.errors import Conflict
from portal.models import RadiusKey, utc_now
from portal.operators.radius.key_change import add_key, drop_key
from portal.operators.radius.role import NoRight, make_roles
from tests.support.databases.admin import Databases, execute
from tests.support.databases.recycled import Recycling
from tests.support.shop import close_app, make_app

PLAIN, ROLE = "portal_plain", "portal_radius_made_by_hand"


@pytest.fixture
def app(tmp_path: Path, postgres: Databases, recycling: Recycling) -> Iterator[Flask]:
    """On a database of another's, as somebody who may log in and no more."""
    execute(postgres.admin_url, f"CREATE ROLE {PLAIN} LOGIN PASSWORD 'plain'")
    with recycling.database() as url:
        for table in ("ALL TABLES", "ALL SEQUENCES"):
            execute(url, f"GRANT ALL ON {table} IN SCHEMA public TO {PLAIN}")
        plain = make_url(url).set(username=PLAIN, password="plain")
        made = make_app(tmp_path, plain.render_as_string(hide_password=False))
        try:
            yield made
        finally:
            close_app(made)
            for role in (PLAIN, ROLE):
                execute(url, f"DROP OWNED BY {role}")
                execute(url, f"DROP ROLE {role}")


def refusal(keys: RadiusKeys) -> NoRight:
    with pytest.raises(NoRight) as raised:
        make_roles(keys, ROLE)
    return raised.value


def test_what_an_administrator_has_pasted_is_enough(app: Flask, postgres: Databases) -> None:
    with app.app_context():
        keys = radius_keys()
        url = app.config["SQLALCHEMY_DATABASE_URI"]
        database = make_url(url).database
        lines = refusal(keys).detail.partition(":\n\n")[2].splitlines()
        assert lines[0].startswith("CREATE ROLE")
        for line in lines[:-1]:
            execute(postgres.url(str(database)), line)
        # Half of it is not.
        assert refusal(keys).detail.count("GRANT EXECUTE") == 3
        execute(postgres.url(str(database)), lines[-1])
        make_roles(keys, ROLE)


def test_a_key_is_dropped_with_its_role_or_not_at_all(app: Flask, postgres: Databases) -> None:
    """Repeated, it is finished: the old key goes only with the role that it opened."""
    execute(postgres.admin_url, f"CREATE ROLE {ROLE} LOGIN PASSWORD 'made'")
    with app.app_context():
        radius_keys()
        with writing() as session:
            assert draw_key(session, "radius-2", 1, is_used=True)
            for key_id, hours in (("radius", 2), ("radius-2", 1)):
                mine = update(RadiusKey).where(RadiusKey.id == key_id)
                session.execute(mine.values(in_use_since=utc_now() - timedelta(hours=hours)))
        with pytest.raises(NoRight) as raised:
            drop_key(ROLE)
        assert len(reread_keys().all) == 2
        execute(postgres.admin_url, raised.value.detail.splitlines()[-1])
        drop_key(ROLE)
        assert [key.slot for key in reread_keys().all] == [1]
        with pytest.raises(Conflict):
            drop_key(ROLE)


def test_no_key_is_drawn_that_there_are_no_ports_for(tmp_path: Path, recycling: Recycling) -> None:
    """Its ports are 10 above the others, which may be ten apart themselves."""
    with recycling.database() as url:
        made = make_app(tmp_path, url)
        with made.app_context():
            before, settings = radius_keys().all, made.extensions["settings"]
            for port in (1822, 65530):
                made.extensions["settings"] = replace(settings, radius_accounting_port=port)
                with pytest.raises(Conflict, match="más altos"):
                    add_key(ROLE)
            assert reread_keys().all == before
        close_app(made)
