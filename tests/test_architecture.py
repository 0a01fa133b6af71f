"""The arrows between the rooms, and what may lie in the checkout."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator

import pytest

from tests.support.processes.commands import CHECKOUT
from tests.support.structure import rooms
from tests.support.structure.imports import Imports, import_graph

PROVIDERS = re.compile(r"conekta|mercado.?pago|routeros|freeradius|facturapi", re.IGNORECASE)
# The JSON contract's own words, and settings, whose names are an operator's.
CONTRACT = re.compile(
    r"pagar-conekta|(?:mi-empresa/|@blueprint\.route\(\"/)conekta|configurar-conekta|"
    r"conekta_(?:private_key|public_key|mode)",
)
AT_HOME = ("portal/providers.py", "portal/sandbox", "portal/hotspot/setup", "portal/core/logs.py")

TOP_LEVEL = {
    *("portal", "migrations", "static", "templates", "tests", "findings"),
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
def tests() -> Imports:
    return import_graph(CHECKOUT / "tests")


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


def test_what_tests_import_of_each_other_is_there(tests: Imports) -> None:
    """Also what no test runs by itself, and whichever of them was moved meanwhile."""
    missing = {
        f"{module} imports {name}"
        for module, names in tests.items()
        for name in names
        if name.startswith("tests.") and not {name, name.rpartition(".")[0]} & tests.keys()
    }
    assert missing == set()


def test_arrows_point_downward(graph: Imports) -> None:
    assert list(rooms.upward(graph)) == []


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("portal.core.mail", "portal.models.Sale"),
        ("portal.core.mail", "portal.payments.gateway"),
        ("portal.models.sale", "portal.ports.settings"),
        ("portal.access.reconciler", "portal.sales.context"),
        ("portal.sales.purchase", "portal.worker.runner"),
        ("portal.pages.shop", "portal.api.storefront"),
        ("portal.api.auth", "portal.pages.shop"),
        ("portal.web.fields", "portal.api.blueprints"),
        ("portal.sales.purchase", "portal.providers"),
        ("portal.operators.router_setup", "portal.sandbox.routeros"),
        ("portal.cli.worker", "portal.create_app"),
    ],
)
def test_an_arrow_that_points_upward_is_seen(module: str, name: str) -> None:
    assert list(rooms.upward({module: {name}})) == [f"{module} imports {name}"]


def test_payments_and_hotspot_could_be_published_alone(graph: Imports) -> None:
    assert list(rooms.not_alone(graph)) == []


@pytest.mark.parametrize(
    "name", ["portal.core.errors", "flask.current_app", "sqlalchemy", "config"]
)
@pytest.mark.parametrize("room", rooms.ALONE)
def test_what_keeps_them_from_it_is_seen(room: str, name: str) -> None:
    assert len(list(rooms.not_alone({f"portal.{room}.planted": {name}}))) == 1


def test_there_is_no_circle(graph: Imports) -> None:
    assert rooms.circles(graph) == []


def test_a_circle_is_seen() -> None:
    planted = {"portal.a": {"portal.b.x"}, "portal.b": {"portal.c"}, "portal.c": {"portal.a.y"}}
    assert rooms.circles(planted) == [["portal.a", "portal.b", "portal.c"]]


def test_no_folder_is_crowded(graph: Imports) -> None:
    assert rooms.crowded(graph) == {}


def test_a_crowded_folder_is_seen() -> None:
    planted = {f"portal.sales.m{number}": set[str]() for number in range(rooms.CROWD + 1)}
    assert rooms.crowded(planted) == {"portal.sales": rooms.CROWD + 1}


def test_nothing_lies_loose(graph: Imports) -> None:
    assert list(rooms.strangers(graph)) == []
    assert list(rooms.strangers({"portal.helpers": set(), "portal.misc.x": set()})) == [
        "portal.helpers",
        "portal.misc.x",
    ]


def test_a_provider_is_named_at_home_alone(tracked: list[str]) -> None:
    assert list(provider_names(tracked)) == []


def test_a_provider_named_elsewhere_is_seen() -> None:
    assert names_provider("portal/sales/purchase.py", 'message = "Conekta no acepta"')
    assert not names_provider("portal/payments/conekta/client.py", "class ConektaClient:")
    assert not names_provider("portal/payments/mercadopago/client.py", "Mercado Pago's")
    assert not names_provider("portal/api/public/payments.py", '"/pagar-conekta"')
    assert not names_provider("portal/api/admin/gateway.py", '@blueprint.route("/conekta")')
    assert names_provider("portal/api/admin/gateway.py", 'session_blueprint("conekta", __name__)')


def provider_names(tracked: list[str]) -> Iterator[str]:
    for path in tracked:
        if path.startswith("portal/") and path.endswith(".py"):
            for number, line in enumerate(lines_of(path), start=1):
                if names_provider(path, line):
                    yield f"{path}:{number}: {line.strip()}"


def names_provider(path: str, line: str) -> bool:
    """Whether a line names a provider in a place that is not its own."""
    named = PROVIDERS.search(CONTRACT.sub("", line))
    folder = f"/{re.sub(r'[^a-z]', '', named.group().lower())}/" if named else ""
    return named is not None and not (path.startswith(AT_HOME) or folder in path)


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


def test_no_class_has_another_s_name() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((CHECKOUT / "portal").rglob("*.py")):
        if "sandbox" in path.parts:
            continue
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(str(path.relative_to(CHECKOUT)))
    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}
