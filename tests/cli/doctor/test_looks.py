"""What the doctor makes of clocks, disks and files, and that nothing keeps it waiting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from flask import Flask

from portal.cli.doctor import findings, machine, records
from portal.cli.doctor.findings import BAD, OK, UNKNOWN, Diagnosis, look_at
from portal.core.database import writing
from portal.models import WorkerHeartbeat, utc_now
from tests.support.shop import close_app, make_app

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
GIB = 1024**3


@pytest.mark.parametrize(
    ("seconds", "sign", "word"),
    [
        (0, OK, "juntos"),
        (9, OK, "juntos"),
        (-9, OK, "juntos"),
        (90, BAD, "atrasado"),
        (-90, BAD, "adelantado"),
    ],
)
def test_clocks(seconds: int, sign: str, word: str) -> None:
    theirs = NOW + timedelta(seconds=seconds)
    found = records.clock("Conekta", theirs, NOW, NOW)
    assert (found.sign, word in found.said) == (sign, True)
    # However long the answer took, it is no difference.
    assert records.clock("Conekta", NOW, NOW - timedelta(60), NOW + timedelta(60)).sign == OK


@pytest.mark.parametrize(
    ("free", "total", "sign"),
    [
        (50 * GIB, 100 * GIB, OK),
        (GIB // 8, 100 * GIB, BAD),
        (GIB // 2, 100 * GIB, BAD),
        (GIB // 2, GIB, OK),
        (2 * GIB, 2000 * GIB, OK),
        (0, 0, BAD),
    ],
)
def test_disks(free: int, total: int, sign: str) -> None:
    assert machine.disk(Path("/srv"), free, total).sign == sign


def test_what_others_may_read_is_named(tmp_path: Path) -> None:
    app = make_app(tmp_path, None)
    with app.app_context():
        assert [found.sign for found in machine.files()] == [OK]
        (tmp_path / "portal.db").chmod(0o640)
        [found] = machine.files()
    close_app(app)
    assert (found.sign, str(tmp_path / "portal.db") in found.said) == (BAD, True)


def test_several_machines_on_one_sqlite_are_seen(tmp_path: Path) -> None:
    app = make_app(tmp_path, None)
    with app.app_context():
        with writing() as session:
            for name in ("one:1:a", "two:2:b"):
                session.add(WorkerHeartbeat(name=name, at=utc_now()))
        found = [each for each in records.database() if each.sign == BAD]
    close_app(app)
    assert ["one, two" in each.said for each in found] == [True]


def test_a_look_that_hangs_or_fails_keeps_no_other_from_being_told(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(findings, "PATIENCE_SECONDS", 0.2)
    let_go = Event()

    def hangs() -> list[Diagnosis]:
        let_go.wait()
        return []

    def fails() -> list[Diagnosis]:
        raise RuntimeError("planted secret")

    looks = [("A", hangs), ("B", fails), ("C", lambda: [Diagnosis(OK, "well")])]
    found = list(look_at(app, looks))
    let_go.set()
    assert [each.sign for each in found] == [BAD, UNKNOWN, OK]
    assert "planted" not in found[1].said
