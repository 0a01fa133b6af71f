"""`python -m tests.chaos.month`: a month of one café in minutes, its books agreeing every day.

The clock is moved by libfaketime. Phones change their MAC address every day, the router reboots and
loses power, the gateway's answers get lost, the night of the 14th of March has no third hour.
"""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys
from datetime import date, timedelta

from tests.chaos.month.clock import AHEAD, environment, library

MISSING = "libfaketime is not here: apt-get install faketime"
BEGIN = date(2027, 3, 1)


def main() -> int:
    """Live the month in a process whose clock can be moved; 1 where its books do not agree."""
    options = _parser().parse_args()
    if AHEAD in os.environ:
        from tests.chaos.month.living import live

        print(f"seed {options.seed}", file=sys.stderr, flush=True)
        return live(
            options.begin,
            options.days,
            options.sales,
            timedelta(minutes=options.pace),
            options.seed,
        )
    preloaded = library()
    if preloaded is None:
        sys.exit(MISSING)
    command = [sys.executable, "-m", "tests.chaos.month", *sys.argv[1:], f"--seed={options.seed}"]
    return subprocess.run(command, env=environment(preloaded), check=False).returncode


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.month", description=__doc__)
    parser.add_argument("--begin", type=date.fromisoformat, default=BEGIN)
    parser.add_argument("--days", type=int, default=31)
    parser.add_argument("--sales", type=int, default=300, help="purchases a day")
    parser.add_argument("--pace", type=int, default=10, help="minutes between a worker's looks")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    return parser


if __name__ == "__main__":
    sys.exit(main())
