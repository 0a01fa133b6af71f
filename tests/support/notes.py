"""Say at the end of the run what tests measured, wherever they ran; a pytest plugin."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

NOTE = "note"
Note = Callable[[str], None]


@pytest.fixture
def note(record_property: Callable[[str, object], None]) -> Note:
    """Says a line at the end of the run."""
    return partial(record_property, NOTE)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for found in terminalreporter.stats.values() for report in found]
    # Other phases' reports repeat them.
    calls = [report for report in reports if getattr(report, "when", None) == "call"]
    notes = [text for report in calls for name, text in report.user_properties if name == NOTE]
    if notes:
        terminalreporter.section("measured")
    for text in sorted(notes):
        terminalreporter.write_line(text)
