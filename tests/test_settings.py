"""Test settings: read once, frozen, documented; whatever is wrong stops start-up in words."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from config import Settings, SettingsError, faults, load_settings, read_settings
from portal.core.instance import SECRETS_FILE
from tests.support.processes.commands import run
from tests.support.processes.process import ProcessFailed
from tests.support.servers.gunicorn import Server
from tests.support.shop import SECRETS

PRODUCTION = SECRETS | {"DATABASE_URL": "postgresql://planted-user:planted-password@127.0.0.1:1/x"}
RANDOM_TEXT = "Set {} to a random text of at least 32 characters, for example the output of: "
WEAK = {
    "SECRET_KEY": [None, "", "short", "a" * 64, "ab" * 32, " " * 40],
    "JWT_APIKEY_SECRET": [None, "planted-but-too-short"],
    "JWT_SESSION_SECRET": [None, "x" * 31],
    "ENCRYPTION_KEYS": [None, "", ",", "planted", "A" * 43, SECRETS["ENCRYPTION_KEYS"] + ",short"],
}
UNUSABLE = {
    "DATABASE_URL": [
        "planted nonsense",
        "mysql://a:planted@b/c",
        "postgresql://a:planted@b:port/c",
        "postgresql://a:planted@planted@b/c",
    ],
    "CONEKTA_CHARGE": ["sometimes"],
    "CONEKTA_API_URL": ["nonsense", "ftp://example.com"],
    "PUBLIC_URL": ["portal.example.com"],
    "METRICS_ALLOW": ["everybody"],
    "LOG_LEVEL": ["LOUD"],
    "SALE_LEASE": ["5"],
    "WEB_WORKERS": ["0"],
    "WEB_THREADS": ["0", "many"],
    "DEVICE_DECLINES": ["60", "61", "1000"],
    "ADDRESS_DECLINES": ["0", "4", "5", "200", "300"],
    "ROUTER_DECLINES": ["1", "60"],
    "DB_POOL_SIZE": ["many", "-1", "1.5", "nan"],
    "ROUTER_TIMEOUT": ["soon", "-1", "inf", "nan"],
}
NAMES = [field.name for field in dataclasses.fields(Settings)]


def with_setting(variable: str, value: str | None) -> dict[str, str]:
    changed = PRODUCTION | {variable: value or ""}
    return {name: text for name, text in changed.items() if name != variable or value is not None}


def planted_in(environ: dict[str, str]) -> list[str]:
    """What must not be said of these settings."""
    return [text for name, text in environ.items() if name in SECRETS and len(text) > 5] + [
        "planted"
    ]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        (variable, value)
        for table in (WEAK, UNUSABLE)
        for variable, values in table.items()
        for value in values
    ],
)
def test_what_cannot_be_used_is_named_without_being_told(variable: str, value: str | None) -> None:
    environ = with_setting(variable, value)
    with pytest.raises(SettingsError) as caught:
        load_settings(environ)
    sentence = str(caught.value)
    assert variable in sentence
    assert "\n" not in sentence
    assert not [secret for secret in planted_in(environ) if secret in sentence]


@pytest.mark.parametrize("other", ["SECRET_KEY", "ENCRYPTION_KEYS"])
def test_the_secrets_must_differ(other: str) -> None:
    environ = PRODUCTION | {"JWT_SESSION_SECRET": SECRETS[other]}
    with pytest.raises(SettingsError, match="each its own value"):
        load_settings(environ)


def test_all_that_is_wrong_is_told_at_once() -> None:
    environ = PRODUCTION | {"SECRET_KEY": "short", "SALE_LEASE": "1", "PUBLIC_URL": "nonsense"}
    told = " ".join(map(str, faults(read_settings(environ, make=False))))
    for name in ("SECRET_KEY", "SALE_LEASE", "PUBLIC_URL"):
        assert f"Set {name} to" in told


COMMANDS = {
    "import": [sys.executable, "-c", "import wsgi"],
    "flask": [sys.executable, "-m", "flask", "routes"],
    "flask db": [sys.executable, "-m", "flask", "db", "current"],
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("variable", "value"),
    [("SECRET_KEY", None), ("ENCRYPTION_KEYS", "planted"), ("DATABASE_URL", "planted nonsense")],
)
def test_a_process_says_one_sentence_and_ends(
    command: str, variable: str, value: str | None
) -> None:
    ended = run(COMMANDS[command], with_setting(variable, value))
    assert ended.returncode not in (0, 1)
    assert ended.stdout == ""
    [sentence] = ended.stderr.splitlines()
    assert variable in sentence
    assert not [secret for secret in planted_in(PRODUCTION) if secret in ended.stderr]


def test_gunicorn_says_it_and_does_not_try_again() -> None:
    with pytest.raises(ProcessFailed) as caught, Server(env=with_setting("SECRET_KEY", None)):
        pytest.fail("it started")
    said = str(caught.value)
    assert "ended with 4" in said
    assert said.count(RANDOM_TEXT.format("SECRET_KEY")) == 1
    assert "Traceback" not in said
    assert not [secret for secret in planted_in(PRODUCTION) if secret in said]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    command = [sys.executable, "-m", "flask", "init"]
    ended = run(command, {"INSTANCE_PATH": str(tmp_path / "file" / "instance")})
    assert ended.returncode != 0
    [sentence] = ended.stderr.splitlines()
    assert "INSTANCE_PATH" in sentence


@pytest.mark.parametrize("spoilt", ["", "{", "[]", '{"secret_key": 5}', "{}"])
def test_secrets_that_somebody_spoilt_are_named(tmp_path: Path, spoilt: str) -> None:
    """They are never made anew: what they protected would be lost."""
    (tmp_path / SECRETS_FILE).write_text(spoilt)
    with pytest.raises(SettingsError) as caught:
        load_settings({"INSTANCE_PATH": str(tmp_path)})
    assert "\n" not in str(caught.value)
    assert (tmp_path / SECRETS_FILE).read_text() == spoilt


PRINT_DIGEST = (
    "import hashlib, config;"
    "s = config.load_settings();"
    "print(hashlib.sha256(repr((s.secret_key, s.jwt_apikey_secret, s.jwt_session_secret,"
    " s.encryption_keys)).encode()).hexdigest())"
)


def test_embedded_secrets_are_made_once_whoever_starts_first(tmp_path: Path) -> None:
    instance = tmp_path / "new" / "instance"
    environ = {"INSTANCE_PATH": str(instance)}
    with ThreadPoolExecutor(6) as threads:
        command = [sys.executable, "-c", PRINT_DIGEST]
        started = [threads.submit(run, command, environ) for _ in range(6)]
        answers = [process.result() for process in started]
    assert {answer.stderr for answer in answers} == {""}
    assert len({answer.stdout for answer in answers}) == 1
    kept = load_settings(environ)
    secrets = (kept.secret_key, kept.jwt_apikey_secret, kept.jwt_session_secret)
    digest = hashlib.sha256(repr((*secrets, kept.encryption_keys)).encode()).hexdigest()
    assert answers[0].stdout.strip() == digest
    assert [path.name for path in instance.iterdir()] == [SECRETS_FILE]
    assert stat.S_IMODE((instance / SECRETS_FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(instance.stat().st_mode) == 0o700


def test_each_embedded_instance_has_secrets_of_its_own(tmp_path: Path) -> None:
    one, other = (load_settings({"INSTANCE_PATH": str(tmp_path / name)}) for name in "ab")
    for name in ("secret_key", "jwt_apikey_secret", "jwt_session_secret", "encryption_keys"):
        assert getattr(one, name) != getattr(other, name)
    stored = json.loads((tmp_path / "a" / SECRETS_FILE).read_text())
    assert one.secret_key == stored["secret_key"]


def test_the_environment_wins_over_what_is_stored(tmp_path: Path) -> None:
    environ = {"INSTANCE_PATH": str(tmp_path), "SECRET_KEY": SECRETS["SECRET_KEY"]}
    assert load_settings(environ).secret_key == SECRETS["SECRET_KEY"]


def test_production_writes_no_secrets(tmp_path: Path) -> None:
    load_settings(PRODUCTION | {"INSTANCE_PATH": str(tmp_path)})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("postgresql://u:p@h:5/d", "postgresql+psycopg2://u:p@h:5/d"),
        ("postgres://u:p@h/d?sslmode=require", "postgresql+psycopg2://u:p@h/d?sslmode=require"),
        ("postgresql+psycopg2://u@/d", "postgresql+psycopg2://u@/d"),
        ("sqlite:////tmp/x.db", "sqlite:////tmp/x.db"),
    ],
)
def test_database_urls(given: str, kept: str) -> None:
    assert load_settings(PRODUCTION | {"DATABASE_URL": given}).database_url == kept


def test_without_a_url_the_database_lies_in_the_instance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings({"INSTANCE_PATH": "some/where"})
    assert settings.instance_path == str(tmp_path / "some" / "where")
    assert settings.database_url == f"sqlite:///{tmp_path}/some/where/portal.db"
    assert settings.embedded
    assert not load_settings(PRODUCTION).embedded


def test_variables_become_numbers() -> None:
    settings = load_settings(
        PRODUCTION | {"DB_POOL_SIZE": " 3 ", "ROUTER_TIMEOUT": "2.5", "LOG_LEVEL": ""}
    )
    assert (settings.db_pool_size, settings.router_timeout) == (3, 2.5)
    assert settings.log_level == "INFO"


@pytest.mark.parametrize("name", NAMES)
def test_settings_cannot_be_changed(name: str) -> None:
    settings = load_settings(PRODUCTION)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(settings, name, getattr(settings, name))


@pytest.mark.parametrize("field", dataclasses.fields(Settings), ids=NAMES)
def test_every_setting_says_what_it_is_for(field: dataclasses.Field[Any]) -> None:
    assert len(field.metadata["about"]) > 5
    assert isinstance(field.default, (str, int, float))


def test_settings_show_no_secret() -> None:
    shown = repr(load_settings(PRODUCTION)) + str(load_settings(PRODUCTION))
    assert "conekta_api_url" in shown
    assert not [secret for secret in planted_in(PRODUCTION) if secret in shown]
