"""What `flask deploy` prints: filled in, usable as it is, without a secret of this installation."""

from __future__ import annotations

import configparser
import getpass
import os
import re
import shutil
import sys
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from secrets import token_hex

import psycopg2
import pytest

from config import ROOT, Settings, faults, read_settings
from portal.core.env_file import deployed_environment
from tests.support.processes.commands import run
from tests.support.shop import SECRETS

FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]


def printed(folder: Path, *words: str, **environ: str) -> str:
    ended = run([*FLASK, "deploy", *words], {"INSTANCE_PATH": str(folder / "none")} | environ)
    assert ended.returncode == 0, ended.stderr
    assert not (folder / "none").exists()
    return ended.stdout


def test_the_settings_are_whole_and_fresh(tmp_path: Path) -> None:
    text, other = (printed(tmp_path, "env", "--public-url", "https://a.example") for _ in "ab")
    file = tmp_path / "portal.env"
    file.write_text(text)
    said = deployed_environment({"PORTAL_ENV": str(file)})
    settings = read_settings(said, make=False)
    assert list(faults(settings)) == []
    assert (settings.public_url, settings.trusted_proxies) == ("https://a.example", 1)
    assert re.search(r"PASSWORD '(.*)'", text)[1] in settings.database_url  # type: ignore[index]
    for name in ("secret_key", "jwt_apikey_secret", "jwt_session_secret", "encryption_keys"):
        assert getattr(settings, name) not in other


def test_its_database_is_made_in_utf_8_on_any_cluster(tmp_path: Path, postgres_url: str) -> None:
    text = printed(tmp_path, "env")
    [statement] = re.findall(r'-c "(CREATE DATABASE [^"]+)"', text)
    [user] = re.findall(r"OWNER (\w+)", statement)
    with closing(psycopg2.connect(postgres_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            name = f"made_{token_hex(6)}"
            ours = statement.replace(f"DATABASE {user} OWNER {user}", f"DATABASE {name}")
            cursor.execute(ours)
            cursor.execute(
                "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = %s", [name]
            )
            encoding = cursor.fetchone()
            cursor.execute(f"DROP DATABASE {name}")
    assert (encoding, "template0" in ours) == (("UTF8",), True)


@pytest.mark.parametrize(
    ("words", "setting"),
    [
        (("--public-url", "wifi.example.com"), "PUBLIC_URL"),
        (("--database", "mysql://a@b/c"), "DATABASE_URL"),
    ],
)
def test_no_file_is_written_that_no_command_could_read(
    tmp_path: Path, words: tuple[str, str], setting: str
) -> None:
    ended = run([*FLASK, "deploy", "env", *words], {"INSTANCE_PATH": str(tmp_path / "none")})
    assert (ended.returncode, ended.stdout) == (1, "")
    assert setting in ended.stderr


def test_every_setting_stands_in_it_with_its_default(tmp_path: Path) -> None:
    text = printed(tmp_path, "env")
    said = dict(re.findall(r"^#?([A-Z0-9_]+)=(.*)$", text, re.MULTILINE))
    names = {spec.name.upper() for spec in fields(Settings)}
    assert names - said.keys() == {"DEMO_CONTROL_URL", "INSTANCE_PATH"}
    file = tmp_path / "portal.env"
    file.write_text(re.sub(r"^#(?=[A-Z0-9_]+=)", "", text, flags=re.MULTILINE))
    settings = read_settings(deployed_environment({"PORTAL_ENV": str(file)}), make=False)
    assert list(faults(settings)) == []


def unit(folder: Path, kind: str, **environ: str) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read_string(printed(folder, "systemd", kind, **environ))
    return parsed


@pytest.mark.parametrize(
    ("kind", "command"),
    [("web", "gunicorn -c python:portal.server wsgi:app"), ("worker", "flask --app wsgi worker")],
)
def test_a_unit_names_this_installation(tmp_path: Path, kind: str, command: str) -> None:
    service = unit(tmp_path, kind, PORTAL_ENV="")["Service"]
    assert service["ExecStart"] == f"{sys.prefix}/bin/{command}"
    assert service["WorkingDirectory"] == str(ROOT)
    assert service["Environment"].endswith("=/etc/portal.env")
    assert service["User"] == ("portal" if os.geteuid() == 0 else getpass.getuser())
    assert (service["ProtectSystem"], service["NoNewPrivileges"]) == ("strict", "yes")
    assert int(service["TimeoutStopSec"]) > 30


def test_a_unit_may_write_to_its_embedded_database_alone(tmp_path: Path) -> None:
    assert unit(tmp_path, "web")["Service"]["ReadWritePaths"] == str(tmp_path / "none")
    url = SECRETS | {"DATABASE_URL": "postgresql://a@b/c"}
    assert "ReadWritePaths" not in unit(tmp_path, "web", **url)["Service"]


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("no systemd-analyze")
    units = [tmp_path / f"portal-{kind}.service" for kind in ("web", "worker")]
    for path in units:
        path.write_text(printed(tmp_path, "systemd", path.stem.removeprefix("portal-")))
    checked = run([tool, "verify", *units])
    about_ours = [line for line in checked.stderr.splitlines() if "portal-" in line]
    assert (checked.returncode, about_ours) == (0, [])


def test_both_units_come_at_once(tmp_path: Path) -> None:
    text = printed(tmp_path, "systemd")
    for kind in ("web", "worker"):
        assert f"# /etc/systemd/system/portal-{kind}.service" in text


@pytest.mark.parametrize(
    ("version", "word"), [("2.6.2", "buffer_requests"), ("v2.10", "request_buffers")]
)
def test_caddy_is_spoken_to_in_its_version_s_words(tmp_path: Path, version: str, word: str) -> None:
    text = printed(tmp_path, "caddy", "--version", version, PUBLIC_URL="https://a.example")
    assert word in text


def test_each_says_what_is_missing(tmp_path: Path) -> None:
    ended = run([*FLASK, "deploy", "nginx"], {"INSTANCE_PATH": str(tmp_path / "none")})
    assert "TRUSTED_PROXIES=1" in ended.stderr
    assert "PUBLIC_URL" in ended.stderr
