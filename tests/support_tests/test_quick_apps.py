"""Prove that applications share what is alike in them, and nothing else."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from flask import url_for

from portal.core.database import reading
from portal.core.extensions import db
from tests.support.shop import close_app, make_app
from tests.support.tenants import make_tenant


def test_the_second_compiles_nothing_anew_and_has_its_own_rows(tmp_path: Path) -> None:
    statement = sa.text("SELECT name FROM company")
    first = make_app(tmp_path / "first", None)
    # The very first of a process learns what it shares with those after it.
    close_app(first)
    apps = [make_app(tmp_path / name, None) for name in ("second", "third")]
    for number, app in enumerate(apps):
        make_tenant(app, name=f"Café {number}")
    for number, app in enumerate(apps):
        with app.app_context(), reading() as session:
            assert session.scalars(statement).all() == [f"Café {number}"]
    engines = []
    for app in apps:
        with app.app_context():
            engines.append(db.engine)
    assert engines[0].pool is not engines[1].pool
    assert engines[0].dialect is engines[1].dialect
    for app in apps:
        close_app(app)


def test_they_share_addresses_until_one_is_told_another(tmp_path: Path) -> None:
    # The very first of a process is told them one by one.
    close_app(make_app(tmp_path / "first", None))
    apps = [make_app(tmp_path / name, None) for name in ("second", "third")]
    here, there = (app.url_map for app in apps)
    assert here._matcher is there._matcher
    assert len(list(here.iter_rules())) > 250
    apps[0].add_url_rule("/here", "here", str)
    assert here._matcher is not there._matcher
    assert here.bind("").test("/here")
    assert not there.bind("").test("/here")
    for app in apps:
        close_app(app)


def test_a_blueprint_serves_each_application_alike(tmp_path: Path) -> None:
    apps = [make_app(tmp_path / str(number), None) for number in range(3)]
    listed = [
        {
            (rule.rule, rule.endpoint, *sorted(rule.methods or ()))
            for rule in app.url_map.iter_rules()
        }
        for app in apps
    ]
    assert listed[0] == listed[1] == listed[2]
    for app in apps:
        assert app.view_functions.keys() == {endpoint for _, endpoint, *_ in listed[0]}
        assert app.test_client().options("/api/v1/payments/pagar-conekta").status_code == 200
        close_app(app)


def test_each_builds_its_own_addresses(tmp_path: Path) -> None:
    apps = [make_app(tmp_path / name, None) for name in ("here", "there")]
    for number, app in enumerate(apps):
        app.add_url_rule(f"/app-{number}/<path:name>", "of_this_test", str)
        with app.test_request_context():
            assert url_for("of_this_test", name="a/b") == f"/app-{number}/a/b"
            assert url_for("of_this_test", name="a/b", q="ñ") == f"/app-{number}/a/b?q=%C3%B1"
    for app in apps:
        close_app(app)
