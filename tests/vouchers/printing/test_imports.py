"""Prove that what prints is imported by who prints alone, after the log is ours."""

from __future__ import annotations

import sys

from tests.support.processes.commands import run

ASK = """
import logging, sys
import portal.app
print([name for name in ("escpos", "fpdf") if name in sys.modules], logging.getLogger().handlers)
"""


def test_the_application_starts_without_what_prints() -> None:
    ended = run([sys.executable, "-c", ASK])
    assert ended.stdout == "[] []\n", ended.stderr
