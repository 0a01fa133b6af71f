"""Run axe-core in a page of any browser: whether everybody can use it, whatever they do it with."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

Run = Callable[..., Any]
RUN = """const [rules] = arguments, runOnly = rules.length ? {runOnly: rules} : {};
return axe.run({resultTypes: ["violations"], ...runOnly}).then(said => said.violations.flatMap(
  found => found.nodes.map(node => `${found.id}: ${node.failureSummary} ${node.html}`)));"""
# A title is there before the style sheet is, without which everything stands elsewhere.
LOADED = """return document.readyState === "complete" ||
  new Promise(done => addEventListener("load", () => done(true)));"""


@cache
def _source() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text()


def complaints(run: Run, *rules: str) -> list[str]:
    """Tell what stands in somebody's way, by these rules or all.

    `run` gives what a function with this body and these arguments returns in the page.
    """
    run(LOADED)
    if not run("return Boolean(window.axe)"):
        run(_source())
    return list(run(RUN, list(rules)))
