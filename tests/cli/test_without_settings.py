"""No command makes a database or secrets by accident: it says in a sentence which it looked for."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from portal.core import env_file
from portal.core.env_file import deployed_environment
from portal.core.errors import SettingsError
from tests.support.databases.migrated import copy_sqlite
from tests.support.processes.commands import run
from tests.support.processes.process import Process, ProcessFailed
from tests.support.servers.gunicorn import Server
from tests.support.servers.ports import free_port
from tests.support.shop import SECRETS

FLASK = [sys.executable, "-m", "flask"]
NEED_SETTINGS = (
    *("alerts", "worker", "reconcile", "keys reseal", "webhooks register", "db upgrade", "routes"),
    *("create-admin --email a@example.com", "sales show sal_1", "router check RTR_1"),
)


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@pytest.mark.parametrize("command", NEED_SETTINGS)
def test_a_command_beside_nothing_says_one_sentence(command: str, tmp_path: Path) -> None:
    ended = run([*FLASK, *command.split()], {"INSTANCE_PATH": str(tmp_path / "instance")})
    assert ended.returncode not in (0, 2)
    assert ended.stdout == ""
    [sentence] = ended.stderr.splitlines()
    assert str(tmp_path / "instance" / "portal.db") in sentence
    assert "DATABASE_URL" in sentence
    assert "flask init" in sentence
    assert files(tmp_path) == set()


def test_gunicorn_says_it_too(tmp_path: Path) -> None:
    environ = {"INSTANCE_PATH": str(tmp_path / "instance")}
    with pytest.raises(ProcessFailed) as caught, Server(env=environ):
        pytest.fail("it started")
    assert "ended with 4" in str(caught.value)
    assert str(caught.value).count("flask init") == 1
    assert files(tmp_path) == set()


def test_a_demo_starts_from_nothing_and_keeps_to_its_folder(tmp_path: Path) -> None:
    instance, elsewhere = tmp_path / "demo", {"INSTANCE_PATH": str(tmp_path / "none")}
    command = [*FLASK, "demo", "--port", "0", "--json", "--instance", str(instance)]
    with Process(command, elsewhere) as demo:
        assert demo.wait_for_json()["api_key"]
        modes = {path: stat.S_IMODE(path.stat().st_mode) for path in instance.glob("portal.db*")}
        assert set(modes.values()) == {0o600}
        assert len(modes) > 1
        assert run([*FLASK, "alerts"], {"INSTANCE_PATH": str(instance)}).returncode == 0
    assert {path.name for path in tmp_path.iterdir()} == {"demo"}


@pytest.mark.parametrize("command", ["--help", "sales show --help", "settings", "demo --help"])
def test_what_needs_no_settings_does_its_work(command: str, tmp_path: Path) -> None:
    ended = run([*FLASK, *command.split()], {"INSTANCE_PATH": str(tmp_path / "instance")})
    assert ended.returncode == 0
    assert ("flask init" in ended.stderr) is (command == "settings")
    assert len(ended.stdout.splitlines()) > 5
    assert files(tmp_path) == set()


def test_init_makes_an_installation_that_is_its_owner_s_alone(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    environ = {"INSTANCE_PATH": str(instance)}
    before = os.umask(0o022)
    try:
        made = run([*FLASK, "init"], environ)
    finally:
        os.umask(before)
    assert (made.returncode, made.stderr) == (0, "")
    assert str(instance) in made.stdout
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode) for path in (instance, *instance.iterdir())
    }
    assert modes.pop("instance") == 0o700
    assert modes.keys() >= {"portal.db", "secrets.json"}
    assert set(modes.values()) == {0o600}
    assert run([*FLASK, "alerts"], environ).stdout == "No hay avisos.\n"
    secrets = (instance / "secrets.json").read_text()
    again = run([*FLASK, "init"], environ)
    assert (again.returncode, "al día" in again.stdout) == (0, True)
    assert (instance / "secrets.json").read_text() == secrets


def test_what_lay_open_is_closed(tmp_path: Path) -> None:
    environ = {"INSTANCE_PATH": str(tmp_path / "instance")}
    assert run([*FLASK, "init"], environ).returncode == 0
    database = tmp_path / "instance" / "portal.db"
    database.chmod(0o644)
    assert run([*FLASK, "alerts"], environ).returncode == 0
    assert stat.S_IMODE(database.stat().st_mode) == 0o600


def test_init_leaves_a_database_that_is_named_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'own.db'}"
    ended = run([*FLASK, "init"], SECRETS | {"DATABASE_URL": url})
    assert ended.returncode == 1
    assert "flask db upgrade" in ended.stderr
    assert files(tmp_path) == set()


def test_a_named_sqlite_is_made_by_its_migration_alone(tmp_path: Path) -> None:
    environ = SECRETS | {"DATABASE_URL": f"sqlite:///{tmp_path / 'own.db'}"}
    for command in (["alerts"], ["routes"], ["reconcile"]):
        ended = run([*FLASK, *command], environ)
        assert (ended.returncode, len(ended.stderr.splitlines())) == (4, 1)
        assert str(tmp_path / "own.db") in ended.stderr
    assert files(tmp_path) == set()
    assert run([*FLASK, "db", "upgrade"], environ).returncode == 0
    assert stat.S_IMODE((tmp_path / "own.db").stat().st_mode) == 0o600
    assert run([*FLASK, "alerts"], environ).returncode == 0


@pytest.mark.parametrize("command", ["alerts", "sales show sal_1", "db upgrade"])
def test_a_database_that_is_away_is_named_without_its_password(command: str) -> None:
    url = f"postgresql://portal:planted-password@127.0.0.1:{free_port()}/shop"
    ended = run([*FLASK, *command.split()], SECRETS | {"DATABASE_URL": url})
    assert ended.returncode == 1
    [sentence] = ended.stderr.splitlines()
    assert "postgresql://portal:***@127.0.0.1" in sentence
    assert "/shop no responde" in sentence


def test_a_database_that_is_behind_is_named(postgres_url: str) -> None:
    ended = run([*FLASK, "alerts"], SECRETS | {"DATABASE_URL": postgres_url})
    assert (ended.returncode, ended.stdout) == (1, "")
    [sentence] = ended.stderr.splitlines()
    assert "flask db upgrade" in sentence


def test_settings_are_read_from_the_file_that_is_named(tmp_path: Path, postgres_url: str) -> None:
    file = tmp_path / "portal.env"
    said = SECRETS | {"DATABASE_URL": postgres_url, "SALE_DEADLINE": "21"}
    file.write_text("".join(f"{name}={text}\n" for name, text in said.items()))
    environ = {"PORTAL_ENV": str(file), "INSTANCE_PATH": str(tmp_path / "instance")}
    assert run([*FLASK, "db", "upgrade"], environ).returncode == 0
    assert run([*FLASK, "alerts"], environ).stdout == "No hay avisos.\n"
    assert "[set: 21.0]" in run([*FLASK, "settings"], environ).stdout
    assert "[set: 22.0]" in run([*FLASK, "settings"], environ | {"SALE_DEADLINE": "22"}).stdout
    with Server(env=environ):
        pass
    assert files(tmp_path) == {"portal.env"}


@pytest.mark.parametrize("command", ["db upgrade", "alerts", "settings", "deploy nginx"])
def test_any_command_takes_the_file_s_name(command: str, tmp_path: Path) -> None:
    file, database = tmp_path / "portal.env", tmp_path / "portal.db"
    said = SECRETS | {"DATABASE_URL": f"sqlite:///{database}", "PUBLIC_URL": "https://a.example"}
    file.write_text("".join(f"{name}={text}\n" for name, text in said.items()))
    if command != "db upgrade":
        copy_sqlite(tmp_path, SECRETS)
    ended = run([*FLASK, *command.split(), f"--env={file}"])
    assert ended.returncode == 0
    assert "--env" in run([*FLASK, *command.split(), "--help"]).stdout
    missing = run([*FLASK, *command.split(), "--env", str(tmp_path / "none.env")])
    assert (missing.returncode == 4) is (command in ("alerts", "db upgrade"))


def test_the_file_of_the_machine_is_read_unless_another_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(env_file, "EVERYBODYS", tmp_path / "portal.env")
    assert deployed_environment({"A": "1"}) == {"A": "1"}
    (tmp_path / "portal.env").write_text("# Ours\n; theirs\n\nA=2\nexport B='x = # y'\n C=\"\"\n")
    assert deployed_environment({"A": "1"}) == {"A": "1", "B": "x = # y", "C": ""}
    assert deployed_environment({"PORTAL_ENV": ""}) == {"PORTAL_ENV": ""}


@pytest.mark.parametrize("said", ["A=1\nnonsense\n", None, b"A=\xff\n"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, said: str | bytes | None) -> None:
    file = tmp_path / "portal.env"
    if said is not None:
        file.write_bytes(said.encode() if isinstance(said, str) else said)
    with pytest.raises(SettingsError, match=r"portal\.env"):
        deployed_environment({"PORTAL_ENV": str(file)})


AS_ANOTHER = """
import os, sys
from portal.core.env_file import deployed_environment
if os.getuid() == 0:
    os.seteuid(65534)
try:
    print(len(deployed_environment(os.environ)))
except Exception as error:
    print(error)
"""


def test_a_file_that_is_somebody_else_s_is_named(tmp_path: Path) -> None:
    file = tmp_path / "portal.env"
    file.touch(mode=0o000)
    command, environ = [sys.executable, "-c", AS_ANOTHER], {"PORTAL_ENV": str(file)}
    said = run(command, environ)
    assert (str(file) in said.stdout, said.stderr) == (True, "")
    # systemd may have read it already.
    assert run(command, environ | {"DATABASE_URL": "x"}).stdout.strip().isdigit()
