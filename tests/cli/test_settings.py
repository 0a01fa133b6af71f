"""`flask settings` shows each setting as `config.py` declares it, and no secret."""

from __future__ import annotations

import re
from dataclasses import Field, fields
from pathlib import Path
from typing import Any

import pytest

from config import Settings, load_settings
from portal import create_app
from tests.support.shop import SECRETS, close_app

UNITS = {"", "s", "min", "h", "days", "bytes"}


def shown(tmp_path: Path, *options: str, **environ: str) -> str:
    """What the command prints for this environment."""
    settings = load_settings(SECRETS | {"INSTANCE_PATH": str(tmp_path)} | environ)
    app = create_app(settings)
    try:
        result = app.test_cli_runner().invoke(args=["settings", *options])
    finally:
        close_app(app)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def markdown(tmp_path_factory: pytest.TempPathFactory) -> str:
    return shown(tmp_path_factory.mktemp("markdown"), "--markdown")


@pytest.mark.parametrize("spec", fields(Settings), ids=lambda spec: spec.name)
def test_each_setting_has_its_row_within_its_group(spec: Field[Any], markdown: str) -> None:
    meta = spec.metadata
    section = markdown.partition(f"## {meta['group']}\n")[2].partition("\n## ")[0]
    [row] = re.findall(rf"^\| `{spec.name.upper()}` \|.*$", section, re.MULTILINE)
    _, _, default, unit, meaning, _ = (cell.strip() for cell in row.split("|"))
    named = spec.default if not isinstance(spec.default, bool) else str(spec.default).lower()
    assert default == ("" if spec.default == "" else f"`{named}`")
    assert (unit, unit in UNITS) == (meta["unit"], True)
    assert meaning.startswith(meta["about"])


def test_each_group_stands_once(markdown: str) -> None:
    groups = re.findall(r"^## (.*)$", markdown, re.MULTILINE)
    assert groups == list(dict.fromkeys(spec.metadata["group"] for spec in fields(Settings)))


@pytest.mark.parametrize("options", [(), ("--markdown",)], ids=["text", "markdown"])
def test_no_secret_is_shown(options: tuple[str, ...], tmp_path: Path) -> None:
    planted = {"SMTP_PASSWORD": "planted-secret", "RATELIMIT_STORAGE_URI": "memory://planted"}
    said = shown(tmp_path, *options, **planted)
    for secret in (*SECRETS.values(), *planted.values()):
        assert secret not in said


def test_it_tells_what_is_set_here(tmp_path: Path) -> None:
    said = shown(tmp_path, SALE_DEADLINE="21", SMTP_PASSWORD="planted-secret")
    assert re.search(r"SALE_DEADLINE .*\[set: 21\.0\]", said)
    assert re.search(r"SMTP_PASSWORD .*\[set\]", said)
    assert not re.search(r"SALE_LEASE .*\[set", said)


@pytest.mark.parametrize(
    "spec", [s for s in fields(Settings) if s.metadata["formerly"]], ids=lambda spec: spec.name
)
def test_a_renamed_setting_is_read_under_its_old_name_too(spec: Field[Any], tmp_path: Path) -> None:
    base, old = {"INSTANCE_PATH": str(tmp_path)}, {spec.metadata["formerly"]: "77"}
    assert getattr(load_settings(base | old), spec.name) == 77
    both = base | old | {spec.name.upper(): "78"}
    assert getattr(load_settings(both), spec.name) == 78
