"""Prove that a forked process is as one that was started, in words, settings, files, signals."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from tests.support.processes import forking
from tests.support.processes.commands import child_environment, run
from tests.support.processes.process import Process

pytestmark = pytest.mark.long

FLASK = [sys.executable, "-m", "flask"]
ROUTER = [sys.executable, "-m", "portal.sandbox.routeros"]


def test_it_says_what_a_started_one_says(tmp_path: Path) -> None:
    for words in (["--help"], ["alerts"], ["sales", "show"], ["nothing"]):
        environ = child_environment() | {"INSTANCE_PATH": str(tmp_path)}
        assert forking.can_fork([*FLASK, *words], environ)
        forked = run([*FLASK, *words], environ)
        # Another program as far as we know.
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


def test_it_leads_a_session_of_its_own_and_has_no_file_that_it_was_not_given() -> None:
    with Process(ROUTER) as process:
        process.wait_for_json()
        assert os.getsid(process.pid) == process.pid
        opened = Path(f"/proc/{process.pid}/fd")
        pipes = [file for file in opened.iterdir() if "pipe:" in os.readlink(file)]
        assert {file.name for file in pipes} == {"1", "2"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_how_it_ended_is_told(number: signal.Signals) -> None:
    with Process(ROUTER) as process, Process(ROUTER) as other:
        process.wait_for_json()
        other.wait_for_json()
        process.signal(number)
        assert process.wait() == (0 if number == signal.SIGTERM else -signal.SIGKILL)
        assert not process.running
        assert other.running


def test_it_is_started_again_on_demand() -> None:
    with Process(ROUTER) as process:
        before = process.wait_for_json()["port"]
        process.kill()
        process.start()
        assert process.wait_for_json()["port"] != before


def test_who_wants_a_real_start_has_one() -> None:
    with Process(ROUTER, forked=False) as process:
        process.wait_for_json()
        assert psutil.Process(process.pid).ppid() == os.getpid()


@pytest.mark.parametrize(
    "name", ["PYTHONWARNINGS", "LC_ALL", "LANG", "TZ", "PROMETHEUS_MULTIPROC_DIR"]
)
def test_what_is_read_before_a_fork_is_given_to_a_real_start(name: str) -> None:
    environ = child_environment() | {name: "another"}
    assert not forking.can_fork([*FLASK, "alerts"], environ)


def test_other_programs_are_started(tmp_path: Path) -> None:
    for words in (
        ["flask", "alerts"],
        [sys.executable, "-m", "pytest"],
        [sys.executable, "-c", ""],
    ):
        assert not forking.can_fork(words, child_environment())
    assert not forking.can_fork([*FLASK, "alerts"], child_environment(), tmp_path)
