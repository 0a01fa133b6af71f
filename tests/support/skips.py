"""Let nothing be skipped in CI for a part that CI should have; a pytest plugin."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

from tests.support import reference

CI = "CI"


def in_ci() -> bool:
    return os.environ.get(CI, "").lower() not in ("", "0", "false")


def permitted(reason: str) -> bool:
    """The data that our sandboxes are compared with may be missing, unless it was promised."""
    return reason.startswith(reference.MISSING) and not reference.expected()


def reason_of(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Why it was skipped."""
    place = report.longrepr
    text = place[2] if isinstance(place, tuple) else str(place)
    return text.removeprefix("Skipped: ")


def forbid_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """In CI, turn the report of a skip that is not permitted into a failure."""
    expected_to_fail = hasattr(report, "wasxfail")
    if not report.skipped or expected_to_fail or not in_ci():
        return
    reason = reason_of(report)
    if not permitted(reason):
        report.outcome = "failed"
        report.longrepr = f"skipped where CI should have what it needs: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    forbid_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    forbid_skip(report)
    return report
