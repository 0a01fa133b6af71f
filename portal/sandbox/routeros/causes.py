"""Name why a session ended, in RADIUS' numbers (RFC 2866, 5.10)."""

from __future__ import annotations

from enum import IntEnum


class Cause(IntEnum):
    """Name which of them RouterOS gives when is undocumented, but for the obvious ones.

    Assumed: a phone that went away is a `LOST_SERVICE`, a limit on bytes a `NAS_REQUEST`, whoever
    was taken off by an operator, the API or a Disconnect an `ADMIN_RESET`.
    """

    USER_REQUEST = 1
    LOST_SERVICE = 3
    IDLE_TIMEOUT = 4
    SESSION_TIMEOUT = 5
    ADMIN_RESET = 6
    NAS_REQUEST = 10
    NAS_REBOOT = 11
