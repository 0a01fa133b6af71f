"""The front door is true: commands and states stand in it as they are."""

from __future__ import annotations

import re
from pathlib import Path

from click import Context, Group
from flask.cli import ScriptInfo

from config import ROOT, load_settings
from portal import create_app
from portal.models.sale_states import GRAPH

README = (ROOT / "README.md").read_text()
TWO_COMMANDS = """```
python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/flask demo
.venv/bin/pip install -e '.[test]' && .venv/bin/pytest
```"""


def test_the_two_commands_stand_as_they_are() -> None:
    assert TWO_COMMANDS in README


def test_each_command_that_it_names_exists(tmp_path: Path) -> None:
    app = create_app(load_settings({"INSTANCE_PATH": str(tmp_path)}))
    for words in re.findall(r"(?:`|^|/)flask ([a-z]+(?:-[a-z]+)?)(?: ([a-z]+))?", README, re.M):
        command = app.cli.get_command(Context(app.cli, obj=ScriptInfo()), words[0])
        assert command is not None, words
        if isinstance(command, Group):
            assert words[1] in command.commands, words


def test_the_table_of_moves_is_the_graph() -> None:
    for state, onward in GRAPH.items():
        row = re.search(rf"^\| {state} \| (.*) \|$", README, re.MULTILINE)
        named = set(re.findall(r"[a-z_]+", row[1])) & GRAPH.keys() if row else set()
        assert named == onward, state
