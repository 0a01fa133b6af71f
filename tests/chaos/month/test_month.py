"""Two days of the café, the one without its third hour among them: the books agree."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.chaos.month.clock import library

COMMAND = (sys.executable, "-m", "tests.chaos.month")
SMALL = ("--begin=2027-03-13", "--days=2", "--sales=16", "--pace=90", "--seed=7")


@pytest.mark.long
def test_the_books_of_two_days_agree() -> None:
    if library() is None:
        pytest.skip("libfaketime is not here")
    lived = subprocess.run([*COMMAND, *SMALL], capture_output=True, text=True, check=False)
    print(lived.stderr, lived.stdout)
    assert lived.returncode == 0
    assert "1 of 23 h, 1 of 24 h" in lived.stdout
    assert "the books agree to the centavo" in lived.stdout
