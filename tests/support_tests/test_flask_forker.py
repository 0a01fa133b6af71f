"""Prove that a forked command is as one that was started: its own words, settings and files."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.support.processes import flask_forker
from tests.support.processes.commands import child_environment, run

FLASK = [sys.executable, "-m", "flask"]


def test_it_says_what_a_started_one_says(tmp_path: Path) -> None:
    for words in (["--help"], ["alerts"], ["sales", "show"], ["nothing"]):
        environ = child_environment() | {"INSTANCE_PATH": str(tmp_path)}
        assert flask_forker.can_run([*FLASK, *words], environ)
        forked = run([*FLASK, *words], environ)
        # Another program as far as the forker knows.
        started = run(["env", *FLASK, *words], environ)
        assert (forked.returncode, forked.stdout, forked.stderr) == (
            started.returncode,
            started.stdout,
            started.stderr,
        )


def test_nothing_stays_of_the_one_before(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        assert run([*FLASK, "init"], {"INSTANCE_PATH": str(tmp_path / "a")}).returncode == 0
    finally:
        os.umask(before)
    said = run([*FLASK, "alerts"], {"INSTANCE_PATH": str(tmp_path / "b")})
    assert said.returncode != 0
    assert str(tmp_path / "b") in said.stderr
    assert "/a" not in said.stderr.replace(str(tmp_path), "")


@pytest.mark.parametrize("name", ["PYTHONWARNINGS", "LC_ALL", "LANG", "TZ"])
def test_what_python_reads_as_it_starts_is_given_to_a_real_start(name: str) -> None:
    environ = child_environment() | {name: "another"}
    assert not flask_forker.can_run([*FLASK, "alerts"], environ)


def test_other_programs_are_started() -> None:
    assert not flask_forker.can_run(["flask", "alerts"], child_environment())
