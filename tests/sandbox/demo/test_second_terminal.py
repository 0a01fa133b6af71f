"""Test commands typed beside a demo: they speak to it and to nothing else, alive or dead."""

from __future__ import annotations

import json
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from config import GATEWAY_ADDRESSES
from portal.core import demo_folder
from portal.sandbox.demo.instance import Instance
from tests.sandbox.demo.running import buy, demo, names, typed
from tests.support.processes.commands import CHECKOUT
from tests.support.processes.process import Process
from tests.support.servers.http import Api

# What answers for the real gateway here is asked, or is not: no command may get so far.
OUTSIDE = "https://api.conekta.io"


@dataclass
class Terminal:
    """A second terminal in the folder of a demo that runs."""

    folder: Path
    facts: dict[str, Any]

    def tells(self, *words: str) -> str:
        done = typed(self.folder, *words)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    folder = tmp_path_factory.mktemp("demo") / "instance"
    with demo(folder, "--json", CONEKTA_CHARGE="component") as running:
        yield Terminal(folder, running.wait_for_json())


def listed(terminal: Terminal) -> dict[str, str]:
    """What `flask settings` says is set."""
    lines = terminal.tells("settings").splitlines()
    return {line.split()[0]: line.rpartition("[set: ")[2].rstrip("]") for line in lines if line}


def test_the_settings_are_the_demos(terminal: Terminal) -> None:
    said = listed(terminal)
    assert said["CONEKTA_API_URL"] == terminal.facts["gateway_url"]
    assert said["PUBLIC_URL"] == terminal.facts["api_url"]
    assert str(terminal.folder) in said["INSTANCE_PATH"]


def test_whoever_starts_it_chooses_how_cards_are_charged(terminal: Terminal) -> None:
    assert listed(terminal)["CONEKTA_CHARGE"] == "component"
    with Api(terminal.facts["api_url"]) as visitor:
        form = visitor.get(f"/r/{terminal.facts['router_id']}/pagar", plan=1)
    assert "Tu correo" in form.text
    assert "token_tarjeta" not in form.text


def test_webhooks_are_registered_at_the_demos_gateway(terminal: Terminal) -> None:
    company = terminal.facts["company_id"]
    assert "registrada" in terminal.tells("webhooks", "register", "--nueva-llave")
    with Api(terminal.facts["gateway_url"]) as gateway:
        counted = gateway.get("/_sandbox/state").json()["counters"]
    assert counted["calls"]["webhook_key"] >= 2
    assert company in terminal.tells("webhooks", "register")


def test_a_refund_reaches_gateway_and_router(terminal: Terminal) -> None:
    sold = buy(terminal.facts).json()
    user = sold["usuario_hotspot"]["usuario"]
    assert user in names(terminal.facts)
    said = terminal.tells("sales", "refund", sold["referencia"], "--motivo", "No pudo conectarse")
    assert "quedó devuelta" in said
    with Api(terminal.facts["gateway_url"]) as gateway:
        order = gateway.get(f"/_sandbox/orders/{sold['id_transaccion']}").json()
    assert order["payment_status"] == "refunded"
    assert user not in names(terminal.facts)


def test_the_router_is_the_demos(terminal: Terminal) -> None:
    assert "El router está listo." in terminal.tells("router", "check", terminal.facts["router_id"])


def test_the_company_is_the_demos(terminal: Terminal) -> None:
    assert terminal.tells("alerts", "--empresa", terminal.facts["company_id"]) == "No hay avisos.\n"
    assert "pendientes atendidos" in terminal.tells("reconcile")
    compared = terminal.tells("sales", "compare", "--since", "2026-01-01")
    assert "Diferentes: 0." in compared


def test_a_worker_beside_it_works_for_the_demo(terminal: Terminal) -> None:
    command = [*demo(terminal.folder).args[:3], "worker"]
    with Process(command, {"INSTANCE_PATH": str(terminal.folder)}) as worker:
        worker.wait_until(lambda: shows_itself(terminal, worker.pid), "its heartbeat")
        worker.signal(signal.SIGTERM)
        assert worker.wait() == 0


def shows_itself(terminal: Terminal, pid: int) -> bool:
    """Whether a worker of this process id is in the demo's database."""
    with closing(sqlite3.connect(terminal.folder / "portal.db")) as database:
        found = database.execute("SELECT name FROM worker_heartbeat").fetchall()
    return any(str(pid) in name.split(":") for (name,) in found)


def test_who_names_another_database_is_left_alone(terminal: Terminal) -> None:
    named = {"DATABASE_URL": "postgresql://u@127.0.0.1:1/x", "INSTANCE_PATH": str(terminal.folder)}
    assert demo_folder.environment(named, CHECKOUT, GATEWAY_ADDRESSES) is named


@contextmanager
def dead_demo(folder: Path) -> Iterator[None]:
    """A folder whose demo was killed, with all that it told still lying there."""
    instance = Instance(folder)
    with instance.occupied(on_wait=pytest.fail):
        instance.tell({"CONEKTA_API_URL": "http://127.0.0.1:2", "PUBLIC_URL": "http://127.0.0.1:3"})
    yield


@pytest.mark.parametrize(
    "words",
    [
        ("webhooks", "register"),
        ("worker",),
        ("sales", "refund", "sal_1", "--motivo", "x"),
    ],
)
def test_beside_a_demo_that_has_ended_they_say_so(words: tuple[str, ...], tmp_path: Path) -> None:
    with dead_demo(tmp_path):
        done = typed(tmp_path, *words)
    assert (done.returncode, done.stdout) == (1, "")
    [sentence] = done.stderr.splitlines()
    assert f"La demostración de {tmp_path} está detenida" in sentence
    assert "«flask demo»" in sentence


def test_a_dead_demos_settings_lead_nowhere(tmp_path: Path) -> None:
    """Even whoever does not heed the sentence, as a server started there, meets no gateway."""
    with dead_demo(tmp_path):
        found = demo_folder.environment(
            {"INSTANCE_PATH": str(tmp_path)}, CHECKOUT, GATEWAY_ADDRESSES
        )
    assert found["CONEKTA_API_URL"] == found["CONEKTA_SCRIPT_URL"] == demo_folder.NOBODY
    assert "PUBLIC_URL" not in found
    assert OUTSIDE not in str(found)


def test_a_folder_from_before_demos_told_anything_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "lock").touch()
    (tmp_path / "demo" / "memory.json").write_text(json.dumps({"company_id": "EMP_1"}))
    found = demo_folder.environment({"INSTANCE_PATH": str(tmp_path)}, CHECKOUT, GATEWAY_ADDRESSES)
    assert found["CONEKTA_API_URL"] == demo_folder.NOBODY


def test_beside_a_demo_that_is_starting_they_say_so(tmp_path: Path) -> None:
    with Instance(tmp_path).occupied(on_wait=pytest.fail):
        done = typed(tmp_path, "webhooks", "register")
        second = typed(tmp_path, "demo")
    assert done.returncode == second.returncode == 1
    assert "está arrancando" in done.stderr
    assert "está arrancando en otra terminal" in second.stderr


def test_a_look_keeps_no_demo_from_starting(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    with instance.occupied(on_wait=pytest.fail):
        pass
    for _ in range(50):
        found = demo_folder.look(tmp_path)
        assert found is not None
        assert not found.runs
        with instance.occupied(on_wait=pytest.fail):
            running = demo_folder.look(tmp_path)
            assert running is not None
            assert running.runs


def test_a_folder_without_a_demo_is_nobodys(tmp_path: Path) -> None:
    environ = {"INSTANCE_PATH": str(tmp_path)}
    assert demo_folder.look(tmp_path) is None
    assert demo_folder.environment(environ, CHECKOUT, GATEWAY_ADDRESSES) is environ
