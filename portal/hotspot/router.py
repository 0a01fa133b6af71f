"""Name a router: how it is reached, and the four ports that it is used by."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from portal.hotspot.adoption import Adopter
from portal.hotspot.inspection import Inspector
from portal.hotspot.presence import Presence
from portal.hotspot.provisioning import Provisioner


class Tls(Enum):
    """Say how the connection to the router is protected.

    `VERIFIED`: certificate chain and host name. `PINNED`: the certificate's SHA-256 is the
    one in the record. `ANONYMOUS`: encrypted, but open to a man in the middle.
    """

    NONE = "none"
    VERIFIED = "verified"
    PINNED = "pinned"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True)
class RouterAddress:
    """Say how to reach and enter one router. Equal addresses share connections.

    `password` is None where the one that is stored was entered for another address: it is not sent
    to this one. `next_password` is tried where it is refused, since the router may have been given
    that one and nobody knows yet. `dials_in`: `host` is an address that we gave it in our own
    tunnel, where no other router is looked for. `owner` shares the requests of a process with
    other owners.
    """

    host: str
    port: int
    username: str
    password: str | None = field(repr=False)
    tls: Tls = Tls.NONE
    tls_fingerprint: str | None = None
    next_password: str | None = field(default=None, repr=False)
    dials_in: bool = False
    owner: str = field(default="", compare=False)

    @property
    def passwords(self) -> tuple[str, ...]:
        """Give the passwords that may be sent there, in the order in which to try them."""
        both = (self.password, self.next_password)
        return tuple(password for password in both if password is not None)


class HotspotRouter(Protocol):
    """Describe one router, by whichever way it is served."""

    @property
    def provisioner(self) -> Provisioner:
        """Give the port for its users."""

    @property
    def presence(self) -> Presence:
        """Give the port for the devices in its hotspot."""

    @property
    def inspector(self) -> Inspector:
        """Give the port that tells how it is set up."""

    @property
    def adopter(self) -> Adopter:
        """Give the port for what other tools left on it."""
