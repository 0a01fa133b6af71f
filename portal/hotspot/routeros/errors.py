"""Say what went wrong on the way to a router, as errors of the port."""

from __future__ import annotations

import socket
import ssl

from portal.hotspot.errors import ProfileMissing, RouterRefused, RouterUnidentified
from portal.hotspot.routeros import messages


class Trap(Exception):
    """Report the router's error. `message` is its own, and never leaves this package."""

    def __init__(self, message: str) -> None:
        super().__init__("the router answered with an error")
        self.message = message

    def says(self, *parts: str) -> bool:
        """Tell whether any of these lower-case texts stands in the message, whatever its case."""
        message = self.message.lower()
        return any(part in message for part in parts)


class Lost(Exception):
    """Say that the connection is of no use any more, and that the reply has not come.

    `sent`: whether the router may have read the whole command. `silent`: it was waited for in
    vain, rather than cut off.
    """

    def __init__(self, reason: str, *, sent: bool, silent: bool = False) -> None:
        super().__init__(reason)
        self.advice = reason
        self.sent = sent
        self.silent = silent


class SessionLimitReached(Exception):
    """Say that the router hung up on the way in, as it does when its sessions are all taken."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.advice = reason


class TooMuch(Exception):
    """Say that the reply is more than an honest router can have to say."""


class OneTooMany(Exception):
    """Say that the router is silent, and that fewer requests than wait may wait for that."""


class StaleId(Exception):
    """Say that the connection was opened after the id was learnt: it may name another item."""


_REFUSALS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("not enough permissions",), messages.NO_PERMISSION),
    (("device-mode", "not allowed by device"), messages.DEVICE_MODE),
    (("no such command", "unknown parameter", "unknown command"), messages.NOT_SUPPORTED),
)


# OpenSSL's codes, X509_V_ERR_… of its x509_vfy.h.
_UNVERIFIED = {
    9: messages.CERTIFICATE_NOT_YET,
    10: messages.CERTIFICATE_EXPIRED,
    **dict.fromkeys((18, 19, 20, 21), messages.CERTIFICATE_UNKNOWN),
    **dict.fromkeys((62, 64), messages.CERTIFICATE_ELSEWHERE),
    **dict.fromkeys((66, 67, 68), messages.CERTIFICATE_WEAK),
}


def refusal(trap: Trap) -> RouterRefused:
    """Give the port's error for a trap. The texts are RouterOS' own, as others report them."""
    if names_no_profile(trap):
        return ProfileMissing(messages.PROFILE_MISSING, executed=False)
    for texts, sentence in _REFUSALS:
        if trap.says(*texts):
            return RouterRefused(sentence, executed=False)
    return RouterRefused(messages.REFUSED, executed=False)


def names_no_profile(trap: Trap) -> bool:
    """Tell whether the profile that was named does not stand on the router."""
    return trap.says("value of profile", "unknown profile")


def is_duplicate(trap: Trap) -> bool:
    """Tell whether a user of this name stands on the router already."""
    return trap.says("already have user")


def is_missing(trap: Trap) -> bool:
    """Tell whether the item that an id names is gone."""
    return trap.says("no such item")


def not_connected(error: Exception) -> Lost | RouterRefused:
    """Give what it means that a connection could not be opened; nothing was asked yet."""
    if isinstance(error, ssl.SSLCertVerificationError):
        advice = _UNVERIFIED.get(error.verify_code, messages.CERTIFICATE_INVALID)
        return RouterUnidentified(advice, executed=False)
    return Lost(_unreached(error), sent=False, silent=isinstance(error, TimeoutError))


def _unreached(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return messages.TLS_FAILED
    if isinstance(error, TimeoutError):
        return messages.SILENT
    if isinstance(error, socket.gaierror | ValueError):
        return messages.UNKNOWN_HOST
    if isinstance(error, ConnectionRefusedError):
        return messages.PORT_CLOSED
    return messages.UNREACHABLE
