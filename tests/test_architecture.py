"""The arrows between the rooms, and what may lie in the checkout."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Collection
from dataclasses import dataclass

import pytest

from tests.support.commands import CHECKOUT
from tests.support.imports import Imports, import_graph, reaches, within

SURFACES = ("portal.api", "portal.pages", "portal.admin", "portal.cli")
FRAMEWORKS = ("flask", "flask_sqlalchemy", "flask_migrate", "werkzeug", "sqlalchemy", "alembic")
REQUEST = ("flask.request", "flask.session", "flask.g")
PORTS = ("portal.payments.gateway", "portal.hotspot.router")
ADAPTERS = ("portal.payments.conekta.adapter", "portal.hotspot.routeros.adapter")
# Where `create_app` finds what stands behind the ports.
ASSEMBLY = ("portal.app", "portal.providers")


@dataclass(frozen=True)
class Rule:
    """Modules in `source`, but for those in `exempt`, import of `forbidden` only `allowed`."""

    source: str
    forbidden: Collection[str]
    allowed: Collection[str] = ()
    exempt: Collection[str] = ()

    def broken_in(self, graph: Imports) -> list[str]:
        return [
            f"{module} imports {name}"
            for module, names in graph.items()
            if within(module, [self.source]) and not within(module, self.exempt)
            for name in sorted(names)
            if reaches(name, self.forbidden) and not within(name, self.allowed)
        ]

    def rooms(self) -> set[str]:
        """The modules of ours that it names."""
        named = {self.source, *self.forbidden, *self.allowed, *self.exempt}
        return {name for name in named if within(name, ["portal"])}


RULES = [
    Rule("portal.payments", ["portal", "config", *FRAMEWORKS], allowed=["portal.payments"]),
    Rule("portal.hotspot", ["portal", "config", *FRAMEWORKS], allowed=["portal.hotspot"]),
    Rule("portal.sales", ["portal.payments", "portal.hotspot"], allowed=PORTS),
    Rule("portal.sales", ["librouteros", "requests", *REQUEST, *SURFACES]),
    Rule("portal.models", ["portal.sales", *SURFACES]),
    Rule("portal", ["portal.providers"], exempt=ASSEMBLY),
    Rule("portal", ADAPTERS, exempt=[*ASSEMBLY, "portal.payments", "portal.hotspot"]),
    Rule("portal", ["portal.sandbox"], exempt=["portal.cli", "portal.sandbox"]),
]

TOP_LEVEL = {
    *("portal", "migrations", "static", "templates", "tests"),
    *("wsgi.py", "config.py", "setup.cfg", "pyproject.toml", "README.md", "LICENSE"),
}
# Written so that this file does not hold what it looks for.
MACHINE_PATH = re.compile(r"(?<![\w.})])/(?:root|work|home)/")
REGISTRY = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|yarnpkg\.com|docker\.io|ghcr\.io|index[-]url",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def graph() -> Imports:
    return import_graph(CHECKOUT / "portal")


@pytest.fixture(scope="module")
def tracked() -> list[str]:
    """The paths of the repository's files."""
    git = shutil.which("git")
    if git is None or not (CHECKOUT / ".git").exists():
        pytest.skip("not a git checkout")
    # The owner of a checkout in CI is often another user, which git refuses.
    command = [git, "-c", f"safe.directory={CHECKOUT}", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=CHECKOUT, stdout=subprocess.PIPE, check=True)
    return listed.stdout.decode().rstrip("\0").split("\0")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.source}-{rule.forbidden[0]}")
def test_arrows_run_one_way(rule: Rule, graph: Imports) -> None:
    assert rule.broken_in(graph) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.source}-{rule.forbidden[0]}")
def test_each_rule_sees_what_it_forbids(rule: Rule) -> None:
    planted = {f"{rule.source}.planted": set(rule.forbidden)}
    assert len(rule.broken_in(planted)) == len(rule.forbidden)


def test_the_rules_speak_of_rooms_that_exist(graph: Imports) -> None:
    rooms = set().union(*(rule.rooms() for rule in RULES))
    assert {room for room in rooms if not any(within(name, [room]) for name in graph)} == set()


def test_the_top_level_is_the_house(tracked: list[str]) -> None:
    names = {path.split("/")[0] for path in tracked}
    assert {name for name in names if not name.startswith(".")} == TOP_LEVEL


@pytest.mark.parametrize("pattern", [MACHINE_PATH, REGISTRY], ids=["path", "registry"])
def test_no_file_names_a_machine_or_a_registry(
    pattern: re.Pattern[str], tracked: list[str]
) -> None:
    found = [
        f"{path}:{number}: {line.strip()}"
        for path in tracked
        for number, line in enumerate(lines_of(path), start=1)
        if pattern.search(line)
    ]
    assert found == []


def lines_of(path: str) -> list[str]:
    """The lines of a tracked text file; none of a binary one, or of one just being removed."""
    try:
        return (CHECKOUT / path).read_text(encoding="utf-8").splitlines()
    except (UnicodeDecodeError, FileNotFoundError):
        return []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("cd /{}/x", True),
        ('"/{}/me/.venv"', True),
        ("PATH=/bin:/{}/bin", True),
        ("sqlite:////{}/portal.db", True),
        ("https://example.com/{}/x", False),
        ("tests/{}/x.py", False),
        ("{{ url }}/{}/", False),
    ],
)
@pytest.mark.parametrize("folder", ["root", "work", "home"])
def test_what_counts_as_a_path_of_a_machine(text: str, found: bool, folder: str) -> None:
    assert bool(MACHINE_PATH.search(text.replace("{}", folder))) is found
