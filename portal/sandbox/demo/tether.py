"""Become the command, and end when the parent does: `python tether.py PARENT COMMAND…`.

Linux sends a process a signal at its parent's death, if it asked for it (prctl's manual page).
Elsewhere only a parent that is killed without warning leaves its children behind.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask for the signal, and run the command in this process' place."""
    parent, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    # It may have died before we asked.
    if os.getppid() == int(parent):
        os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main()
