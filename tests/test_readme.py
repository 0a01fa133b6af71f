"""Check that the front door is true: files, settings, commands and states stand as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from click import Context, Group
from flask.cli import ScriptInfo

from config import ROOT, Settings, load_settings
from portal import create_app
from portal.models.sale_states import GRAPH
from tests.support.structure.rooms import CROWD, FLOORS

README = (ROOT / "README.md").read_text()
HOUSE = (ROOT / "portal" / "README.md").read_text()
PAGES = ("README.md", "portal/README.md", "templates/deploy/README.md")
TWO_COMMANDS = """```
python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/flask demo
.venv/bin/pip install -e '.[test]' && .venv/bin/pytest
```"""
ROW = re.compile(r"^\| `([A-Z_]+)` \| (?:`(.*?)`)? \| ", re.MULTILINE)
LINKED = re.compile(r'\]\(([^)]+)\)|src="([^"]+)"')
NAMED = re.compile(r"`([a-z_./]+(?:/|\.py|\.md|\.po))`")
COMMAND = re.compile(r"(?:`|^|/| )flask ([a-z]+(?:-[a-z]+)?)(?: ([a-z]+))?", re.MULTILINE)
LARGEST_PICTURE = 60_000
MOST_LINES = 160


def linked(page: str) -> Iterator[tuple[Path, str]]:
    """Yield the file and the heading that each of a page's links leads to."""
    here = ROOT / page
    for target, picture in LINKED.findall(here.read_text()):
        path, _, heading = (target or picture).partition("#")
        yield (here.parent / path if path else here), heading


def anchor(heading: str) -> str:
    """Make the name by which a heading is linked to."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def shown(default: object) -> str:
    """Write a default as `flask settings` does."""
    return str(default).lower() if isinstance(default, bool) else str(default)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_each_link_leads_somewhere(page: str) -> None:
    links = list(linked(page))
    assert links
    for path, heading in links:
        assert path.exists(), path
        if heading:
            headings = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
            assert heading in {anchor(text) for text in headings}


@pytest.mark.parametrize("page", [*PAGES, "tests/README.md"], ids=str)
def test_each_file_that_it_names_exists(page: str) -> None:
    here = ROOT / page
    for name in NAMED.findall(here.read_text()):
        known = any((place / name).exists() for place in (ROOT, ROOT / "portal", here.parent))
        assert known or any(here.parent.glob(f"**/{name}")), name


def test_the_front_door_is_soon_read() -> None:
    assert len(README.partition("\n## Changelog")[0].splitlines()) <= MOST_LINES


def test_its_pictures_are_small() -> None:
    pictures = [path for path, _ in linked("README.md") if path.suffix == ".webp"]
    assert len(pictures) == 3
    assert all(path.stat().st_size < LARGEST_PICTURE for path in pictures)


def test_each_setting_that_it_names_is_one() -> None:
    rows = dict(ROW.findall(README))
    defaults = {spec.name.upper(): shown(spec.default) for spec in fields(Settings)}
    assert len(rows) >= 10
    assert rows == {name: defaults.get(name) for name in rows}


def test_the_two_commands_stand_as_they_are() -> None:
    assert TWO_COMMANDS in README


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_each_command_that_it_names_exists(page: str, tmp_path: Path) -> None:
    app = create_app(load_settings({"INSTANCE_PATH": str(tmp_path)}))
    spoken = COMMAND.findall((ROOT / page).read_text())
    assert spoken
    for words in spoken:
        command = app.cli.get_command(Context(app.cli, obj=ScriptInfo()), words[0])
        assert command is not None, words
        if isinstance(command, Group):
            assert words[1] in command.commands, words


def test_the_table_of_moves_is_the_graph() -> None:
    for state, onward in GRAPH.items():
        row = re.search(rf"^\| {state} \| (.*) \|$", HOUSE, re.MULTILINE)
        named = set(re.findall(r"[a-z_]+", row[1])) & GRAPH.keys() if row else set()
        assert named == onward, state


def test_the_import_rule_is_the_one_that_is_held() -> None:
    ranked = [", ".join(rooms) for rooms in FLOORS if rooms != ("__init__",)]
    assert f"\n{' < '.join(ranked)}\n" in HOUSE
    assert f"{CROWD} modules at most" in HOUSE


def test_each_room_has_its_row() -> None:
    named = set(re.findall(r"`([a-z]+)/`", HOUSE.partition("\n## Rooms")[2].partition("\n### ")[0]))
    folders = {path.name for path in (ROOT / "portal").iterdir() if (path / "__init__.py").exists()}
    assert folders <= named
