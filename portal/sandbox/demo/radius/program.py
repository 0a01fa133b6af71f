"""Become the command: `python -m portal.sandbox.demo.radius.program USER COMMAND…`.

As this user where somebody is named: PostgreSQL refuses to run as root. The signal at the parent's
death is asked for again then, since whoever becomes somebody else loses it (prctl's manual page).
"""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import sys

from portal.sandbox.demo.tether import PR_SET_PDEATHSIG


def main() -> None:
    """Become the user, and run the command in this process' place."""
    user, *command = sys.argv[1:]
    parent = os.getppid()
    if user:
        entry = pwd.getpwnam(user)
        os.setgroups([])
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == parent:
        os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main()
