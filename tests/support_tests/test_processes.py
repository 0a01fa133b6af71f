"""Prove that child processes are heard, and none is left behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.support.patience import PATIENCE
from tests.support.processes.commands import run
from tests.support.processes.family import runs, session
from tests.support.processes.process import Process, ProcessFailed, listens
from tests.support.servers.ports import free_port


def python(source: str, **env: str) -> Process:
    return Process([sys.executable, "-c", source], env)


SLEEPER = "import time; print('listo', flush=True); time.sleep(600)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + SLEEPER
PARENT = f"""
import subprocess, sys
subprocess.Popen([sys.executable, "-c", {SLEEPER!r}], start_new_session=False)
{SLEEPER}
"""
LISTENER = """
import socket, sys, time
time.sleep(0.1)
with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
    listener.accept()
    time.sleep(600)
"""


def test_a_line_of_json_is_found_among_others() -> None:
    with python("print('abriendo…'); print(7); print('{\"url\": \"ñ\"}')") as child:
        assert child.wait_for_json() == {"url": "ñ"}


def test_an_address_is_found_before_the_process_ends() -> None:
    with python("print('Abre http://127.0.0.1:81/r/1 ya');" + SLEEPER) as child:
        assert child.wait_for_url() == "http://127.0.0.1:81/r/1"
        assert child.running


def test_a_failure_shows_what_was_said() -> None:
    words = r"(?s)ended with 1.*(uno.*dos|dos.*uno)"
    child = python("import sys; print('uno'); sys.exit('dos')")
    with child, pytest.raises(ProcessFailed, match=words):
        child.wait_for("tres")


def test_silence_has_a_deadline() -> None:
    with python(SLEEPER) as child:
        child.wait_for("listo")
        started = time.monotonic()
        with pytest.raises(ProcessFailed, match="runs"):
            child.wait_for("nunca", seconds=0.2)
        assert 0.2 <= time.monotonic() - started < PATIENCE


def test_a_port_that_opens_late_is_awaited() -> None:
    port = free_port()
    with Process([sys.executable, "-c", LISTENER, str(port)]) as child:
        child.wait_for_port(port)
        assert listens(port)


def test_it_starts_again_after_its_end() -> None:
    child = python("import os; print('pid', os.getpid(), flush=True)")
    first = child.start().wait_for(r"pid (\d+)").group(1)
    assert child.wait() == 0
    second = child.start().wait_for(r"pid (\d+)").group(1)
    assert child.wait() == 0
    assert first != second
    assert first not in child.stdout


def test_termination_leaves_time_to_tidy_up() -> None:
    tidy = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(3));"
    with python(tidy + SLEEPER) as child:
        child.wait_for("listo")
        assert child.terminate() == 3
        assert child.terminate() is None


def test_who_ignores_termination_is_killed() -> None:
    with python(STUBBORN) as child:
        child.wait_for("listo")
        assert child.terminate(seconds=0.1) == -signal.SIGKILL


def test_children_left_running_are_named_and_ended() -> None:
    with python(PARENT) as child:
        child.wait_for("listo")
        child.wait_for("listo")
        members = child.family()
        child.terminate()
    assert len(child.left_running) == len(members) - 1 == 1
    assert not any(map(runs, members))


def test_a_crash_takes_the_children_along() -> None:
    with python(PARENT) as child:
        child.wait_for("listo")
        leader, members = child.pid, child.family()
        assert child.kill() == -signal.SIGKILL
    assert not any(map(runs, members))
    assert session(leader) == []


def test_settings_of_ours_do_not_leak(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "planted")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    shown = run([sys.executable, "-c", "import os; print(dict(os.environ))"], {"OURS": "sí"})
    assert "planted" not in shown.stdout
    assert "PROXY" not in shown.stdout
    assert "'OURS': 'sí'" in shown.stdout


def test_a_short_command_gets_input() -> None:
    done = run([sys.executable, "-c", "import sys; sys.exit(input())"], stdin="ñandú\n")
    assert (done.returncode, done.stderr.strip()) == (1, "ñandú")


KILLED_RUN = f"""
import os, signal, sys
from tests.support.processes.process import Process
child = Process([sys.executable, "-c", {SLEEPER!r}]).start()
print(child.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_children_of_a_killed_run_end(tmp_path: Path) -> None:
    # The guardian shares the run's output, so `run` returns when it too has ended.
    killed = subprocess.run([sys.executable, "-c", KILLED_RUN], stdout=subprocess.PIPE, text=True)
    assert killed.returncode == -signal.SIGKILL
    pid = int(killed.stdout)
    assert not psutil.pid_exists(pid) or not runs(psutil.Process(pid))
