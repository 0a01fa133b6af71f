"""Every command says in one language what it does, and shows an example that could be typed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner
from flask import Flask

from config import load_settings
from portal import create_app
from portal.cli import command
from portal.cli.command import CliCommand, CliGroup
from tests.support.shop import SECRETS, close_app

# Flask's own, and its extensions': what they say is theirs.
THEIRS = {"db", "openapi", "routes", "run", "shell"}
# What Click would say, and words that no Spanish sentence has.
ENGLISH = re.compile(
    r"\b(usage|options|commands|default|required|show|exit|text|integer|float|directory|filename|"
    r"the|and|of|to|for|with|all|what|each|only|until|seconds?)\b",
    re.IGNORECASE,
)
SPANISH = re.compile(r"\b(de|el|la|los|las|lo|un|una|que|y|se|su|con|en|al|cada)\b")
LONGEST_SENTENCE = 60


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("instance")
    app = create_app(load_settings(SECRETS | {"INSTANCE_PATH": str(folder)}))
    yield app
    close_app(app)


def offered(app: Flask) -> dict[str, click.Command]:
    """Every command of the application by its name."""
    here = click.Context(app.cli)
    every = {name: app.cli.get_command(here, name) for name in app.cli.list_commands(here)}
    return {name: one for name, one in every.items() if one is not None}


def named(app: Flask) -> dict[str, click.Command]:
    """Our commands by the words that call them, groups among them."""
    found: dict[str, click.Command] = {}
    waiting = [(name, one) for name, one in offered(app).items() if name not in THEIRS]
    for words, one in waiting:
        found[words] = one
        if isinstance(one, click.Group):
            waiting += [(f"{words} {name}", under) for name, under in one.commands.items()]
    return found


def shown(words: str, one: click.Command) -> str:
    """What `--help` shows in a terminal of 80 columns."""
    result = CliRunner().invoke(one, ["--help"], prog_name=f"flask {words}", terminal_width=80)
    assert result.exit_code == 0, result.output
    return result.output


def parsed(app: Flask, line: str) -> click.Context:
    """Let Click read a line as far as its last command, and run nothing."""
    program, *words = shlex.split(line.partition(" > ")[0])
    assert program == "flask"
    here: click.Command = click.Group("flask", commands=offered(app))
    while isinstance(here, click.Group):
        assert words, f"{line} names no command"
        under = here.commands.get(words[0])
        assert under is not None, f"{line} names a command that is not there"
        here, words = under, words[1:]
    return here.make_context(here.name, words)


def test_there_are_commands_to_look_at(app: Flask) -> None:
    assert {"demo", "worker", "sales refund", "router check", "deploy nginx"} <= set(named(app))


def test_every_command_is_made_with_ours(app: Flask) -> None:
    strangers = [
        words for words, one in named(app).items() if not isinstance(one, CliCommand | CliGroup)
    ]
    assert strangers == [], "make them with portal.cli.command"


def test_every_help_begins_with_a_sentence_that_lists_show_whole(app: Flask) -> None:
    for words, one in named(app).items():
        first, _, rest = (one.help or "").partition("\n\n")
        assert first == first.strip(), words
        assert first.endswith("."), words
        assert first[0].isupper(), words
        assert "\n" not in first, words
        assert len(first) <= LONGEST_SENTENCE, words
        assert one.get_short_help_str(LONGEST_SENTENCE) == first, words
        assert not rest or rest.rstrip().endswith("."), words


def test_every_option_is_described(app: Flask) -> None:
    for words, one in named(app).items():
        for param in one.params:
            if isinstance(param, click.Option):
                assert param.help, f"{words} {param.name}"
                assert param.help.endswith("."), f"{words} {param.name}"
                assert param.is_flag or param.metavar, f"{words} {param.name} has no metavar"
            else:
                assert param.metavar, f"{words} {param.name} has no metavar"


def test_every_help_is_spanish_throughout(app: Flask) -> None:
    for words, one in named(app).items():
        said = shown(words, one)
        assert said.startswith("Uso: flask "), words
        said = said.replace(f"flask {words}", "", 1)
        prose = "\n".join(line for line in said.splitlines() if not line.startswith("  flask "))
        prose = re.sub(r"^  [a-z]+  |--[a-z-]+|«[^»]*»", "", prose, flags=re.MULTILINE)
        assert ENGLISH.findall(prose) == [], words
        assert SPANISH.search(prose), words


def test_every_example_can_be_typed(app: Flask) -> None:
    for words, one in named(app).items():
        assert isinstance(one, CliCommand | CliGroup)
        assert one.examples, words
        for line in one.examples:
            assert line.startswith(f"flask {words}"), line
            assert f"  {line}\n" in shown(words, one)
            parsed(app, line)


@pytest.mark.parametrize(
    "line",
    ["flask sales", "flask worker --treads 8", "flask sales refund sal_1", "flask nothing"],
)
def test_an_example_that_cannot_be_typed_is_seen(app: Flask, line: str) -> None:
    with pytest.raises((click.UsageError, AssertionError)):
        parsed(app, line)


def test_none_can_be_made_without_an_example() -> None:
    with pytest.raises(TypeError, match="example"):
        command.CliCommand("planted")


def test_the_list_of_all_shows_each_sentence(app: Flask) -> None:
    listed = app.test_cli_runner().invoke(args=["--help"], terminal_width=80).output
    for words, one in named(app).items():
        if " " not in words:
            assert (one.help or "").partition(".")[0] in listed, words
